// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.paimon.shade.org.apache.datasketches.hll.HllSketch;
import org.apache.paimon.shade.org.apache.datasketches.hll.TgtHllType;
import org.apache.paimon.shade.org.apache.datasketches.theta.CompactSketch;
import org.apache.paimon.shade.org.apache.datasketches.theta.UpdateSketch;
import org.apache.paimon.utils.HllSketchUtil;
import org.apache.paimon.utils.ThetaSketch;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Serialized sketches and their unions. */
final class Sketches {
    private static final HexFormat HEX = HexFormat.of();

    private Sketches() {}

    /**
     * {@code function}, {@code pairs} of sketches: the bytes of both and of their union. A sketch
     * is {@code bytes}, a {@code union} of two, or of {@code count} numbers from {@code from} on
     * with {@code lg-k}, {@code type} (HLL) or {@code p} (theta) in a {@code form}.
     */
    static String unions(Command command) {
        boolean hll = command.text("function").equals("hll_sketch");
        List<String> lines = new ArrayList<>();
        for (JsonNode pair : command.json("pairs")) {
            byte[] a = sketch(hll, new Command(pair.get(0)));
            byte[] b = sketch(hll, new Command(pair.get(1)));
            String union;
            try {
                union = quoted(union(hll, a, b));
            } catch (RuntimeException | AssertionError e) {
                union = "null,\"error\":" + CanonicalText.quote(e.toString());
            }
            lines.add("{\"a\":" + quoted(a) + ",\"b\":" + quoted(b) + ",\"union\":" + union + "}");
        }
        return Answer.rows(lines);
    }

    private static String quoted(byte[] bytes) {
        return CanonicalText.quote(HEX.formatHex(bytes));
    }

    private static byte[] union(boolean hll, byte[] a, byte[] b) {
        return hll ? HllSketchUtil.union(a, b) : ThetaSketch.union(a, b);
    }

    private static byte[] sketch(boolean hll, Command spec) {
        if (spec.has("bytes")) {
            return HEX.parseHex(spec.text("bytes"));
        }
        if (spec.has("union")) {
            JsonNode pair = spec.json("union");
            return union(
                    hll,
                    sketch(hll, new Command(pair.get(0))),
                    sketch(hll, new Command(pair.get(1))));
        }
        int lgK = Integer.parseInt(spec.text("lg-k", "12"));
        long from = Long.parseLong(spec.text("from", "0"));
        long count = Long.parseLong(spec.text("count"));
        String form = spec.text("form", "compact");
        if (hll) {
            HllSketch sketch =
                    new HllSketch(lgK, TgtHllType.valueOf(spec.text("type", "HLL_4")));
            for (long i = from; i < from + count; i++) {
                sketch.update(i);
            }
            return form.equals("compact")
                    ? sketch.toCompactByteArray()
                    : sketch.toUpdatableByteArray();
        }
        UpdateSketch sketch =
                UpdateSketch.builder()
                        .setLogNominalEntries(lgK)
                        .setP(Float.parseFloat(spec.text("p", "1")))
                        .build();
        for (long i = from; i < from + count; i++) {
            sketch.update(i);
        }
        CompactSketch ordered = sketch.compact();
        return switch (form) {
            case "table" -> sketch.toByteArray();
            case "unordered" -> sketch.compact(false, null).toByteArray();
            case "packed" -> ordered.toByteArrayCompressed();
            default -> ordered.toByteArray();
        };
    }
}

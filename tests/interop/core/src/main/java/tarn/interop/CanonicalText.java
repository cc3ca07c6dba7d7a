// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.function.Predicate;

/** The spelling of single values, see docs/reference/canonical-rows.md. */
final class CanonicalText {
    private static final int MAX_DIGITS = 17;

    private CanonicalText() {}

    static String quote(String text) {
        if (text == null) {
            return "null";
        }
        StringBuilder out = new StringBuilder(text.length() + 2).append('"');
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c >= ' ') {
                out.append(c);
            } else if (c == '\n') {
                out.append("\\n");
            } else if (c == '\r') {
                out.append("\\r");
            } else if (c == '\t') {
                out.append("\\t");
            } else {
                out.append(String.format("\\u%04x", (int) c));
            }
        }
        return out.append('"').toString();
    }

    static String quoteAll(List<String> texts) {
        return texts == null ? "null" : join(texts.stream().map(CanonicalText::quote).toList());
    }

    static String join(List<String> jsonTexts) {
        return "[" + String.join(",", jsonTexts) + "]";
    }

    static String joinSorted(List<String> jsonTexts) {
        Collections.sort(jsonTexts, CanonicalText::compareBytes);
        return join(jsonTexts);
    }

    static int compareBytes(String a, String b) {
        return Arrays.compareUnsigned(
                a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
    }

    static String bytes(byte[] value) {
        return quote(Base64.getEncoder().encodeToString(value));
    }

    static String floating(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return quote(Double.toString(value));
        }
        double size = Math.abs(value);
        String sign = Math.copySign(1, value) < 0 ? "-" : "";
        return sign + shortest(size, text -> text.doubleValue() == size);
    }

    static String floating(float value) {
        if (Float.isNaN(value) || Float.isInfinite(value)) {
            return quote(Float.toString(value));
        }
        float size = Math.abs(value);
        String sign = Math.copySign(1, value) < 0 ? "-" : "";
        return sign + shortest(size, text -> text.floatValue() == size);
    }

    /** Of the decimals with the fewest digits that read back to the value, the nearest. */
    private static String shortest(double size, Predicate<BigDecimal> readsBack) {
        if (size == 0) {
            return "0.0";
        }
        BigDecimal exact = new BigDecimal(size);
        for (int digits = 1; digits <= MAX_DIGITS; digits++) {
            BigDecimal below = exact.round(new MathContext(digits, RoundingMode.DOWN));
            BigDecimal above = exact.round(new MathContext(digits, RoundingMode.UP));
            boolean belowFits = readsBack.test(below);
            boolean aboveFits = readsBack.test(above);
            if (belowFits && aboveFits) {
                boolean nearer =
                        exact.subtract(below).compareTo(above.subtract(exact)) <= 0;
                return layout(nearer ? below : above);
            }
            if (belowFits || aboveFits) {
                return layout(belowFits ? below : above);
            }
        }
        throw new IllegalStateException("no decimal reads back to " + size);
    }

    /** Python's repr: plain from 1e-4 to below 1e16. */
    private static String layout(BigDecimal value) {
        BigDecimal bare = value.stripTrailingZeros();
        int exponent = bare.precision() - bare.scale() - 1;
        if (exponent >= -4 && exponent < 16) {
            String plain = bare.toPlainString();
            return plain.contains(".") ? plain : plain + ".0";
        }
        StringBuilder digits = new StringBuilder(bare.unscaledValue().toString());
        if (digits.length() > 1) {
            digits.insert(1, '.');
        }
        return String.format("%se%s%02d", digits, exponent < 0 ? "-" : "+", Math.abs(exponent));
    }

    static String timestamp(LocalDateTime value, int precision, boolean zoned) {
        return quote(
                value.toLocalDate()
                        + "T"
                        + time(value.toLocalTime(), precision)
                        + (zoned ? "Z" : ""));
    }

    /** With as many fraction digits as the precision, or nine where more is stored. */
    static String time(LocalTime value, int precision) {
        String clock =
                String.format(
                        "%02d:%02d:%02d", value.getHour(), value.getMinute(), value.getSecond());
        String nanos = String.format("%09d", value.getNano());
        boolean hidden = !nanos.substring(precision).chars().allMatch(c -> c == '0');
        String shown = hidden ? nanos : nanos.substring(0, precision);
        return shown.isEmpty() ? clock : clock + "." + shown;
    }
}

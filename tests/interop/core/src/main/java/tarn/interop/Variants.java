// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.data.InternalRow;
import org.apache.paimon.data.variant.GenericVariant;
import org.apache.paimon.data.variant.Variant;
import org.apache.paimon.disk.IOManager;
import org.apache.paimon.table.Table;
import org.apache.paimon.table.source.ReadBuilder;
import org.apache.paimon.table.source.Split;
import org.apache.paimon.table.source.TableRead;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

/** Variants as their bytes, where their JSON text does not tell all. */
final class Variants {
    private static final HexFormat HEX = HexFormat.of();
    private static final String PREFIX = "hex:";

    private Variants() {}

    /** JSON text, or {@code hex:VALUE/METADATA}. */
    static Variant parse(String text) {
        if (!text.startsWith(PREFIX)) {
            return GenericVariant.fromJson(text);
        }
        String[] parts = text.substring(PREFIX.length()).split("/", -1);
        return new GenericVariant(HEX.parseHex(parts[0]), HEX.parseHex(parts[1]));
    }

    /** The variants of a table's {@code column} as {@code hex:VALUE/METADATA}, sorted. */
    static String bytes(Command command) throws Exception {
        Table table = Tables.forReading(command);
        ReadBuilder builder = table.newReadBuilder();
        builder.withReadType(table.rowType().project(List.of(command.text("column"))));
        List<String> lines = new ArrayList<>();
        try (IOManager disk = Scratch.disk()) {
            TableRead read = builder.newRead().withIOManager(disk);
            for (Split split : builder.newScan().plan().splits()) {
                read.createReader(split).forEachRemaining(row -> lines.add(text(row)));
            }
        }
        Collections.sort(lines, CanonicalText::compareBytes);
        return Answer.rows(lines);
    }

    private static String text(InternalRow row) {
        if (row.isNullAt(0)) {
            return "null";
        }
        Variant variant = row.getVariant(0);
        return CanonicalText.quote(
                PREFIX
                        + HEX.formatHex(variant.value())
                        + "/"
                        + HEX.formatHex(variant.metadata()));
    }
}

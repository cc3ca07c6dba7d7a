// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.disk.IOManager;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.paimon.table.DataTable;
import org.apache.paimon.table.Table;
import org.apache.paimon.table.source.DataSplit;
import org.apache.paimon.table.source.EndOfScanException;
import org.apache.paimon.table.source.ReadBuilder;
import org.apache.paimon.table.source.SnapshotNotExistPlan;
import org.apache.paimon.table.source.Split;
import org.apache.paimon.table.source.StreamTableScan;
import org.apache.paimon.table.source.TableRead;
import org.apache.paimon.table.source.TableScan;
import org.apache.paimon.types.RowType;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Rows of a table, at once or as a stream of changes. */
final class Reading {
    /** A stream that starts may answer "not there yet" a few times before its first plan. */
    private static final int IDLE_PLANS_MAX = 3;

    private Reading() {}

    static ReadBuilder builder(Table table, Command command) throws Exception {
        ReadBuilder builder = table.newReadBuilder();
        if (command.has("filter")) {
            JsonNode filter = command.json("filter");
            builder.withFilter(
                    Filters.parse(
                            table.rowType(),
                            filter.isTextual()
                                    ? Command.MAPPER.readTree(filter.asText())
                                    : filter));
        }
        if (command.has("columns")) {
            builder.withReadType(table.rowType().project(command.list("columns")));
        }
        if (command.has("limit")) {
            builder.withLimit(command.number("limit").intValue());
        }
        return builder;
    }

    /** Lines in byte order unless {@code unsorted}; with kinds if {@code kinds}. */
    static String read(Command command) throws Exception {
        ReadBuilder builder = builder(Tables.forReading(command), command);
        RowType type = builder.readType();
        boolean kinds = command.flag("kinds", false);
        List<String> lines = new ArrayList<>();
        try (IOManager disk = Scratch.disk()) {
            TableRead read = builder.newRead().withIOManager(disk).executeFilter();
            for (Split split : builder.newScan().plan().splits()) {
                read.createReader(split)
                        .forEachRemaining(
                                row ->
                                        lines.add(
                                                kinds
                                                        ? CanonicalRows.withKind(type, row)
                                                        : CanonicalRows.row(type, row)));
            }
        }
        if (!command.flag("unsorted", false)) {
            Collections.sort(lines, CanonicalText::compareBytes);
        }
        return Answer.rows(lines);
    }

    /**
     * All changes up to the snapshot that is the latest now. {@code from} goes on where an
     * earlier answer's {@code next} stopped.
     */
    static String stream(Command command) throws Exception {
        Table table = Tables.forReading(command);
        ReadBuilder builder = builder(table, command);
        RowType type = builder.readType();
        StreamTableScan scan = builder.newStreamScan();
        if (command.has("from")) {
            scan.restore(command.number("from"));
        }
        Long latest = ((DataTable) table).snapshotManager().latestSnapshotId();
        List<String> lines = new ArrayList<>();
        boolean ended = false;
        int idle = 0;
        try (IOManager disk = Scratch.disk()) {
            TableRead read = builder.newRead().withIOManager(disk).executeFilter();
            while (!ended && idle <= IDLE_PLANS_MAX) {
                TableScan.Plan plan;
                try {
                    plan = scan.plan();
                } catch (EndOfScanException e) {
                    ended = true;
                    break;
                }
                for (Split split : plan.splits()) {
                    long snapshot = ((DataSplit) split).snapshotId();
                    read.createReader(split)
                            .forEachRemaining(
                                    row ->
                                            lines.add(
                                                    "{\"snapshot\":"
                                                            + snapshot
                                                            + ","
                                                            + CanonicalRows.withKind(type, row)
                                                                    .substring(1)));
                }
                Long next = scan.checkpoint();
                if (plan.splits().isEmpty()
                        && (latest == null || (next != null && next > latest))) {
                    break;
                }
                idle = plan instanceof SnapshotNotExistPlan ? idle + 1 : 0;
            }
        }
        return Answer.rows(lines, "next", scan.checkpoint(), "end", ended);
    }
}

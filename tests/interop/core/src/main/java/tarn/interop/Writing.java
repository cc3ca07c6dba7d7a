// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.append.AppendCompactCoordinator;
import org.apache.paimon.append.AppendCompactTask;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.disk.IOManager;
import org.apache.paimon.manifest.BucketEntry;
import org.apache.paimon.operation.BaseAppendFileStoreWrite;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.paimon.table.BucketMode;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.sink.CommitMessage;
import org.apache.paimon.table.sink.TableCommitImpl;
import org.apache.paimon.table.source.EndOfScanException;
import org.apache.paimon.types.RowKind;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes and compactions. */
final class Writing {
    private Writing() {}

    /**
     * {@code rows}: {@code {"op":"+I","row":{..},"bucket":n}}, or a bare row, or a control: {@code
     * {"commit":true,"watermark":..,"properties":{..}}}, {@code {"compact":true,"full":true}}.
     * Rows left over are committed at the end.
     */
    static String write(Command command) throws Exception {
        long every = command.has("commit-every") ? command.number("commit-every") : 0;
        boolean fullCompaction = command.flag("full-compact", false);
        List<String> commits = new ArrayList<>();
        long rows = 0;
        try (TableWriter writer = new TableWriter(Tables.forWriting(command), command)) {
            long pending = 0;
            for (JsonNode node : command.json("rows")) {
                Command op = new Command(node);
                if (op.has("compact")) {
                    writer.compactTouched(op.flag("full", true));
                } else if (op.has("commit")) {
                    commits.add(commit(writer, fullCompaction, op));
                    pending = 0;
                } else {
                    GenericRow row =
                            RowValues.row(writer.rowType, op.has("row") ? node.get("row") : node);
                    row.setRowKind(RowKind.fromShortString(op.text("op", "+I")));
                    Long bucket = op.has("row") ? op.number("bucket") : null;
                    writer.add(row, bucket == null ? null : bucket.intValue());
                    rows++;
                    if (++pending == every) {
                        commits.add(commit(writer, fullCompaction, command));
                        pending = 0;
                    }
                }
            }
            if (pending > 0 || commits.isEmpty()) {
                commits.add(commit(writer, fullCompaction, command));
            }
        }
        return Answer.ok("rows", rows, "commits", CanonicalText.join(commits));
    }

    private static String commit(TableWriter writer, boolean fullCompaction, Command command)
            throws Exception {
        if (fullCompaction) {
            writer.compactTouched(true);
        }
        return writer.commit(
                command.flag("wait-compaction", true),
                command.number("watermark"),
                command.map("properties"));
    }

    /** A dedicated compaction of all buckets, or of those a partition and bucket select. */
    static String compact(Command command) throws Exception {
        FileStoreTable table =
                Tables.forWriting(command).copyWithoutTimeTravel(Map.of("write-only", "false"));
        Long before = table.snapshotManager().latestSnapshotId();
        if (table.bucketMode() == BucketMode.BUCKET_UNAWARE) {
            compactUnaware(table, command);
        } else {
            compactBuckets(table, command);
        }
        return Answer.ok(
                "before", before, "snapshot", table.snapshotManager().latestSnapshotId());
    }

    private static void compactBuckets(FileStoreTable table, Command command) throws Exception {
        Map<String, String> partition = command.map("partition");
        Long bucket = command.number("bucket");
        try (TableWriter writer = new TableWriter(table, command)) {
            for (BucketEntry entry : table.newSnapshotReader().bucketEntries()) {
                boolean chosen =
                        (partition.isEmpty()
                                        || partition.equals(
                                                Metadata.partitionComputer(table)
                                                        .generatePartValues(entry.partition())))
                                && (bucket == null || bucket == entry.bucket());
                if (chosen) {
                    writer.compact(entry.partition(), entry.bucket(), command.flag("full", true));
                }
            }
            writer.commit(true, null, Map.of());
        }
    }

    private static void compactUnaware(FileStoreTable table, Command command) throws Exception {
        String user = command.text("commit-user", "interop");
        AppendCompactCoordinator coordinator = new AppendCompactCoordinator(table, false);
        BaseAppendFileStoreWrite write = (BaseAppendFileStoreWrite) table.store().newWrite(user);
        List<CommitMessage> messages = new ArrayList<>();
        try (IOManager disk = Scratch.disk()) {
            write.withIOManager(disk);
            List<AppendCompactTask> tasks = coordinator.run();
            while (!tasks.isEmpty()) {
                for (AppendCompactTask task : tasks) {
                    messages.add(task.doCompact(table, write));
                }
                tasks = coordinator.run();
            }
        } catch (EndOfScanException e) {
            // Nothing is left to compact.
        }
        write.close();
        try (TableCommitImpl commit = table.newCommit(user)) {
            commit.commit(
                    command.has("identifier") ? command.number("identifier") : TableWriter.BATCH,
                    messages);
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.CoreOptions;
import org.apache.paimon.Snapshot;
import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.disk.IOManager;
import org.apache.paimon.index.BucketAssigner;
import org.apache.paimon.index.HashBucketAssigner;
import org.apache.paimon.index.SimpleHashBucketAssigner;
import org.apache.paimon.manifest.ManifestCommittable;
import org.apache.paimon.table.BucketMode;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.sink.CommitMessage;
import org.apache.paimon.table.sink.RowPartitionKeyExtractor;
import org.apache.paimon.table.sink.TableCommitImpl;
import org.apache.paimon.table.sink.TableWriteImpl;
import org.apache.paimon.types.RowType;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One writer and its committer, for fixed, dynamic, unaware and postpone buckets. Tables whose
 * keys cross partitions are refused: their index needs a database that Paimon does not bundle.
 */
final class TableWriter implements AutoCloseable {
    /** Paimon's identifier of a batch commit. */
    static final long BATCH = Long.MAX_VALUE;

    final FileStoreTable table;
    final RowType rowType;
    private final TableWriteImpl<?> write;
    private final TableCommitImpl commit;
    private final IOManager disk = Scratch.disk();
    private final Map<BinaryRow, Set<Integer>> touched = new LinkedHashMap<>();
    private BucketAssigner assigner;
    private RowPartitionKeyExtractor extractor;
    private long identifier;

    TableWriter(FileStoreTable table, Command command) throws Exception {
        this.table = table;
        String user = command.text("commit-user", "interop");
        write = table.newWrite(user);
        write.withIOManager(disk);
        if (command.has("columns")) {
            rowType = table.rowType().project(command.list("columns"));
            write.withWriteType(rowType);
        } else {
            rowType = table.rowType();
        }
        commit = table.newCommit(user);
        commit.ignoreEmptyCommit(command.flag("ignore-empty", true));
        boolean overwrite = command.has("overwrite");
        if (overwrite) {
            commit.withOverwrite(command.map("overwrite"));
            write.withIgnorePreviousFiles(true);
        }
        // By name: releases before 1.4 have another constant for it.
        if (List.of("KEY_DYNAMIC", "CROSS_PARTITION").contains(table.bucketMode().name())) {
            throw new UnsupportedOperationException("writing to a cross-partition table");
        }
        if (table.bucketMode() == BucketMode.HASH_DYNAMIC) {
            extractor = new RowPartitionKeyExtractor(table.schema());
            assigner = assigner(user, overwrite);
        }
        identifier = firstIdentifier(command, user);
    }

    private BucketAssigner assigner(String user, boolean overwrite) {
        CoreOptions options = table.coreOptions();
        long target = options.dynamicBucketTargetRowNum();
        int max = options.dynamicBucketMaxBuckets();
        if (overwrite) {
            return new SimpleHashBucketAssigner(1, 0, target, max);
        }
        return new HashBucketAssigner(
                table.snapshotManager(),
                user,
                table.store().newIndexFileHandler(),
                1,
                1,
                0,
                target,
                max);
    }

    /** Told by the request, or one more than this user's last. */
    private long firstIdentifier(Command command, String user) {
        if (command.has("identifier")) {
            return command.number("identifier");
        }
        if (command.flag("batch", false)) {
            return BATCH;
        }
        long last =
                table.snapshotManager()
                        .latestSnapshotOfUser(user)
                        .map(Snapshot::commitIdentifier)
                        .orElse(0L);
        return last == BATCH ? 1 : last + 1;
    }

    /** Give a row to its bucket, or to the bucket that is told. */
    void add(GenericRow row, Integer bucket) throws Exception {
        Integer target = bucket;
        if (target == null && assigner != null) {
            target =
                    assigner.assign(
                            extractor.partition(row), extractor.trimmedPrimaryKey(row).hashCode());
        }
        BinaryRow partition = write.getPartition(row).copy();
        if (target == null) {
            target = write.getBucket(row);
            write.write(row);
        } else {
            write.write(row, target);
        }
        touched.computeIfAbsent(partition, p -> new LinkedHashSet<>()).add(target);
    }

    void compact(BinaryRow partition, int bucket, boolean full) throws Exception {
        write.compact(partition, bucket, full);
    }

    /** Every bucket that got rows since the last commit. */
    void compactTouched(boolean full) throws Exception {
        for (Map.Entry<BinaryRow, Set<Integer>> entry : touched.entrySet()) {
            for (int bucket : entry.getValue()) {
                write.compact(entry.getKey(), bucket, full);
            }
        }
    }

    /** Answers {@code {"identifier":..,"snapshot":..}}, the snapshot being the latest then. */
    String commit(boolean waitForCompaction, Long watermark, Map<String, String> properties)
            throws Exception {
        if (assigner != null) {
            assigner.prepareCommit(identifier);
        }
        List<CommitMessage> messages = write.prepareCommit(waitForCompaction, identifier);
        ManifestCommittable committable = new ManifestCommittable(identifier, watermark);
        messages.forEach(committable::addFileCommittable);
        // A loop and no method reference: releases before 1.2 have no properties.
        for (Map.Entry<String, String> property : properties.entrySet()) {
            committable.addProperty(property.getKey(), property.getValue());
        }
        commit.commit(committable);
        touched.clear();
        String answer =
                "{\"identifier\":"
                        + identifier
                        + ",\"snapshot\":"
                        + table.snapshotManager().latestSnapshotId()
                        + "}";
        if (identifier != BATCH) {
            identifier++;
        }
        return answer;
    }

    @Override
    public void close() throws Exception {
        write.close();
        commit.close();
        disk.close();
    }
}

// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.consumer.Consumer;
import org.apache.paimon.options.ExpireConfig;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.sink.TableCommitImpl;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Snapshots, tags, branches and consumers. */
final class Maintenance {
    private Maintenance() {}

    static String expire(Command command) throws Exception {
        FileStoreTable table = Tables.forWriting(command);
        ExpireConfig.Builder config = ExpireConfig.builder();
        if (command.has("retain-max")) {
            int max = command.number("retain-max").intValue();
            config.snapshotRetainMax(max).changelogRetainMax(max);
        }
        if (command.has("retain-min")) {
            int min = command.number("retain-min").intValue();
            config.snapshotRetainMin(min).changelogRetainMin(min);
        }
        if (command.has("retain-millis")) {
            Duration time = Duration.ofMillis(command.number("retain-millis"));
            config.snapshotTimeRetain(time).changelogTimeRetain(time);
        }
        boolean changelog = command.flag("changelog", false);
        int expired =
                (changelog ? table.newExpireChangelog() : table.newExpireSnapshots())
                        .config(config.build())
                        .expire();
        return Answer.ok("expired", expired);
    }

    /** By the table's options, whenever it was looked last. */
    static String expirePartitions(Command command) throws Exception {
        FileStoreTable table = Tables.forWriting(command);
        List<Map<String, String>> expired =
                table.store().newPartitionExpire("expire", table).expire(Long.MAX_VALUE);
        List<String> lines = new ArrayList<>();
        for (Map<String, String> partition : expired) {
            lines.add(CanonicalText.quote(partition.toString()));
        }
        return Answer.rows(lines);
    }

    /** What follows a commit, by the table's options. */
    static String maintain(Command command) throws Exception {
        try (TableCommitImpl commit = Tables.forWriting(command).newCommit("maintain")) {
            commit.expireSnapshots();
        }
        return Answer.ok();
    }

    /** {@code action} on {@code name}, at snapshot {@code at} where it needs one. */
    static String manage(Command command) throws Exception {
        FileStoreTable table = Tables.forWriting(command);
        String name = command.text("name", null);
        Long at = command.number("at");
        switch (command.text("action")) {
            case "create-tag" -> {
                if (at == null) {
                    table.createTag(name);
                } else {
                    table.createTag(name, at);
                }
            }
            case "replace-tag" -> table.replaceTag(name, at, null);
            case "rename-tag" -> table.renameTag(name, command.text("to"));
            case "delete-tag" -> table.deleteTag(name);
            case "create-branch" -> {
                if (command.has("from-tag")) {
                    table.createBranch(name, command.text("from-tag"));
                } else {
                    table.createBranch(name);
                }
            }
            case "delete-branch" -> table.deleteBranch(name);
            case "fast-forward" -> table.fastForward(name);
            case "rollback" -> {
                if (name == null) {
                    table.rollbackTo(at);
                } else {
                    table.rollbackTo(name);
                }
            }
            case "consumer" -> table.consumerManager().resetConsumer(name, new Consumer(at));
            case "delete-consumer" -> table.consumerManager().deleteConsumer(name);
            case "compact-manifests", "truncate", "truncate-partition" ->
                    commitAction(table, command);
            default ->
                    throw new IllegalArgumentException("no action " + command.text("action"));
        }
        return Answer.ok("snapshot", table.snapshotManager().latestSnapshotId());
    }

    private static void commitAction(FileStoreTable table, Command command) throws Exception {
        try (TableCommitImpl commit = table.newCommit(command.text("commit-user", "interop"))) {
            switch (command.text("action")) {
                case "compact-manifests" -> commit.compactManifests();
                case "truncate" -> commit.truncateTable();
                default -> commit.truncatePartitions(List.of(command.map("partition")));
            }
        }
    }
}

// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.CoreOptions;
import org.apache.paimon.Snapshot;
import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.fs.FileStatus;
import org.apache.paimon.fs.Path;
import org.apache.paimon.index.DeletionVectorMeta;
import org.apache.paimon.index.IndexFileMeta;
import org.apache.paimon.io.DataFileMeta;
import org.apache.paimon.manifest.IndexManifestEntry;
import org.apache.paimon.manifest.ManifestEntry;
import org.apache.paimon.manifest.ManifestFileMeta;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.node.ArrayNode;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.util.RawValue;
import org.apache.paimon.stats.SimpleStats;
import org.apache.paimon.table.FileStoreTable;
import org.apache.paimon.table.source.DataSplit;
import org.apache.paimon.table.source.DeletionFile;
import org.apache.paimon.table.source.Split;
import org.apache.paimon.types.RowType;
import org.apache.paimon.utils.InternalRowPartitionComputer;
import org.apache.paimon.utils.SerializationUtils;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/** A table's metadata as Java parses it, keys and statistics decoded. */
final class Metadata {
    private final FileStoreTable table;
    private final RowType partitionType;
    private final RowType keyType;

    private Metadata(FileStoreTable table) {
        this.table = table;
        partitionType = table.schema().logicalPartitionType();
        keyType = table.schema().logicalTrimmedPrimaryKeysType();
    }

    static InternalRowPartitionComputer partitionComputer(FileStoreTable table) {
        CoreOptions options = table.coreOptions();
        return new InternalRowPartitionComputer(
                options.partitionDefaultName(),
                table.schema().logicalPartitionType(),
                table.partitionKeys().toArray(new String[0]),
                options.legacyPartitionName());
    }

    /** Everything that the snapshots and tags reach. */
    static String dump(Command command) throws Exception {
        return new Metadata(Tables.forWriting(command)).dump();
    }

    /** The splits of a batch read. */
    static String plan(Command command) throws Exception {
        FileStoreTable table = (FileStoreTable) Tables.forReading(command);
        return new Metadata(table).plan(Reading.builder(table, command).newScan().plan().splits());
    }

    private String dump() throws Exception {
        ObjectNode out = Command.MAPPER.createObjectNode().put("ok", true);
        out.put("bucketMode", table.bucketMode().toString());
        for (String folder : List.of("schema", "snapshot", "changelog", "tag", "consumer")) {
            out.set(folder.equals("changelog") ? "changelogs" : folder + "s", jsonFiles(folder));
        }
        ArrayNode branches = out.putArray("branches");
        table.branchManager().branches().forEach(branches::add);

        List<Snapshot> snapshots = new ArrayList<>();
        table.snapshotManager().snapshots().forEachRemaining(snapshots::add);
        table.tagManager().tagObjects().forEach(pair -> snapshots.add(pair.getLeft()));
        Set<String> lists = new LinkedHashSet<>();
        Set<String> indexes = new LinkedHashSet<>();
        for (Snapshot snapshot : snapshots) {
            Stream.of(
                            snapshot.baseManifestList(),
                            snapshot.deltaManifestList(),
                            snapshot.changelogManifestList())
                    .filter(Objects::nonNull)
                    .forEach(lists::add);
            Stream.ofNullable(snapshot.indexManifest()).forEach(indexes::add);
        }

        Set<String> manifests = new LinkedHashSet<>();
        ObjectNode listNodes = out.putObject("manifestLists");
        for (String list : lists) {
            ArrayNode node = listNodes.putArray(list);
            for (ManifestFileMeta manifest : table.manifestListReader().read(list)) {
                manifests.add(manifest.fileName());
                node.add(manifest(manifest));
            }
        }
        ObjectNode manifestNodes = out.putObject("manifests");
        for (String manifest : manifests) {
            ArrayNode node = manifestNodes.putArray(manifest);
            for (ManifestEntry entry : table.manifestFileReader().read(manifest)) {
                node.add(entry(entry));
            }
        }
        ObjectNode indexNodes = out.putObject("indexManifests");
        for (String index : indexes) {
            ArrayNode node = indexNodes.putArray(index);
            for (IndexManifestEntry entry : table.indexManifestFileReader().read(index)) {
                node.add(indexEntry(entry));
            }
        }
        return out.toString();
    }

    private ObjectNode jsonFiles(String folder) throws Exception {
        ObjectNode out = Command.MAPPER.createObjectNode();
        Path path = new Path(table.location(), folder);
        if (!table.fileIO().exists(path)) {
            return out;
        }
        List<FileStatus> files = new ArrayList<>(List.of(table.fileIO().listStatus(path)));
        files.removeIf(FileStatus::isDir);
        files.sort(Comparator.comparing(f -> f.getPath().getName()));
        for (FileStatus file : files) {
            String text = table.fileIO().readFileUtf8(file.getPath()).strip();
            if (text.startsWith("{")) {
                out.set(file.getPath().getName(), Command.MAPPER.readTree(text));
            } else {
                out.put(file.getPath().getName(), text);
            }
        }
        return out;
    }

    private ObjectNode manifest(ManifestFileMeta manifest) {
        ObjectNode out = Command.MAPPER.createObjectNode();
        out.put("fileName", manifest.fileName());
        out.put("fileSize", manifest.fileSize());
        out.put("numAddedFiles", manifest.numAddedFiles());
        out.put("numDeletedFiles", manifest.numDeletedFiles());
        out.put("schemaId", manifest.schemaId());
        out.put("minBucket", manifest.minBucket());
        out.put("maxBucket", manifest.maxBucket());
        out.put("minLevel", manifest.minLevel());
        out.put("maxLevel", manifest.maxLevel());
        out.put("minRowId", manifest.minRowId());
        out.put("maxRowId", manifest.maxRowId());
        out.set("partitionStats", stats(partitionType, manifest.partitionStats()));
        return out;
    }

    private ObjectNode entry(ManifestEntry entry) {
        ObjectNode out = Command.MAPPER.createObjectNode();
        out.put("kind", entry.kind().toString());
        putRaw(out, "partition", CanonicalRows.row(partitionType, entry.partition()));
        out.put("bucket", entry.bucket());
        out.put("totalBuckets", entry.totalBuckets());
        out.set("file", file(entry.file()));
        return out;
    }

    private ObjectNode file(DataFileMeta file) {
        ObjectNode out = Command.MAPPER.createObjectNode();
        out.put("fileName", file.fileName());
        out.put("fileSize", file.fileSize());
        out.put("rowCount", file.rowCount());
        out.put("level", file.level());
        out.put("schemaId", file.schemaId());
        out.put("minSequenceNumber", file.minSequenceNumber());
        out.put("maxSequenceNumber", file.maxSequenceNumber());
        out.put("deleteRowCount", file.deleteRowCount().orElse(null));
        out.put("fileSource", file.fileSource().map(Object::toString).orElse(null));
        putRaw(out, "extraFiles", CanonicalText.quoteAll(file.extraFiles()));
        byte[] index = file.embeddedIndex();
        out.put("embeddedIndexBytes", index == null ? null : (Integer) index.length);
        putRaw(out, "valueStatsCols", CanonicalText.quoteAll(file.valueStatsCols()));
        putRaw(out, "writeCols", CanonicalText.quoteAll(file.writeCols()));
        out.put("firstRowId", file.firstRowId());
        out.put("externalPath", file.externalPath().orElse(null));
        out.put("creationTime", file.creationTime().toString());
        if (keyType.getFieldCount() > 0) {
            putRaw(out, "minKey", row(keyType, file.minKey()));
            putRaw(out, "maxKey", row(keyType, file.maxKey()));
            out.set("keyStats", stats(keyType, file.keyStats()));
        }
        RowType valueType = table.schemaManager().schema(file.schemaId()).logicalRowType();
        if (file.writeCols() != null && valueType.getFieldNames().containsAll(file.writeCols())) {
            valueType = valueType.project(file.writeCols());
        }
        if (file.valueStatsCols() != null) {
            valueType = valueType.project(file.valueStatsCols());
        }
        out.set("valueStats", stats(valueType, file.valueStats()));
        return out;
    }

    private ObjectNode indexEntry(IndexManifestEntry entry) {
        IndexFileMeta file = entry.indexFile();
        ObjectNode out = Command.MAPPER.createObjectNode();
        out.put("kind", entry.kind().toString());
        putRaw(out, "partition", CanonicalRows.row(partitionType, entry.partition()));
        out.put("bucket", entry.bucket());
        out.put("indexType", file.indexType());
        out.put("fileName", file.fileName());
        out.put("fileSize", file.fileSize());
        out.put("rowCount", file.rowCount());
        if (file.dvRanges() == null) {
            out.putNull("dvRanges");
            return out;
        }
        ArrayNode ranges = out.putArray("dvRanges");
        for (DeletionVectorMeta range : file.dvRanges().values()) {
            ranges.addObject()
                    .put("dataFile", range.dataFileName())
                    .put("offset", range.offset())
                    .put("length", range.length())
                    .put("cardinality", range.cardinality());
        }
        return out;
    }

    private String plan(List<Split> splits) {
        ObjectNode out = Command.MAPPER.createObjectNode().put("ok", true);
        ArrayNode nodes = out.putArray("splits");
        for (Split any : splits) {
            DataSplit split = (DataSplit) any;
            ObjectNode node = nodes.addObject();
            node.put("snapshot", split.snapshotId());
            putRaw(node, "partition", CanonicalRows.row(partitionType, split.partition()));
            node.put("bucket", split.bucket());
            node.put("totalBuckets", split.totalBuckets());
            node.put("rawConvertible", split.rawConvertible());
            ArrayNode files = node.putArray("files");
            split.dataFiles().forEach(file -> files.add(file(file)));
            ArrayNode deletions = node.putArray("deletionFiles");
            for (DeletionFile deletion : split.deletionFiles().orElse(List.of())) {
                if (deletion == null) {
                    deletions.addNull();
                } else {
                    deletions
                            .addObject()
                            .put("path", new Path(deletion.path()).getName())
                            .put("offset", deletion.offset())
                            .put("length", deletion.length())
                            .put("cardinality", deletion.cardinality());
                }
            }
        }
        return out.toString();
    }

    private static ObjectNode stats(RowType type, SimpleStats stats) {
        ObjectNode out = Command.MAPPER.createObjectNode();
        putRaw(out, "min", row(type, stats.minValues()));
        putRaw(out, "max", row(type, stats.maxValues()));
        ArrayNode nulls = out.putArray("nullCounts");
        for (int i = 0; i < stats.nullCounts().size(); i++) {
            nulls.add(stats.nullCounts().isNullAt(i) ? null : stats.nullCounts().getLong(i));
        }
        return out;
    }

    /** A stored row, in hex when it is not of that shape (statistics of dropped columns). */
    private static String row(RowType type, BinaryRow row) {
        if (row.getFieldCount() == type.getFieldCount()) {
            return CanonicalRows.row(type, row);
        }
        byte[] bytes = SerializationUtils.serializeBinaryRow(row);
        return CanonicalText.quote("hex:" + HexFormat.of().formatHex(bytes));
    }

    private static void putRaw(ObjectNode node, String name, String json) {
        node.putRawValue(name, new RawValue(json));
    }
}

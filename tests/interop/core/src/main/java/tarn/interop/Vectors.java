// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.bucket.DefaultBucketFunction;
import org.apache.paimon.bucket.HiveBucketFunction;
import org.apache.paimon.bucket.ModBucketFunction;
import org.apache.paimon.casting.CastExecutor;
import org.apache.paimon.casting.CastExecutors;
import org.apache.paimon.data.BinaryRow;
import org.apache.paimon.data.serializer.InternalRowSerializer;
import org.apache.paimon.partition.PartitionTimeExtractor;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.paimon.types.DataField;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.DataTypeJsonParser;
import org.apache.paimon.types.RowType;
import org.apache.paimon.utils.InternalRowPartitionComputer;
import org.apache.paimon.utils.PartitionPathUtils;
import org.apache.paimon.utils.SerializationUtils;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Bytes, hashes, buckets, casts and folder names of single values. */
final class Vectors {
    private Vectors() {}

    private static RowType rowType(List<String> names, Iterable<JsonNode> types) {
        List<DataField> fields = new ArrayList<>();
        for (JsonNode type : types) {
            int i = fields.size();
            String name = names.isEmpty() ? "f" + i : names.get(i);
            fields.add(new DataField(i, name, DataTypeJsonParser.parseDataType(type)));
        }
        return new RowType(fields);
    }

    /**
     * {@code types}, {@code values} (rows), {@code buckets} (counts), {@code function}: the bytes
     * of each row, its hash, and its bucket for each count.
     */
    static String hash(Command command) {
        RowType type = rowType(List.of(), command.json("types"));
        InternalRowSerializer serializer = new InternalRowSerializer(type);
        List<String> lines = new ArrayList<>();
        for (JsonNode values : command.json("values")) {
            BinaryRow row = serializer.toBinaryRow(RowValues.tuple(type, values)).copy();
            List<String> buckets = new ArrayList<>();
            for (String count : command.list("buckets")) {
                int bucket =
                        bucket(
                                command.text("function", "default"),
                                type,
                                row,
                                Integer.parseInt(count));
                buckets.add(CanonicalText.quote(count) + ":" + bucket);
            }
            HexFormat hex = HexFormat.of();
            lines.add(
                    Answer.ok(
                            "values",
                            values,
                            "bytes",
                            CanonicalText.quote(hex.formatHex(row.toBytes())),
                            "serialized",
                            CanonicalText.quote(
                                    hex.formatHex(SerializationUtils.serializeBinaryRow(row))),
                            "hash",
                            row.hashCode(),
                            "buckets",
                            "{" + String.join(",", buckets) + "}"));
        }
        return Answer.rows(lines);
    }

    private static int bucket(String function, RowType type, BinaryRow row, int count) {
        return switch (function) {
            case "default" -> new DefaultBucketFunction().bucket(row, count);
            case "mod" -> new ModBucketFunction(type).bucket(row, count);
            case "hive" -> new HiveBucketFunction(type).bucket(row, count);
            default -> throw new IllegalArgumentException("no bucket function " + function);
        };
    }

    /** {@code from}, {@code to} (types), {@code values}: a line for each value and target. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static String cast(Command command) {
        DataType from = DataTypeJsonParser.parseDataType(command.json("from"));
        List<String> lines = new ArrayList<>();
        for (JsonNode target : command.json("to")) {
            DataType to = DataTypeJsonParser.parseDataType(target);
            CastExecutor executor = CastExecutors.resolve(from, to);
            for (JsonNode json : command.json("values")) {
                Object value = RowValues.value(from, json);
                String outcome;
                if (executor == null) {
                    outcome = "\"supported\":false";
                } else {
                    try {
                        outcome = "\"result\":" + CanonicalRows.value(to, executor.cast(value));
                    } catch (RuntimeException e) {
                        outcome = "\"error\":" + CanonicalText.quote(e.toString());
                    }
                }
                lines.add(
                        "{\"from\":"
                                + CanonicalText.quote(from.asSQLString())
                                + ",\"to\":"
                                + CanonicalText.quote(to.asSQLString())
                                + ",\"value\":"
                                + CanonicalRows.value(from, value)
                                + ","
                                + outcome
                                + "}");
            }
        }
        return Answer.rows(lines);
    }

    /** {@code types} by name, {@code values}, {@code legacy}: the partition's folder. */
    /** Seconds of the wall clock that partition values state, null for those that do not. */
    static String partitionTimes(Command command) {
        PartitionTimeExtractor extractor =
                new PartitionTimeExtractor(
                        command.text("pattern", null), command.text("formatter", null));
        List<String> lines = new ArrayList<>();
        for (JsonNode values : command.json("values")) {
            List<String> texts = new ArrayList<>();
            values.forEach(value -> texts.add(value.asText()));
            try {
                LocalDateTime time = extractor.extract(command.list("keys"), texts);
                lines.add(String.valueOf(time.toEpochSecond(ZoneOffset.UTC)));
            } catch (DateTimeParseException e) {
                lines.add("null");
            }
        }
        return Answer.rows(lines);
    }

    static String partitionPath(Command command) throws Exception {
        List<String> names = new ArrayList<>();
        command.json("types").fieldNames().forEachRemaining(names::add);
        RowType type = rowType(names, command.json("types"));
        InternalRowPartitionComputer computer =
                new InternalRowPartitionComputer(
                        command.text("default-name", "__DEFAULT_PARTITION__"),
                        type,
                        names.toArray(new String[0]),
                        command.flag("legacy", true));
        List<String> lines = new ArrayList<>();
        for (JsonNode values : command.json("values")) {
            BinaryRow row =
                    new InternalRowSerializer(type).toBinaryRow(RowValues.tuple(type, values));
            lines.add(
                    CanonicalText.quote(
                            PartitionPathUtils.generatePartitionPath(
                                    computer.generatePartValues(row))));
        }
        return Answer.rows(lines);
    }
}

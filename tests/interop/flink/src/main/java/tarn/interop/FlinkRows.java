// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.flink.table.catalog.Column;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.MapType;
import org.apache.flink.table.types.logical.MultisetType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.utils.LogicalTypeChecks;
import org.apache.flink.types.Row;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Flink's result rows in canonical form. */
final class FlinkRows {
    private FlinkRows() {}

    static String withKind(List<Column> columns, Row row) {
        List<String> names = columns.stream().map(Column::getName).toList();
        List<LogicalType> types =
                columns.stream().map(c -> c.getDataType().getLogicalType()).toList();
        return "{\"kind\":\"" + row.getKind().shortString() + "\",\"row\":"
                + row(names, types, row) + "}";
    }

    private static String row(List<String> names, List<LogicalType> types, Row row) {
        StringBuilder out = new StringBuilder("{");
        for (int i = 0; i < names.size(); i++) {
            out.append(i == 0 ? "" : ",")
                    .append(CanonicalText.quote(names.get(i)))
                    .append(':')
                    .append(value(types.get(i), row.getField(i)));
        }
        return out.append('}').toString();
    }

    private static String value(LogicalType type, Object value) {
        if (value == null) {
            return "null";
        }
        return switch (type.getTypeRoot()) {
            case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT -> value.toString();
            case FLOAT -> CanonicalText.floating((float) value);
            case DOUBLE -> CanonicalText.floating((double) value);
            case DECIMAL -> CanonicalText.quote(((BigDecimal) value).toPlainString());
            case BINARY, VARBINARY -> CanonicalText.bytes((byte[]) value);
            case TIME_WITHOUT_TIME_ZONE ->
                    CanonicalText.quote(
                            CanonicalText.time(
                                    (LocalTime) value, LogicalTypeChecks.getPrecision(type)));
            case TIMESTAMP_WITHOUT_TIME_ZONE ->
                    CanonicalText.timestamp(
                            (LocalDateTime) value, LogicalTypeChecks.getPrecision(type), false);
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE ->
                    CanonicalText.timestamp(
                            LocalDateTime.ofInstant((Instant) value, ZoneOffset.UTC),
                            LogicalTypeChecks.getPrecision(type),
                            true);
            case ARRAY -> array(((ArrayType) type).getElementType(), value);
            case MAP -> {
                MapType map = (MapType) type;
                yield map(map.getKeyType(), map.getValueType(), (Map<?, ?>) value);
            }
            case MULTISET ->
                    map(
                            ((MultisetType) type).getElementType(),
                            new org.apache.flink.table.types.logical.IntType(),
                            (Map<?, ?>) value);
            case ROW -> {
                RowType row = (RowType) type;
                yield row(row.getFieldNames(), row.getChildren(), (Row) value);
            }
            default -> CanonicalText.quote(value.toString());
        };
    }

    private static String array(LogicalType element, Object array) {
        List<String> out = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            out.add(value(element, Array.get(array, i)));
        }
        return CanonicalText.join(out);
    }

    private static String map(LogicalType key, LogicalType item, Map<?, ?> map) {
        List<String> out = new ArrayList<>();
        map.forEach((k, v) -> out.add("[" + value(key, k) + "," + value(item, v) + "]"));
        return CanonicalText.joinSorted(out);
    }
}

// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.data.Blob;
import org.apache.paimon.data.Decimal;
import org.apache.paimon.data.InternalArray;
import org.apache.paimon.data.InternalMap;
import org.apache.paimon.data.InternalRow;
import org.apache.paimon.data.Timestamp;
import org.apache.paimon.data.variant.Variant;
import org.apache.paimon.types.ArrayType;
import org.apache.paimon.types.DataField;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.DataTypeChecks;
import org.apache.paimon.types.DataTypes;
import org.apache.paimon.types.MapType;
import org.apache.paimon.types.MultisetType;
import org.apache.paimon.types.RowType;

import java.time.LocalDate;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;

/** Paimon's rows in canonical form. */
final class CanonicalRows {
    private static final long NANOS_PER_MILLI = 1_000_000;

    private CanonicalRows() {}

    static String row(RowType type, InternalRow row) {
        StringBuilder out = new StringBuilder("{");
        List<DataField> fields = type.getFields();
        for (int i = 0; i < fields.size(); i++) {
            DataField field = fields.get(i);
            // Statistics hold nulls in columns that are NOT NULL; the getter would not look.
            Object value =
                    row.isNullAt(i)
                            ? null
                            : InternalRow.createFieldGetter(field.type(), i).getFieldOrNull(row);
            out.append(i == 0 ? "" : ",")
                    .append(CanonicalText.quote(field.name()))
                    .append(':')
                    .append(value(field.type(), value));
        }
        return out.append('}').toString();
    }

    static String withKind(RowType type, InternalRow row) {
        return "{\"kind\":\"" + row.getRowKind().shortString() + "\",\"row\":" + row(type, row)
                + "}";
    }

    static String value(DataType type, Object value) {
        if (value == null) {
            return "null";
        }
        return switch (type.getTypeRoot()) {
            case BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT -> value.toString();
            case FLOAT -> CanonicalText.floating((float) value);
            case DOUBLE -> CanonicalText.floating((double) value);
            case DECIMAL ->
                    CanonicalText.quote(((Decimal) value).toBigDecimal().toPlainString());
            case CHAR, VARCHAR -> CanonicalText.quote(value.toString());
            case BINARY, VARBINARY -> CanonicalText.bytes((byte[]) value);
            case BLOB -> CanonicalText.bytes(((Blob) value).toData());
            case VARIANT -> CanonicalText.quote(((Variant) value).toJson());
            case DATE -> CanonicalText.quote(LocalDate.ofEpochDay((int) value).toString());
            case TIME_WITHOUT_TIME_ZONE ->
                    CanonicalText.quote(
                            CanonicalText.time(
                                    LocalTime.ofNanoOfDay((int) value * NANOS_PER_MILLI),
                                    DataTypeChecks.getPrecision(type)));
            case TIMESTAMP_WITHOUT_TIME_ZONE -> timestamp(type, value, false);
            case TIMESTAMP_WITH_LOCAL_TIME_ZONE -> timestamp(type, value, true);
            case ARRAY ->
                    CanonicalText.join(
                            elements(((ArrayType) type).getElementType(), (InternalArray) value));
            case MAP -> {
                MapType map = (MapType) type;
                yield pairs(map.getKeyType(), map.getValueType(), (InternalMap) value);
            }
            case MULTISET ->
                    pairs(
                            ((MultisetType) type).getElementType(),
                            DataTypes.INT(),
                            (InternalMap) value);
            case ROW -> row((RowType) type, (InternalRow) value);
            default -> throw new IllegalArgumentException("no canonical form for " + type);
        };
    }

    private static String timestamp(DataType type, Object value, boolean zoned) {
        return CanonicalText.timestamp(
                ((Timestamp) value).toLocalDateTime(), DataTypeChecks.getPrecision(type), zoned);
    }

    private static List<String> elements(DataType type, InternalArray array) {
        InternalArray.ElementGetter getter = InternalArray.createElementGetter(type);
        List<String> out = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            out.add(value(type, getter.getElementOrNull(array, i)));
        }
        return out;
    }

    private static String pairs(DataType keyType, DataType valueType, InternalMap map) {
        List<String> keys = elements(keyType, map.keyArray());
        List<String> values = elements(valueType, map.valueArray());
        List<String> out = new ArrayList<>();
        for (int i = 0; i < keys.size(); i++) {
            out.add("[" + keys.get(i) + "," + values.get(i) + "]");
        }
        return CanonicalText.joinSorted(out);
    }
}

// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.data.BinaryString;
import org.apache.paimon.data.BlobData;
import org.apache.paimon.data.Decimal;
import org.apache.paimon.data.GenericArray;
import org.apache.paimon.data.GenericMap;
import org.apache.paimon.data.GenericRow;
import org.apache.paimon.data.Timestamp;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.node.TextNode;
import org.apache.paimon.types.ArrayType;
import org.apache.paimon.types.DataField;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.DataTypes;
import org.apache.paimon.types.DecimalType;
import org.apache.paimon.types.MapType;
import org.apache.paimon.types.MultisetType;
import org.apache.paimon.types.RowType;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Canonical JSON to Paimon's values: the way back of {@link CanonicalRows}. */
final class RowValues {
    private RowValues() {}

    /** Members that are missing become NULL. */
    static GenericRow row(RowType type, JsonNode json) {
        List<DataField> fields = type.getFields();
        GenericRow out = new GenericRow(fields.size());
        for (int i = 0; i < fields.size(); i++) {
            DataField field = fields.get(i);
            try {
                out.setField(i, value(field.type(), json.get(field.name())));
            } catch (RuntimeException e) {
                throw new IllegalArgumentException(
                        field.name() + " " + field.type() + ": " + e.getMessage(), e);
            }
        }
        return out;
    }

    /** Values by position instead of by name. */
    static GenericRow tuple(RowType type, JsonNode array) {
        GenericRow out = new GenericRow(type.getFieldCount());
        for (int i = 0; i < type.getFieldCount(); i++) {
            out.setField(i, value(type.getTypeAt(i), array.get(i)));
        }
        return out;
    }

    static Object value(DataType type, JsonNode json) {
        if (json == null || json.isNull()) {
            return null;
        }
        String text = json.isTextual() ? json.asText() : json.toString();
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> Boolean.valueOf(text);
            case TINYINT -> Byte.valueOf(text);
            case SMALLINT -> Short.valueOf(text);
            case INTEGER -> Integer.valueOf(text);
            case BIGINT -> Long.valueOf(text);
            case FLOAT -> Float.valueOf(text);
            case DOUBLE -> Double.valueOf(text);
            case DECIMAL -> decimal((DecimalType) type, text);
            case CHAR, VARCHAR -> BinaryString.fromString(text);
            case BINARY, VARBINARY -> Base64.getDecoder().decode(text);
            case BLOB -> new BlobData(Base64.getDecoder().decode(text));
            case VARIANT -> Variants.parse(text);
            case DATE -> (int) LocalDate.parse(text).toEpochDay();
            case TIME_WITHOUT_TIME_ZONE ->
                    (int) (LocalTime.parse(text).toNanoOfDay() / 1_000_000);
            case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> timestamp(text);
            case ARRAY -> array(((ArrayType) type).getElementType(), json);
            case MAP -> map(((MapType) type).getKeyType(), ((MapType) type).getValueType(), json);
            case MULTISET ->
                    map(((MultisetType) type).getElementType(), DataTypes.INT().notNull(), json);
            case ROW -> row((RowType) type, json);
            default -> throw new IllegalArgumentException("no values of type " + type);
        };
    }

    private static Decimal decimal(DecimalType type, String text) {
        Decimal out =
                Decimal.fromBigDecimal(
                        new BigDecimal(text), type.getPrecision(), type.getScale());
        if (out == null) {
            throw new IllegalArgumentException(text + " does not fit");
        }
        return out;
    }

    private static Timestamp timestamp(String text) {
        String plain = text.endsWith("Z") ? text.substring(0, text.length() - 1) : text;
        return Timestamp.fromLocalDateTime(LocalDateTime.parse(plain.replace(' ', 'T')));
    }

    private static GenericArray array(DataType element, JsonNode json) {
        Object[] out = new Object[json.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = value(element, json.get(i));
        }
        return new GenericArray(out);
    }

    /** Pairs, or an object whose names are the keys. */
    private static GenericMap map(DataType key, DataType item, JsonNode json) {
        Map<Object, Object> out = new LinkedHashMap<>();
        if (json.isObject()) {
            json.fields()
                    .forEachRemaining(
                            e ->
                                    out.put(
                                            value(key, TextNode.valueOf(e.getKey())),
                                            value(item, e.getValue())));
        } else {
            json.forEach(pair -> out.put(value(key, pair.get(0)), value(item, pair.get(1))));
        }
        return new GenericMap(out);
    }
}

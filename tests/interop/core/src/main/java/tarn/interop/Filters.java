// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.predicate.Predicate;
import org.apache.paimon.predicate.PredicateBuilder;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.paimon.types.DataType;
import org.apache.paimon.types.RowType;

import java.util.ArrayList;
import java.util.List;

/**
 * Predicates from JSON: {@code {"col":"a","op":"<","value":1}}, or {@code and}, {@code or} over
 * an array, {@code not} over one.
 */
final class Filters {
    private Filters() {}

    static Predicate parse(RowType type, JsonNode json) {
        if (json.has("and")) {
            return PredicateBuilder.and(all(type, json.get("and")));
        }
        if (json.has("or")) {
            return PredicateBuilder.or(all(type, json.get("or")));
        }
        if (json.has("not")) {
            return parse(type, json.get("not"))
                    .negate()
                    .orElseThrow(() -> new IllegalArgumentException("no negation of " + json));
        }
        return leaf(type, json);
    }

    private static List<Predicate> all(RowType type, JsonNode array) {
        List<Predicate> out = new ArrayList<>();
        array.forEach(x -> out.add(parse(type, x)));
        return out;
    }

    private static Predicate leaf(RowType type, JsonNode json) {
        int column = type.getFieldIndex(json.get("col").asText());
        if (column < 0) {
            throw new IllegalArgumentException("no column " + json.get("col"));
        }
        DataType columnType = type.getTypeAt(column);
        PredicateBuilder builder = new PredicateBuilder(type);
        JsonNode operand = json.path("value");
        List<Object> many = new ArrayList<>();
        Object one = null;
        if (operand.isArray()) {
            operand.forEach(x -> many.add(RowValues.value(columnType, x)));
        } else if (!operand.isMissingNode()) {
            one = RowValues.value(columnType, operand);
        }
        String op = json.get("op").asText();
        return switch (op) {
            case "=" -> builder.equal(column, one);
            case "!=", "<>" -> builder.notEqual(column, one);
            case "<" -> builder.lessThan(column, one);
            case "<=" -> builder.lessOrEqual(column, one);
            case ">" -> builder.greaterThan(column, one);
            case ">=" -> builder.greaterOrEqual(column, one);
            case "in" -> builder.in(column, many);
            case "notin" -> builder.notIn(column, many);
            case "between" -> builder.between(column, many.get(0), many.get(1));
            case "isnull" -> builder.isNull(column);
            case "isnotnull" -> builder.isNotNull(column);
            case "startswith" -> builder.startsWith(column, one);
            case "endswith" -> builder.endsWith(column, one);
            case "contains" -> builder.contains(column, one);
            case "like" -> builder.like(column, one);
            default -> throw new IllegalArgumentException("no operator " + op);
        };
    }
}

// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.node.MissingNode;
import org.apache.paimon.shade.jackson2.com.fasterxml.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A request: a JSON object whose members are read by name and may be missing. */
final class Command {
    static final ObjectMapper MAPPER = new ObjectMapper();

    private final JsonNode node;

    Command(JsonNode node) {
        this.node = node;
    }

    static Command parse(String line) throws Exception {
        JsonNode node = MAPPER.readTree(line);
        if (!(node instanceof ObjectNode)) {
            throw new IllegalArgumentException("a request is a JSON object");
        }
        return new Command(node);
    }

    boolean has(String name) {
        return node.hasNonNull(name);
    }

    JsonNode json(String name) {
        return has(name) ? node.get(name) : MissingNode.getInstance();
    }

    /** Texts as they are, other values as their JSON. */
    String text(String name, String fallback) {
        return has(name) ? plain(node.get(name)) : fallback;
    }

    String text(String name) {
        if (!has(name)) {
            throw new IllegalArgumentException("the request lacks \"" + name + "\"");
        }
        return text(name, null);
    }

    boolean flag(String name, boolean fallback) {
        return has(name) ? Boolean.parseBoolean(text(name)) : fallback;
    }

    Long number(String name) {
        return has(name) ? Long.valueOf(text(name)) : null;
    }

    Map<String, String> map(String name) {
        return map(json(name));
    }

    static Map<String, String> map(JsonNode object) {
        Map<String, String> out = new LinkedHashMap<>();
        object.fields().forEachRemaining(e -> out.put(e.getKey(), plain(e.getValue())));
        return out;
    }

    /** An array's members, or the parts of a text between commas. */
    List<String> list(String name) {
        JsonNode value = json(name);
        List<String> out = new ArrayList<>();
        if (value.isTextual()) {
            for (String part : value.asText().split(",")) {
                if (!part.isBlank()) {
                    out.add(part.strip());
                }
            }
        } else {
            value.forEach(x -> out.add(plain(x)));
        }
        return out;
    }

    private static String plain(JsonNode value) {
        return value.isTextual() ? value.asText() : value.toString();
    }
}

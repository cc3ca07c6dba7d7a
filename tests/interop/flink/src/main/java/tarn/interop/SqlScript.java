// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts a script into statements. A comment {@code --@ name=value ...} belongs to the statement
 * after it; other comments vanish, hints stay.
 */
final class SqlScript {
    record Statement(String sql, Map<String, String> directives) {}

    private final String text;
    private int position;

    private SqlScript(String text) {
        this.text = text;
    }

    static List<Statement> statements(String text) {
        return new SqlScript(text).cut();
    }

    private List<Statement> cut() {
        List<Statement> out = new ArrayList<>();
        StringBuilder sql = new StringBuilder();
        Map<String, String> directives = new HashMap<>();
        while (position < text.length()) {
            char c = text.charAt(position);
            if (at("--")) {
                String comment = take(end("\n", 0));
                if (comment.startsWith("--@")) {
                    readDirectives(comment.substring(3), directives);
                }
            } else if (at("/*") && !at("/*+")) {
                take(end("*/", 2));
                sql.append(' ');
            } else if (c == '\'' || c == '"' || c == '`') {
                sql.append(take(end(String.valueOf(c), 1)));
            } else if (c == ';') {
                position++;
                addTo(out, sql, directives);
                sql = new StringBuilder();
                directives = new HashMap<>();
            } else {
                sql.append(c);
                position++;
            }
        }
        addTo(out, sql, directives);
        return out;
    }

    private static void addTo(
            List<Statement> out, StringBuilder sql, Map<String, String> directives) {
        if (!sql.toString().isBlank()) {
            out.add(new Statement(sql.toString().strip(), directives));
        }
    }

    private static void readDirectives(String comment, Map<String, String> directives) {
        for (String word : comment.strip().split("\\s+")) {
            int equals = word.indexOf('=');
            if (equals > 0) {
                directives.put(word.substring(0, equals), word.substring(equals + 1));
            }
        }
    }

    private boolean at(String start) {
        return text.startsWith(start, position);
    }

    /** One past the next {@code mark}, looking from {@code skip} characters on. */
    private int end(String mark, int skip) {
        int found = text.indexOf(mark, position + skip);
        return found < 0 ? text.length() : found + mark.length();
    }

    private String take(int end) {
        String out = text.substring(position, end);
        position = end;
        return out;
    }
}

// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import java.util.List;

/** The JSON texts that requests are answered with. */
final class Answer {
    private Answer() {}

    /** Names and JSON values in turn. */
    static String ok(Object... members) {
        StringBuilder out = new StringBuilder("{\"ok\":true");
        for (int i = 0; i < members.length; i += 2) {
            out.append(',')
                    .append(CanonicalText.quote((String) members[i]))
                    .append(':')
                    .append(members[i + 1]);
        }
        return out.append('}').toString();
    }

    static String rows(List<String> rows, Object... members) {
        String rest = ok(members).substring("{\"ok\":true".length());
        return "{\"ok\":true,\"count\":"
                + rows.size()
                + ",\"rows\":"
                + CanonicalText.join(rows)
                + rest;
    }

    /** What failed at the bottom, and what the caller saw. */
    static String error(Throwable seen) {
        Throwable root = seen;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return "{\"ok\":false,\"error\":"
                + CanonicalText.quote(String.valueOf(root.getMessage()))
                + ",\"class\":"
                + CanonicalText.quote(root.getClass().getName())
                + ",\"outer\":"
                + CanonicalText.quote(String.valueOf(seen))
                + "}";
    }
}

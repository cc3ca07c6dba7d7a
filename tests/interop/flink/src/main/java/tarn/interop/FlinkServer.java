// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The server with one more command: {@code sql}. */
public final class FlinkServer extends Server {
    private final Map<String, SqlSession> sessions = new HashMap<>();

    public static void main(String[] args) throws Exception {
        new FlinkServer().serve();
        Runtime.getRuntime().halt(0);
    }

    @Override
    protected String answer(Command command) throws Exception {
        return command.text("cmd").equals("sql") ? sql(command) : super.answer(command);
    }

    /**
     * Runs {@code script} in {@code mode} batch or streaming, {@code ${name}} replaced from {@code
     * defines}. A {@code session} is kept until {@code close}; without one the script has its own.
     */
    private String sql(Command command) throws Exception {
        String script = command.text("script");
        for (Map.Entry<String, String> define : command.map("defines").entrySet()) {
            script = script.replace("${" + define.getKey() + "}", define.getValue());
        }
        String name = command.text("session", "");
        String mode = command.text("mode", SqlSession.BATCH);
        SqlSession session =
                name.isEmpty()
                        ? new SqlSession(mode)
                        : sessions.computeIfAbsent(name, n -> new SqlSession(mode));
        SqlSession.Limits limits =
                new SqlSession.Limits(
                        command.has("rows") ? command.number("rows") : Long.MAX_VALUE,
                        command.has("seconds") ? command.number("seconds") : 120);
        List<String> documents = new ArrayList<>();
        int errors =
                session.run(script, limits, command.flag("stop-on-error", false), documents::add);
        if (name.isEmpty() || command.flag("close", false)) {
            session.close();
            sessions.remove(name);
        }
        return "{\"ok\":"
                + (errors == 0)
                + ",\"errors\":"
                + errors
                + ",\"results\":"
                + CanonicalText.join(documents)
                + "}";
    }
}

// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.flink.core.execution.JobClient;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.ResultKind;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.catalog.Column;
import org.apache.flink.types.Row;
import org.apache.flink.util.CloseableIterator;
import org.apache.flink.util.SerializedThrowable;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs scripts on the local cluster, statement by statement, with one JSON document for each.
 *
 * <p>A table environment is either batch or streaming. {@code SET 'execution.runtime-mode'}
 * switches to the other one, in which the statements that shape a session (SET, RESET, USE,
 * catalogs, temporary objects) are repeated first.
 */
final class SqlSession implements AutoCloseable {
    static final String BATCH = "batch";
    static final String STREAMING = "streaming";

    /** Where a result is cut off. */
    record Limits(long rows, long seconds) {}

    private static final Pattern SET =
            Pattern.compile("(?is)SET\\s+'([^']*)'\\s*=\\s*'((?:[^']|'')*)'");
    private static final Pattern RESET = Pattern.compile("(?is)RESET\\s+'([^']*)'");
    private static final Pattern SHAPES_SESSION =
            Pattern.compile("(?is)((CREATE|DROP)\\s+(CATALOG|TEMPORARY)|USE|LOAD|UNLOAD)\\b.*");
    private static final Pattern CHANGES_DATA =
            Pattern.compile("(?is)(INSERT|UPDATE|DELETE|EXECUTE\\s+STATEMENT)\\b.*");
    private static final int CANCEL_SECONDS = 30;

    private final Map<String, TableEnvironment> environments = new HashMap<>();
    private final Map<String, Integer> repeated = new HashMap<>();
    private final List<String> shaping = new ArrayList<>();
    private String mode;
    private int count;

    SqlSession(String mode) {
        this.mode = mode;
    }

    /** Answers the number of statements that failed. */
    int run(String script, Limits limits, boolean stopOnError, Consumer<String> documents) {
        int errors = 0;
        for (SqlScript.Statement statement : SqlScript.statements(script)) {
            String head =
                    "{\"statement\":" + ++count + ",\"sql\":" + CanonicalText.quote(statement.sql());
            try {
                documents.accept(head + ",\"ok\":true" + execute(statement, limits) + "}");
            } catch (Throwable e) {
                errors++;
                documents.accept(head + ",\"ok\":false" + causes(e) + "}");
                if (stopOnError) {
                    break;
                }
            }
        }
        return errors;
    }

    /** Answers further members of the statement's document. */
    private String execute(SqlScript.Statement statement, Limits limits) throws Exception {
        String sql = statement.sql();
        Matcher set = SET.matcher(sql);
        if (set.matches() && set.group(1).equals("execution.runtime-mode")) {
            mode = set.group(2).toLowerCase(Locale.ROOT);
            environment();
            return "";
        }
        TableEnvironment environment = environment();
        if (set.matches() || RESET.matcher(sql).matches()) {
            shape(environment, sql);
            remember(sql);
            return "";
        }
        Map<String, String> directives = statement.directives();
        Limits own =
                new Limits(
                        Long.parseLong(
                                directives.getOrDefault("rows", String.valueOf(limits.rows()))),
                        Long.parseLong(
                                directives.getOrDefault(
                                        "seconds", String.valueOf(limits.seconds()))));
        if (CHANGES_DATA.matcher(sql).matches()) {
            return change(environment, sql, own);
        }
        TableResult result = environment.executeSql(sql);
        if (SHAPES_SESSION.matcher(sql).matches()) {
            remember(sql);
        }
        if (result.getResultKind() == ResultKind.SUCCESS) {
            return "";
        }
        return rows(result, own, directives.getOrDefault("sorted", "false").equals("true"));
    }

    private TableEnvironment environment() throws Exception {
        TableEnvironment out = environments.get(mode);
        if (out == null) {
            EnvironmentSettings.Builder settings =
                    EnvironmentSettings.newInstance().withConfiguration(LocalCluster.client());
            out =
                    TableEnvironment.create(
                            (mode.equals(STREAMING)
                                            ? settings.inStreamingMode()
                                            : settings.inBatchMode())
                                    .build());
            environments.put(mode, out);
        }
        for (int i = repeated.getOrDefault(mode, 0); i < shaping.size(); i++) {
            shape(out, shaping.get(i));
        }
        repeated.put(mode, shaping.size());
        return out;
    }

    private void remember(String sql) {
        shaping.add(sql);
        repeated.put(mode, shaping.size());
    }

    private static void shape(TableEnvironment environment, String sql) {
        Matcher set = SET.matcher(sql);
        Matcher reset = RESET.matcher(sql);
        if (set.matches()) {
            environment.getConfig().set(set.group(1), set.group(2).replace("''", "'"));
        } else if (reset.matches()) {
            environment.getConfig().getConfiguration().removeKey(reset.group(1));
        } else {
            environment.executeSql(sql);
        }
    }

    /** A streaming job that does not end by itself is cancelled at its time limit. */
    private String change(TableEnvironment environment, String sql, Limits limits)
            throws Exception {
        environment.getConfig().set("table.dml-sync", "false");
        JobClient job = environment.executeSql(sql).getJobClient().orElse(null);
        if (job == null) {
            return "";
        }
        try {
            job.getJobExecutionResult().get(limits.seconds(), TimeUnit.SECONDS);
            return "";
        } catch (TimeoutException e) {
            job.cancel().get(CANCEL_SECONDS, TimeUnit.SECONDS);
            return ",\"cut\":\"seconds\"";
        }
    }

    private static String rows(TableResult result, Limits limits, boolean sorted)
            throws Exception {
        List<Column> columns = result.getResolvedSchema().getColumns();
        List<String> lines = Collections.synchronizedList(new ArrayList<>());
        List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
        CloseableIterator<Row> iterator = result.collect();
        // hasNext() blocks for as long as a stream is silent.
        Thread collector =
                new Thread(
                        () -> {
                            try {
                                while (lines.size() < limits.rows() && iterator.hasNext()) {
                                    lines.add(FlinkRows.withKind(columns, iterator.next()));
                                }
                            } catch (Throwable e) {
                                failures.add(e);
                            }
                        });
        collector.setDaemon(true);
        collector.start();
        collector.join(limits.seconds() * 1000);
        boolean late = collector.isAlive();
        boolean full = lines.size() >= limits.rows();
        if (late || full) {
            result.getJobClient().ifPresent(SqlSession::cancel);
        }
        if (!late) {
            iterator.close();
            if (!failures.isEmpty()) {
                throw new ExecutionException(failures.get(0));
            }
        }
        List<String> all;
        synchronized (lines) {
            all = new ArrayList<>(lines);
        }
        if (sorted) {
            all.sort(CanonicalText::compareBytes);
        }
        List<String> described =
                columns.stream()
                        .map(
                                c ->
                                        "{\"name\":"
                                                + CanonicalText.quote(c.getName())
                                                + ",\"type\":"
                                                + CanonicalText.quote(
                                                        c.getDataType()
                                                                .getLogicalType()
                                                                .asSerializableString())
                                                + "}")
                        .toList();
        return ",\"columns\":"
                + CanonicalText.join(described)
                + ",\"rows\":"
                + CanonicalText.join(all)
                + (late ? ",\"cut\":\"seconds\"" : full ? ",\"cut\":\"rows\"" : "");
    }

    private static void cancel(JobClient job) {
        try {
            job.cancel().get(CANCEL_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            // It has ended by itself.
        }
    }

    /** The message at the root, and the whole chain. */
    private static String causes(Throwable top) {
        List<String> chain = new ArrayList<>();
        String message = null;
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        for (Throwable at = top; at != null; at = at.getCause()) {
            Throwable real =
                    at instanceof SerializedThrowable
                            ? ((SerializedThrowable) at).deserializeError(loader)
                            : at;
            String line = real.getClass().getName() + ": " + real.getMessage();
            if (chain.isEmpty() || !chain.get(chain.size() - 1).equals(line)) {
                chain.add(line);
            }
            message = real.getMessage();
        }
        return ",\"error\":"
                + CanonicalText.quote(String.valueOf(message))
                + ",\"chain\":"
                + CanonicalText.quoteAll(chain);
    }

    @Override
    public void close() {
        environments.clear();
    }
}

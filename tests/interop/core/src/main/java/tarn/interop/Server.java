// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/**
 * Answers one JSON line with one JSON line until its input ends. A failed request is answered with
 * {@code "ok":false}; the server goes on.
 */
public class Server {

    public static void main(String[] args) throws Exception {
        new Server().serve();
        // Libraries may have left threads behind.
        Runtime.getRuntime().halt(0);
    }

    protected final void serve() throws Exception {
        PrintStream answers =
                new PrintStream(
                        new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        // Libraries that print must not come between the answers.
        System.setOut(System.err);
        BufferedReader requests =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        boolean trace = System.getenv("TARN_INTEROP_TRACE") != null;
        String line;
        while ((line = requests.readLine()) != null) {
            String answer;
            try {
                answer = answer(Command.parse(line));
            } catch (Throwable e) {
                answer = Answer.error(e);
                if (trace) {
                    e.printStackTrace();
                }
            }
            answers.print(answer + "\n");
            answers.flush();
        }
    }

    protected String answer(Command command) throws Exception {
        return switch (command.text("cmd")) {
            case "ping" -> Answer.ok();
            case "create" -> Tables.create(command);
            case "drop" -> Tables.drop(command);
            case "tables" -> Tables.list(command);
            case "option-keys" -> Tables.optionKeys();
            case "alter" -> Tables.alter(command);
            case "write" -> Writing.write(command);
            case "compact" -> Writing.compact(command);
            case "read" -> Reading.read(command);
            case "stream-read" -> Reading.stream(command);
            case "expire" -> Maintenance.expire(command);
            case "expire-partitions" -> Maintenance.expirePartitions(command);
            case "maintain" -> Maintenance.maintain(command);
            case "manage" -> Maintenance.manage(command);
            case "plan" -> Metadata.plan(command);
            case "dump" -> Metadata.dump(command);
            case "hash" -> Vectors.hash(command);
            case "cast" -> Vectors.cast(command);
            case "sketch-unions" -> Sketches.unions(command);
            case "variant-bytes" -> Variants.bytes(command);
            case "partition-times" -> Vectors.partitionTimes(command);
            case "partition-path" -> Vectors.partitionPath(command);
            default -> throw new IllegalArgumentException("no command " + command.text("cmd"));
        };
    }
}

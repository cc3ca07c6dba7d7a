// SPDX-License-Identifier: Apache-2.0
package tarn.interop;

import org.apache.paimon.disk.IOManager;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A folder for what writers and readers spill; gone with the process. */
final class Scratch {
    private static final Path FOLDER = create();

    private Scratch() {}

    static IOManager disk() {
        return IOManager.create(FOLDER.toString());
    }

    private static Path create() {
        try {
            Path folder = Files.createTempDirectory("tarn-interop");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> remove(folder)));
            return folder;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void remove(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            all.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
        } catch (IOException e) {
            System.err.println("cannot remove " + folder + ": " + e);
        }
    }
}

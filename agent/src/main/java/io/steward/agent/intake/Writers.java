package io.steward.agent.intake;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Names the programs that have a file open for writing, as far as /proc shows them to the agent.
final class Writers {
    private static final Path PROC = Path.of("/proc");
    private static final int MOST = 5;

    private Writers() {}

    /// For a person: `pid 4711 (python3)`, or `another program` where nothing can be seen.
    static String of(Path file) {
        List<String> found = new ArrayList<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (found.size() < MOST && writes(process, file)) {
                    found.add("pid %s (%s)".formatted(process.getFileName(), name(process)));
                }
            }
        } catch (IOException e) {
            return "another program";
        }
        return found.isEmpty() ? "another program" : String.join(", ", found);
    }

    private static boolean writes(Path process, Path file) {
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path descriptor : descriptors) {
                if (isOpenForWriting(process, descriptor, file)) {
                    return true;
                }
            }
        } catch (IOException e) {
            // why: the process has ended, or is another user's
            return false;
        }
        return false;
    }

    private static boolean isOpenForWriting(Path process, Path descriptor, Path file) {
        try {
            if (!Files.readSymbolicLink(descriptor).equals(file)) {
                return false;
            }
            Path info = process.resolve("fdinfo").resolve(descriptor.getFileName());
            return Files.readAllLines(info).stream()
                    .filter(line -> line.startsWith("flags:"))
                    .anyMatch(line -> (line.charAt(line.length() - 1) - '0' & 3) != 0);
        } catch (IOException e) {
            return false;
        }
    }

    private static String name(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }
}

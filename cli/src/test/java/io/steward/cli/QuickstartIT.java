package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steward.cli.Steward.Run;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartIT {
    @TempDir Path folder;

    @Test
    void itShowsTheResultAndLeavesNothing() throws Exception {
        Path inmsg = folder.resolve("inmsg.txt");
        Files.copy(Steward.ROOT.resolve("inmsg.txt"), inmsg);
        try (Steward steward = new Steward(folder)) {
            Run run = steward.run("quickstart");
            shows(run.exit(), run.out() + run.err());
        }
        assertThat(inmsg).hasSameBinaryContentAs(Steward.ROOT.resolve("inmsg.txt"));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left.filter(path -> !path.endsWith("home") && !path.endsWith("logs")))
                    .containsExactly(inmsg);
        }
    }

    /// Only where the program has been built from these sources: it would build itself in the
    /// middle of this build.
    @Test
    void theLauncherDoesSoToo() throws Exception {
        Path built = Steward.ROOT.resolve("cli/target/steward/built");
        assumeTrue(Files.exists(built) && !changedSince(Files.getLastModifiedTime(built)));
        ProcessBuilder builder =
                new ProcessBuilder(Steward.ROOT.resolve("steward").toString(), "quickstart");
        builder.environment().keySet().removeIf(name -> name.startsWith("STEWARD_"));
        builder.environment().put("STEWARD_HOME", folder.toString());
        builder.environment().put("LC_ALL", "C");
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        shows(process.waitFor(), said);
    }

    private static void shows(int exit, String said) {
        assertThat(exit).as(said).isZero();
        assertThat(said)
                .contains("to ship1: shellcommand bash -c \"ls -l ../\"")
                .containsPattern("\\| d.* ship1\n")
                .contains("  exit code 0\n")
                .containsPattern("succeeded  after [0-9]")
                .contains("\"state\":\"succeeded\"")
                .contains("nothing is left of it");
        Path where =
                said.lines()
                        .filter(line -> line.startsWith("logged in "))
                        .map(line -> Path.of(line.substring(10, line.length() - 1)))
                        .findFirst()
                        .orElseThrow();
        Path tree = where.resolve("../..").normalize();
        assertThat(tree).doesNotExist();
        assertThat(
                        ProcessHandle.allProcesses()
                                .map(process -> process.info().commandLine().orElse(""))
                                .filter(line -> line.contains(tree.toString())))
                .isEmpty();
    }

    private static boolean changedSince(FileTime built) throws IOException {
        for (String module : List.of("messages", "agent", "cli")) {
            try (Stream<Path> files = Files.walk(Steward.ROOT.resolve(module + "/src/main"))) {
                if (files.anyMatch(file -> isNewer(file, built))) {
                    return true;
                }
            }
            if (isNewer(Steward.ROOT.resolve(module + "/pom.xml"), built)) {
                return true;
            }
        }
        return isNewer(Steward.ROOT.resolve("pom.xml"), built);
    }

    private static boolean isNewer(Path file, FileTime time) {
        try {
            return Files.getLastModifiedTime(file).compareTo(time) > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.cli.Steward.Run;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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

    /// An installed copy, with what this build has packed: it has no sources, so it does not build.
    @Test
    void theLauncherDoesSoToo() throws Exception {
        Path root = Files.createDirectories(folder.resolve("installed"));
        Path app = Files.createDirectories(root.resolve("cli/target/steward"));
        Files.createSymbolicLink(
                app.resolve("lib"), Steward.ROOT.resolve("cli/target/steward/lib"));
        Files.createFile(app.resolve("built"));
        Files.createSymbolicLink(root.resolve("bin"), Steward.ROOT.resolve("bin"));
        for (String file : List.of("steward", "inmsg.txt")) {
            Files.copy(
                    Steward.ROOT.resolve(file),
                    root.resolve(file),
                    StandardCopyOption.COPY_ATTRIBUTES);
        }
        ProcessBuilder builder =
                new ProcessBuilder(root.resolve("steward").toString(), "quickstart");
        builder.environment().keySet().removeIf(name -> name.startsWith("STEWARD_"));
        builder.environment().put("STEWARD_HOME", folder.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
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
}

package io.steward.cli;

import io.steward.agent.http.AgentFile;
import io.steward.agent.settings.Settings;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// An agent in a process of its own, as `steward agent` starts it.
final class SecondNode implements AutoCloseable {
    /// Variables that are no settings of an agent.
    static final Set<String> KEPT =
            Set.of("STEWARD_NATS_SERVER", "STEWARD_ROOT", "STEWARD_SELF", "STEWARD_HOME");

    private static final Duration PAUSE = Duration.ofMillis(20);
    private static final long STOPPING_SECONDS = 15;
    private static final int LOG_SHOWN = 20;

    private final String node;
    private final Path data;
    private final Path log;
    private final Process process;

    private SecondNode(String node, Path data, Path log, Process process) {
        this.node = node;
        this.data = data;
        this.log = log;
        this.process = process;
    }

    /// @param folder where its data folder, which is its commands' working folder as well, and its
    ///   log are made
    /// @param broker its URL; passed on where no list of processes shows it
    /// @param central the node it belongs to
    static SecondNode start(Shell shell, Path folder, String node, String broker, Settings central)
            throws IOException {
        Path data = folder.resolve(node);
        Path log = folder.resolve(node + ".log");
        List<String> command = new ArrayList<>(program(shell.environment()));
        command.addAll(
                List.of(
                        "agent",
                        "--node",
                        node,
                        "--data",
                        data.toString(),
                        "--central",
                        central.node().value(),
                        "--http",
                        "127.0.0.1:0",
                        "--set",
                        "run.workingFolder=" + data));
        if (central.broker().creds() != null) {
            command.addAll(List.of("--creds", central.broker().creds().toString()));
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("STEWARD_") && !KEPT.contains(name));
        builder.environment().put("STEWARD_BROKER", broker);
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        return new SecondNode(node, data, log, builder.start());
    }

    /// The launcher where there is one, else this JVM's program.
    private static List<String> program(Map<String, String> environment) {
        String root = environment.getOrDefault("STEWARD_ROOT", "");
        if (!root.isEmpty() && Files.isExecutable(Path.of(root, "steward"))) {
            return List.of(Path.of(root, "steward").toString());
        }
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName());
    }

    /// @throws CliException if it ends or is not ready in time; with the end of its log
    void awaitReady(Duration patience) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!Files.exists(data.resolve(AgentFile.NAME))) {
            if (!process.isAlive() || System.nanoTime() > deadline) {
                throw new CliException(
                        Exit.FAILED,
                        "the node %s %s; its log ends with:\n%s"
                                .formatted(
                                        node,
                                        process.isAlive()
                                                ? "was not ready after " + Times.length(patience)
                                                : "ended with exit code " + process.exitValue(),
                                        tail()));
            }
            Thread.sleep(PAUSE);
        }
    }

    private String tail() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return String.join(
                "\n", lines.subList(Math.max(0, lines.size() - LOG_SHOWN), lines.size()));
    }

    /// Stops it as SIGTERM does; kills it if that takes too long.
    @Override
    public void close() {
        process.destroy();
        boolean interrupted = Thread.interrupted();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOPPING_SECONDS);
        while (process.isAlive()) {
            try {
                long left = deadline - System.nanoTime();
                if (left <= 0 || !process.waitFor(left, TimeUnit.NANOSECONDS)) {
                    process.destroyForcibly();
                    deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(STOPPING_SECONDS);
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.steward.cli;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// The program as a person has it: every command is a process of its own with its own streams.
/// Closing ends what still runs, the last first. Not thread-safe.
final class Steward implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(60);

    /// The checkout.
    static final Path ROOT =
            Path.of(System.getProperty("steward.root", "..")).toAbsolutePath().normalize();

    private static final List<String> PROGRAM = ClassCache.options(ROOT);

    private static final AtomicInteger LOGS = new AtomicInteger();

    private final Path folder;
    private final Path logs;
    private final List<Running> running = new ArrayList<>();

    /// @param folder where everything is kept; the programs' working folder
    Steward(Path folder) throws IOException {
        this.folder = folder;
        this.logs = Files.createDirectories(folder.resolve("logs"));
    }

    /// What a command ended with.
    record Run(int exit, String out, String err) {}

    /// A program that goes on, with all it says in one file.
    record Running(Process process, Path log) {
        String said() throws IOException {
            return Files.readString(log);
        }

        void awaitSaid(String text) {
            await("it says " + text)
                    .atMost(LONG)
                    .until(() -> said().contains(text) || !process.isAlive());
            try {
                if (!said().contains(text)) {
                    throw new AssertionError("it ended without " + text + "; it said: " + said());
                }
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        /// As Ctrl-C does.
        void interrupt() throws IOException, InterruptedException {
            new ProcessBuilder("kill", "-INT", Long.toString(process.pid())).start().waitFor();
        }

        /// @return its exit code
        int awaitEnd() throws InterruptedException {
            if (!process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end");
            }
            return process.exitValue();
        }
    }

    Path data(String node) {
        return folder.resolve(node);
    }

    /// Runs a command at the agent of `central` until it ends.
    Run run(String... arguments) throws IOException, InterruptedException {
        return runAt("central", arguments);
    }

    /// Runs a command at the agent of a node until it ends.
    Run runAt(String node, String... arguments) throws IOException, InterruptedException {
        ProcessBuilder builder = builder(arguments);
        builder.environment().put("STEWARD_DATA", data(node).toString());
        builder.redirectInput(new java.io.File("/dev/null"));
        int number = LOGS.incrementAndGet();
        Path out = logs.resolve(number + ".out");
        Path err = logs.resolve(number + ".err");
        Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        if (!process.waitFor(2 * LONG.toSeconds(), TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(
                    "%s does not end; it said: %s%s"
                            .formatted(
                                    List.of(arguments),
                                    Files.readString(out),
                                    Files.readString(err)));
        }
        return new Run(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    /// Starts a command that goes on.
    Running start(String... arguments) throws IOException {
        return start(Map.of(), arguments);
    }

    /// Starts a command that goes on.
    ///
    /// @param environment that it has besides
    Running start(Map<String, String> environment, String... arguments) throws IOException {
        ProcessBuilder builder = builder(arguments);
        builder.environment().putAll(environment);
        if (!List.of("up", "agent").contains(arguments[0])) {
            builder.environment().put("STEWARD_DATA", data("central").toString());
        }
        Path log = logs.resolve(arguments[0] + LOGS.incrementAndGet() + ".log");
        builder.redirectErrorStream(true).redirectOutput(log.toFile());
        builder.redirectInput(new java.io.File("/dev/null"));
        Running started = new Running(builder.start(), log);
        running.add(started);
        return started;
    }

    /// Starts an agent and waits until it is ready.
    Running agent(String node, String broker) throws IOException {
        Running agent =
                start(
                        "agent",
                        "--node",
                        node,
                        "--data",
                        data(node).toString(),
                        "--central",
                        "central",
                        "--broker",
                        broker,
                        "--http",
                        "127.0.0.1:0");
        agent.awaitSaid(node + " is ready");
        return agent;
    }

    private ProcessBuilder builder(String... arguments) {
        // why: whoever is started in the background of a script does not hear Ctrl-C, and what it
        // starts neither
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "env",
                                "--default-signal=INT",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx256m",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                                "-Dsteward.root=" + ROOT));
        command.addAll(PROGRAM);
        command.add(Main.class.getName());
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("STEWARD_"));
        builder.environment().put("STEWARD_HOME", folder.resolve("home").toString());
        return builder;
    }

    @Override
    public void close() throws IOException {
        running.reversed().forEach(one -> one.process().destroy());
        List<String> stuck = new ArrayList<>();
        for (Running one : running.reversed()) {
            try {
                if (!one.process().waitFor(LONG.toSeconds(), TimeUnit.SECONDS)) {
                    one.process().destroyForcibly().waitFor();
                    stuck.add(one.said());
                }
            } catch (InterruptedException e) {
                one.process().destroyForcibly();
                Thread.currentThread().interrupt();
            }
        }
        if (!stuck.isEmpty()) {
            throw new IOException("these do not stop by SIGTERM; they said: " + stuck);
        }
    }
}

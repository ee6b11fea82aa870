package io.steward.agent.broker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A nats-server as a child process, with a temporary folder.
final class NatsProcess implements TestNats.Server {
    private final Path folder;
    private final Path storage;
    private final Path log;
    private final Path config;
    private final String program;
    private final Thread onExit = new Thread(this::end);
    private volatile @Nullable Process process;

    NatsProcess(int port, String more) {
        try {
            folder = Files.createTempDirectory("steward-nats-");
            storage = folder.resolve("storage");
            log = folder.resolve("log");
            config = folder.resolve("nats.conf");
            Files.writeString(
                    config,
                    """
                    listen: "127.0.0.1:%d"
                    max_payload: 8MB
                    jetstream { store_dir: "%s" }
                    %s
                    """
                            .formatted(port, storage, more));
            program = program();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    /// The path that `bin/nats-server` prints.
    static String program() throws IOException {
        Path script = root().resolve("bin/nats-server");
        Process run =
                new ProcessBuilder(script.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String path =
                new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        try {
            if (run.waitFor() != 0) {
                throw new IOException(script + " found no nats-server; its reasons are on stderr");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return path;
    }

    private static Path root() {
        String given = System.getProperty("steward.root");
        if (given != null) {
            return Path.of(given);
        }
        Path here = Path.of("").toAbsolutePath();
        while (!Files.isExecutable(here.resolve("bin/nats-server"))) {
            here = here.getParent();
            if (here == null) {
                throw new IllegalStateException(
                        "bin/nats-server is in no folder above " + Path.of("").toAbsolutePath());
            }
        }
        return here;
    }

    @Override
    public void start() throws IOException {
        process =
                new ProcessBuilder(program, "-c", config.toString())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
    }

    @Override
    public void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().waitFor();
            process = null;
        }
    }

    @Override
    public void stop() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroy();
            if (!running.waitFor(20, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
            }
            process = null;
        }
    }

    @Override
    public void wipe() throws IOException {
        delete(storage);
    }

    @Override
    public void pause() throws IOException, InterruptedException {
        signal("STOP");
        Process running = process;
        Path tasks = Path.of("/proc/" + (running == null ? 0 : running.pid()) + "/task");
        while (Files.isDirectory(tasks) && !allStopped(tasks)) {
            Thread.sleep(1);
        }
    }

    /// A signal takes effect on each thread in its own time.
    private static boolean allStopped(Path tasks) throws IOException {
        try (Stream<Path> all = Files.list(tasks)) {
            for (Path task : all.toList()) {
                if (!Files.readString(task.resolve("stat")).contains(") T ")) {
                    return false;
                }
            }
        }
        return true;
    }

    @Override
    public void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process running = process;
        if (running == null) {
            return;
        }
        List<String> kill = List.of("kill", "-" + name, Long.toString(running.pid()));
        if (new ProcessBuilder(kill).inheritIO().start().waitFor() != 0) {
            throw new IOException(String.join(" ", kill) + " failed");
        }
    }

    @Override
    public void remove() throws IOException, InterruptedException {
        kill();
        Runtime.getRuntime().removeShutdownHook(onExit);
        delete(folder);
    }

    private void end() {
        Process running = process;
        if (running != null) {
            running.destroyForcibly();
        }
    }

    @Override
    public String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return "its log cannot be read: " + e;
        }
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}

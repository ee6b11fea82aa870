package io.steward.campaign.world;

import io.steward.agent.http.AgentFile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A node: `steward agent` as a process that can be killed and started again over the same data
/// folder. Used by one thread.
public final class AgentNode implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(90);

    private final String name;
    private final Path data;
    private final Map<String, String> settings = new TreeMap<>();
    private final Map<String, String> environment = new TreeMap<>();
    private @Nullable Child process;

    /// @param data its data folder; may be on a file system of its own
    public AgentNode(String name, String central, Path data, List<URI> brokers) throws IOException {
        this.name = name;
        this.data = Files.createDirectories(data);
        settings.put("node", name);
        settings.put("central", central);
        settings.put("data", data.toString());
        settings.put("broker.url", String.join(",", brokers.stream().map(URI::toString).toList()));
        settings.put("http.address", "127.0.0.1:0");
    }

    /// A setting, for the next start.
    public AgentNode with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /// A variable of its environment, for the next start.
    public AgentNode withVariable(String key, String value) {
        environment.put(key, value);
        return this;
    }

    public String name() {
        return name;
    }

    public Path data() {
        return data;
    }

    public Path log() {
        return data.resolve("agent.log");
    }

    public boolean isAlive() {
        Child running = process;
        return running != null && running.isAlive();
    }

    public long pid() {
        return running().pid();
    }

    /// Starts it without waiting for it.
    public void launch() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException(name + " runs already");
        }
        Files.deleteIfExists(data.resolve(AgentFile.NAME));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-XX:+UseCompactObjectHeaders",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+ExitOnOutOfMemoryError",
                                "-Xmx256m",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "io.steward.cli.Main",
                                "agent"));
        settings.forEach((key, value) -> command.addAll(List.of("--set", key + "=" + value)));
        ProcessBuilder builder = new ProcessBuilder(command).directory(data.toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("STEWARD_"));
        builder.environment().put("STEWARD_HOME", data.resolve("home").toString());
        builder.environment().putAll(environment);
        process = Child.start(builder, log());
    }

    /// Starts it and waits until its API listens.
    public void start() throws IOException, InterruptedException {
        launch();
        awaitReady();
    }

    public void awaitReady() throws InterruptedException {
        long start = System.nanoTime();
        while (!Files.exists(data.resolve(AgentFile.NAME))) {
            if (!isAlive() || System.nanoTime() - start > READY.toNanos()) {
                throw new IllegalStateException(
                        "agent %s is not ready; see %s".formatted(name, log()));
            }
            Thread.sleep(20);
        }
    }

    /// SIGKILL.
    public void kill() throws InterruptedException {
        running().kill();
    }

    /// SIGTERM.
    ///
    /// @return whether it ended within `grace`; else it still runs
    public boolean terminate(Duration grace) throws InterruptedException {
        return running().terminate(grace);
    }

    /// SIGSTOP.
    public void pause() throws IOException, InterruptedException {
        running().pause();
    }

    /// SIGCONT.
    public void resume() throws IOException, InterruptedException {
        running().resume();
    }

    private Child running() {
        Child running = process;
        if (running == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return running;
    }

    @Override
    public void close() {
        Child running = process;
        if (running != null) {
            running.close();
        }
    }
}

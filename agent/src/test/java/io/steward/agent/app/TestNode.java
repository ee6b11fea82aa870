package io.steward.agent.app;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.steward.agent.http.AgentFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A node of a test: a real agent in a process of its own that can be killed and started again. It
/// is given messages by its drop folder and asked by its processed log, as a person would. Not
/// thread-safe.
final class TestNode implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();
    private static final AtomicInteger FILES = new AtomicInteger();

    private final String name;
    private final Path data;
    private final Map<String, String> settings = new TreeMap<>();
    private String main = AgentProcess.class.getName();
    private final List<String> jvmOptions = new ArrayList<>();
    private String heap = "256m";
    private @Nullable Process process;

    TestNode(String name, Path folder, URI broker) {
        this.name = name;
        this.data = folder.resolve(name);
        settings.put("node", name);
        settings.put("central", "central");
        settings.put("data", data.toString());
        settings.put("broker.url", broker.toString());
        settings.put("http.address", "127.0.0.1:0");
    }

    TestNode with(String key, String value) {
        settings.put(key, value);
        return this;
    }

    /// Another program than [AgentProcess], from the next start on.
    TestNode running(Class<?> program) {
        main = program.getName();
        return this;
    }

    /// Has it run as this program, with these options of the JVM besides the usual ones.
    TestNode as(Class<?> program, String... options) {
        main = program.getName();
        jvmOptions.addAll(List.of(options));
        return this;
    }

    /// @param size as in `-Xmx`
    TestNode withHeap(String size) {
        heap = size;
        return this;
    }

    Path data() {
        return data;
    }

    TestNode start() throws IOException {
        Files.createDirectories(data);
        List<String> command =
                new ArrayList<>(
                        List.of(
                                ProcessHandle.current().info().command().orElse("java"),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-Xmx" + heap));
        command.addAll(jvmOptions);
        command.addAll(
                List.of(
                        "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                        "-Dorg.slf4j.simpleLogger.showDateTime=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        main));
        settings.forEach((key, value) -> command.add(key + "=" + value));
        process =
                new ProcessBuilder(command)
                        .directory(data.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(
                                ProcessBuilder.Redirect.appendTo(
                                        data.resolve("agent.log").toFile()))
                        .start();
        return this;
    }

    /// Waits until it listens.
    TestNode ready() {
        await("agent " + name + " is ready")
                .atMost(Duration.ofSeconds(30))
                .until(() -> Files.exists(data.resolve("agent.json")));
        return this;
    }

    /// Ends it with SIGKILL, as a power cut would.
    void kill() throws InterruptedException, IOException {
        Process running = process;
        if (running != null) {
            running.destroyForcibly().waitFor();
            Files.deleteIfExists(data.resolve("agent.json"));
        }
    }

    /// Ends it with SIGTERM.
    ///
    /// @return its exit code
    int stop() throws InterruptedException {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException(name + " was not started");
        }
        running.destroy();
        if (!running.waitFor(30, TimeUnit.SECONDS)) {
            throw new AssertionError(name + " does not stop");
        }
        return running.exitValue();
    }

    /// The most memory it has taken so far (resident, `VmHWM`), in bytes.
    long peakMemory() throws IOException {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException(name + " was not started");
        }
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + running.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1_024)
                    .findFirst()
                    .orElseThrow();
        }
    }

    /// What its HTTP API says of it.
    JsonNode status() throws IOException, InterruptedException {
        AgentFile agent = AgentFile.read(data);
        String token = Files.readString(data.resolve("api-token")).strip();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(agent.url().resolve("/v1/status"))
                            .header("Authorization", "Bearer " + token)
                            .build();
            return JSON.readTree(
                    client.send(request, HttpResponse.BodyHandlers.ofByteArray()).body());
        }
    }

    /// Sends a signal: `STOP`, `CONT`.
    void signal(String name) throws IOException, InterruptedException {
        Process running = process;
        if (running == null
                || new ProcessBuilder("kill", "-" + name, Long.toString(running.pid()))
                                .start()
                                .waitFor()
                        != 0) {
            throw new IOException("cannot send " + name);
        }
    }

    /// Of its last start.
    long pid() {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return running.pid();
    }

    boolean isAlive() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /// Its HTTP API; the agent must be ready.
    TestApi api() throws IOException {
        return TestApi.of(data);
    }

    /// Sends messages through the drop folder, all of them as one input.
    void send(String json) throws IOException {
        Path inbox = Files.createDirectories(data.resolve("inbox"));
        String file = "test-%d.json".formatted(FILES.incrementAndGet());
        Path temporary = inbox.resolve(file + ".tmp");
        Files.writeString(temporary, json);
        Files.move(temporary, inbox.resolve(file), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Waits until it has accepted what it was sent.
    void awaitTaken() {
        await(name + " has taken its input")
                .atMost(Duration.ofSeconds(60))
                .until(() -> {
                    String[] done = data.resolve("inbox/done").toFile().list();
                    return done != null && done.length > 0;
                });
    }

    /// The lines of its processed log that are about what it sent, rotated files not included.
    List<JsonNode> sent() {
        return processed(line -> line.path("direction").asText().equals("sent"));
    }

    List<JsonNode> received() {
        return processed(line -> line.path("direction").asText().equals("received"));
    }

    private List<JsonNode> processed(Predicate<JsonNode> which) {
        Path log = data.resolve("processed.jsonl");
        if (!Files.exists(log)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(log, StandardCharsets.UTF_8)) {
            List<JsonNode> found = new ArrayList<>();
            for (String line : lines.toList()) {
                if (line.endsWith(
                        "}")) { // why: the last line may be in the middle of being written
                    JsonNode node = JSON.readTree(line);
                    if (which.test(node)
                            && !node.path("message").path("method").asText().equals("hello")) {
                        found.add(node);
                    }
                }
            }
            return found;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits for so many ended messages that it sent, of this method.
    List<JsonNode> awaitSent(int count, String method, Duration most) {
        await(name + " has " + count + " ended messages")
                .atMost(most)
                .pollInterval(Duration.ofMillis(100))
                .until(() -> sent(method).size() >= count);
        return sent(method);
    }

    List<JsonNode> sent(String method) {
        return sent().stream()
                .filter(line -> line.path("message").path("method").asText().equals(method))
                .toList();
    }

    String log() throws IOException {
        return Files.readString(data.resolve("agent.log"));
    }

    @Override
    public void close() throws IOException {
        Process running = process;
        if (running == null || !running.isAlive()) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(15, TimeUnit.SECONDS)) {
                running.destroyForcibly().waitFor();
                throw new IOException(name + " does not stop by SIGTERM");
            }
        } catch (InterruptedException e) {
            running.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

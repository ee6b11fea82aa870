package io.steward.bench;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.steward.agent.http.AgentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// An agent as `./steward agent` starts it: a process of its own. Used by one thread.
final class AgentNode implements AutoCloseable {
    private static final long READY_NANOS = 60_000_000_000L;

    private final Path data;
    private final Child process;
    private final Duration toApi;
    private final Duration toSubscribed;

    private AgentNode(Path data, Child process, Duration toApi, Duration toSubscribed) {
        this.data = data;
        this.process = process;
        this.toApi = toApi;
        this.toSubscribed = toSubscribed;
    }

    /// Starts it and waits until it waits for messages at the broker.
    ///
    /// @param root the folder of the launcher
    @SuppressWarnings("try") // closing a connection may be interrupted, and that is passed on
    static AgentNode start(Path root, String name, Path folder, String broker)
            throws IOException, InterruptedException {
        Path data = Files.createDirectories(folder.resolve(name));
        Files.deleteIfExists(data.resolve(AgentFile.NAME));
        ProcessBuilder builder =
                new ProcessBuilder(
                        root.resolve("steward").toString(),
                        "agent",
                        "--node",
                        name,
                        "--central",
                        "central",
                        "--data",
                        data.toString(),
                        "--broker",
                        broker,
                        "--http",
                        "127.0.0.1:0");
        builder.environment().put("STEWARD_HOME", folder.resolve("home").toString());
        try (Connection connection = Nats.connect(broker)) {
            long start = System.nanoTime();
            Child process = Child.start(builder, data.resolve("agent.log"));
            try {
                while (!Files.exists(data.resolve(AgentFile.NAME))) {
                    pause(process, start, data);
                }
                long api = System.nanoTime() - start;
                while (!fetches(connection, name)) {
                    pause(process, start, data);
                }
                return new AgentNode(
                        data,
                        process,
                        Duration.ofNanos(api),
                        Duration.ofNanos(System.nanoTime() - start));
            } catch (Exception e) {
                process.close();
                throw e;
            }
        }
    }

    private static void pause(Child process, long start, Path data) throws InterruptedException {
        if (!process.isAlive() || System.nanoTime() - start > READY_NANOS) {
            throw new IllegalStateException(
                    "the agent is not ready; see " + data.resolve("agent.log"));
        }
        Thread.sleep(2);
    }

    private static boolean fetches(Connection connection, String node) throws IOException {
        try {
            return connection
                            .jetStreamManagement()
                            .getConsumerInfo("STEWARD_NODE_" + node, node)
                            .getNumWaiting()
                    > 0;
        } catch (JetStreamApiException e) {
            return false; // it has not made its mailbox yet
        }
    }

    /// This one, with other times said of its start.
    AgentNode started(Duration api, Duration subscribed) {
        return new AgentNode(data, process, api, subscribed);
    }

    long pid() {
        return process.pid();
    }

    /// From launching it to its API listening.
    Duration toApi() {
        return toApi;
    }

    /// From launching it to a fetch of its own waiting at the broker.
    Duration toSubscribed() {
        return toSubscribed;
    }

    Api api() throws IOException {
        return Api.of(data);
    }

    @Override
    public void close() {
        process.close();
    }
}

package io.steward.campaign.world;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.Replica;
import io.nats.client.api.StreamInfo;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Three nats-servers as one cluster, with JetStream that keeps each mailbox three times. It goes
/// on while one of them is away. Used by one thread.
public final class BrokerCluster implements Brokers {
    private static final int SIZE = 3;
    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration ANSWER = Duration.ofSeconds(2);

    private final List<NatsServer> servers = new ArrayList<>();

    /// Writes their configurations; they do not run yet.
    ///
    /// @param program the path of nats-server
    /// @param folder for configurations, logs and storage, a folder below it for each server
    /// @param jetStream further lines inside `jetstream { }` of each, such as `sync_interval:
    ///   always`
    public BrokerCluster(String program, Path folder, String jetStream) throws IOException {
        List<Integer> routes =
                IntStream.range(0, SIZE).mapToObj(i -> NatsServer.freePort()).toList();
        for (int i = 0; i < SIZE; i++) {
            int own = routes.get(i);
            String others =
                    routes.stream()
                            .filter(port -> port != own)
                            .map(port -> "\"nats://127.0.0.1:" + port + "\"")
                            .collect(Collectors.joining(", "));
            Path home = folder.resolve("n" + (i + 1));
            servers.add(
                    new NatsServer(
                            program,
                            "n" + (i + 1),
                            home,
                            home.resolve("storage"),
                            jetStream,
                            """
                            cluster {
                              name: "campaign"
                              listen: "127.0.0.1:%d"
                              routes: [%s]
                            }
                            """
                                    .formatted(own, others)));
        }
    }

    @Override
    public Place hub() {
        return new Place(
                servers.stream().map(NatsServer::url).toList(), Map.of("mailbox.replicas", "3"));
    }

    @Override
    public List<NatsServer> servers() {
        return List.copyOf(servers);
    }

    /// Starts all, and waits for a leader of the cluster.
    @Override
    public void start() throws IOException, InterruptedException {
        for (NatsServer server : servers) {
            server.launch();
        }
        for (NatsServer server : servers) {
            server.awaitReady();
        }
        awaitLeader();
    }

    /// Waits until the cluster has a leader, so that streams can be made.
    ///
    /// @throws IllegalStateException if there is none after a minute
    public void awaitLeader() throws InterruptedException {
        await("a leader of the cluster", api -> api.getAccountStatistics() != null);
    }

    /// Waits until a stream has a leader and all three copies are whole and at the same point: then
    /// any one of the servers may be killed.
    public void awaitWhole(String stream) throws InterruptedException {
        await("three whole copies of " + stream, api -> isWhole(api.getStreamInfo(stream)));
    }

    private static boolean isWhole(StreamInfo info) {
        ClusterInfo cluster = info.getClusterInfo();
        return cluster != null
                && cluster.getLeader() != null
                && cluster.getReplicas() != null
                && cluster.getReplicas().size() == SIZE - 1
                && cluster.getReplicas().stream().allMatch(Replica::isCurrent);
    }

    /// The server that leads a stream now.
    ///
    /// @return empty if nobody does, or nobody says
    @SuppressWarnings("try") // a connection's close may be interrupted, as this may
    public Optional<NatsServer> leader(String stream) throws InterruptedException {
        try (Connection connection = connect()) {
            ClusterInfo cluster = api(connection).getStreamInfo(stream).getClusterInfo();
            return servers.stream()
                    .filter(each -> cluster != null && each.name().equals(cluster.getLeader()))
                    .findFirst();
        } catch (IOException | JetStreamApiException e) {
            return Optional.empty();
        }
    }

    private interface Question {
        boolean ask(JetStreamManagement api) throws IOException, JetStreamApiException;
    }

    @SuppressWarnings("try") // a connection's close may be interrupted, as this may
    private void await(String what, Question question) throws InterruptedException {
        long start = System.nanoTime();
        String last = "no answer";
        while (System.nanoTime() - start < READY.toNanos()) {
            try (Connection connection = connect()) {
                if (question.ask(api(connection))) {
                    return;
                }
            } catch (IOException | JetStreamApiException e) {
                last = String.valueOf(e.getMessage());
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException(
                "there is no %s after %s: %s; see %s"
                        .formatted(what, READY, last, servers.getFirst().log()));
    }

    private Connection connect() throws IOException, InterruptedException {
        return Nats.connect(
                new Options.Builder()
                        .servers(
                                servers.stream()
                                        .filter(NatsServer::isAlive)
                                        .map(NatsServer::url)
                                        .map(URI::toString)
                                        .toArray(String[]::new))
                        .connectionTimeout(ANSWER)
                        .noReconnect()
                        .build());
    }

    private static JetStreamManagement api(Connection connection) throws IOException {
        return connection.jetStreamManagement(
                JetStreamOptions.builder().requestTimeout(ANSWER).build());
    }

    @Override
    public void close() {
        servers.forEach(NatsServer::close);
    }
}

package io.steward.campaign.world;

import io.nats.client.Connection;
import io.nats.client.JetStreamManagement;
import io.nats.client.JetStreamOptions;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;

/// Somebody who has all rights at a server, and uses them.
public final class BrokerAdmin implements AutoCloseable {
    private final Connection connection;

    public BrokerAdmin(NatsServer server) throws IOException, InterruptedException {
        connection =
                Nats.connect(
                        Options.builder()
                                .server(server.url().toString())
                                .connectionTimeout(Duration.ofSeconds(10))
                                .noReconnect()
                                .build());
    }

    /// The stream that is the mailbox of a node.
    public static String stream(String node) {
        return "STEWARD_NODE_" + node;
    }

    public JetStreamManagement api() throws IOException {
        return connection.jetStreamManagement(
                JetStreamOptions.builder().requestTimeout(Duration.ofSeconds(10)).build());
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

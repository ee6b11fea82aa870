package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.Subscription;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// A client that knows NATS and JSON, and nothing of Steward.
final class PlainClient implements AutoCloseable {
    private final Connection connection;

    PlainClient(URI broker) throws IOException, InterruptedException {
        connection =
                Nats.connect(
                        Options.builder()
                                .server(broker.toString())
                                .connectionTimeout(Duration.ofSeconds(30))
                                .build());
    }

    void publish(String subject, String text) throws Exception {
        connection.publish(subject, text.getBytes(StandardCharsets.UTF_8));
        connection.flush(Duration.ofSeconds(30));
    }

    /// Listens from now on.
    Subscription listen(String subject) throws Exception {
        Subscription subscription = connection.subscribe(subject);
        connection.flush(Duration.ofSeconds(30));
        return subscription;
    }

    /// Waits for what comes next, as JSON.
    static JsonNode next(Subscription subscription) throws InterruptedException {
        Message message = subscription.nextMessage(Steward.LONG);
        if (message == null) {
            throw new AssertionError("nothing came on " + subscription.getSubject());
        }
        return Json.read(new String(message.getData(), StandardCharsets.UTF_8));
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

package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.nats.client.PublishOptions;
import io.steward.agent.broker.TestNats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One message a thousand times, from many senders at once: it runs once.
class SameIdIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int COPIES = 1_000;
    private static final int AT_ONCE = 8;
    private static final String SUBJECT = "ship1.command.shellcommand.a";

    @TempDir Path folder;

    private final AtomicInteger stored = new AtomicInteger();

    @Test
    void aThousandCopiesOverARestartOfBrokerAndReceiverRunOnce() throws Exception {
        Witness witness = new Witness(folder);
        byte[] message =
                """
                {"v": 1, "id": "01M7X8B50SDEGAP865C2P0FJBA", "from": "script1", "to": "ship1", "type": "command",
                 "method": "shellcommand", "domain": "a", "data": ["sh", "-c", "echo once >> %s"],
                 "createdAt": "%s", "onInterrupt": "report"}
                """
                        .formatted(witness.file(), Instant.now())
                        .getBytes(StandardCharsets.UTF_8);
        try (TestNats nats = TestNats.start();
                TestNode ship = new TestNode("ship1", folder, nats.url()).start();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            ship.ready();
            awaitMailbox(nats);
            List<Future<Integer>> senders = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                int sender = i;
                senders.add(threads.submit(() -> send(nats, message, sender)));
            }
            await().atMost(LONG).until(() -> stored.get() > COPIES / 4);
            nats.kill();
            nats.restart();
            await().atMost(LONG).until(() -> stored.get() > COPIES / 2);
            await().atMost(LONG).until(() -> ship.received().size() == 1);
            ship.kill();
            ship.start().ready();
            int sent = 0;
            for (Future<Integer> each : senders) {
                sent += each.get();
            }
            assertThat(sent).isEqualTo(COPIES);
            await("all copies were taken").atMost(LONG).until(() -> inMailbox(nats) == 0);
            assertThat(witness.seen()).containsExactly("once");
            assertThat(ship.received()).hasSize(1);
        }
    }

    /// Publishes its share, each copy under an id of its own, so that the broker keeps them all.
    ///
    /// @return how many
    private int send(TestNats nats, byte[] message, int sender) throws InterruptedException {
        int sent = 0;
        for (int i = sender; i < COPIES; i += AT_ONCE) {
            while (!isStored(nats, message, "copy-" + i)) {
                Thread.sleep(50);
            }
            stored.incrementAndGet();
            sent++;
        }
        return sent;
    }

    private static boolean isStored(TestNats nats, byte[] message, String id)
            throws InterruptedException {
        Connection connection;
        try {
            connection = connect(nats);
        } catch (IOException e) {
            return false;
        }
        try {
            PublishOptions options = PublishOptions.builder().messageId(id).build();
            return connection.jetStream().publish(SUBJECT, message, options).getSeqno() > 0;
        } catch (IOException | JetStreamApiException | IllegalStateException e) {
            return false;
        } finally {
            connection.close();
        }
    }

    private static Connection connect(TestNats nats) throws IOException, InterruptedException {
        return Nats.connect(
                Options.builder().server(nats.url().toString()).maxReconnects(0).build());
    }

    private static void awaitMailbox(TestNats nats) {
        await().atMost(LONG).ignoreExceptions().until(() -> inMailbox(nats) == 0);
    }

    private static long inMailbox(TestNats nats) throws Exception {
        Connection connection = connect(nats);
        try {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo("STEWARD_NODE_ship1")
                    .getStreamState()
                    .getMsgCount();
        } finally {
            connection.close();
        }
    }
}

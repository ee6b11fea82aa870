package io.steward.bench;

import io.nats.client.Connection;
import io.nats.client.ConsumerContext;
import io.nats.client.IterableConsumer;
import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.PublishOptions;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/// The way of a message and its answer with nothing but jnats: publish to a stream, fetch,
/// acknowledge, publish the same bytes to another stream, fetch, acknowledge. The streams are as
/// mailboxes are; there is a connection at each end. Nothing is written anywhere else.
final class BareJetStream implements AutoCloseable {
    private static final String THERE = "bare-there";
    private static final String BACK = "bare-back";
    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final int WINDOW = 128;

    private final byte[] bytes;
    private final Connection sender;
    private final Connection receiver;
    private final IterableConsumer there;
    private final IterableConsumer back;
    private final JetStream toThere;
    private final Thread echo;
    private final String run = Long.toString(System.nanoTime(), 36);
    private long sent;
    private volatile boolean closing;

    BareJetStream(String broker, byte[] bytes) throws Exception {
        this.bytes = bytes.clone();
        sender = Nats.connect(broker);
        receiver = Nats.connect(broker);
        there = consumer(receiver, THERE);
        back = consumer(sender, BACK);
        toThere = sender.jetStream();
        echo = Thread.ofPlatform().daemon().name("bare-echo").start(this::echo);
    }

    private static IterableConsumer consumer(Connection connection, String name) throws Exception {
        JetStreamManagement management = connection.jetStreamManagement();
        management.addStream(
                StreamConfiguration.builder()
                        .name(name)
                        .subjects(name + ".*")
                        .storageType(StorageType.File)
                        .retentionPolicy(RetentionPolicy.WorkQueue)
                        .build());
        management.addOrUpdateConsumer(
                name,
                ConsumerConfiguration.builder()
                        .durable("all")
                        .ackPolicy(AckPolicy.Explicit)
                        .maxAckPending(1_000)
                        .build());
        ConsumerContext context = connection.getConsumerContext(name, "all");
        return context.iterate();
    }

    private void echo() {
        try {
            JetStream toBack = receiver.jetStream();
            Deque<CompletableFuture<PublishAck>> open = new ArrayDeque<>();
            // why: the consumer of jnats answers null at once when its connection is closed
            while (!closing) {
                Message message = there.nextMessage(LONGEST);
                if (message == null) {
                    continue;
                }
                message.ack();
                open.add(publish(toBack, BACK, message.getData(), "b" + open.size()));
                if (open.size() >= WINDOW) {
                    open.remove().join();
                }
            }
        } catch (Exception e) {
            // the connection is closed at the end
        }
    }

    private CompletableFuture<PublishAck> publish(
            JetStream to, String stream, byte[] body, String id) {
        return to.publishAsync(
                stream + ".x",
                body,
                PublishOptions.builder().messageId(run + id + System.nanoTime()).build());
    }

    private void receive() throws Exception {
        Message answer = back.nextMessage(LONGEST);
        if (answer == null) {
            throw new IllegalStateException("no answer in " + LONGEST);
        }
        answer.ack();
    }

    /// One there and back at a time.
    Latency roundTrip(int times) throws Exception {
        return Latency.of(
                times,
                times,
                _ -> {
                    var _ = publish(toThere, THERE, bytes, "t" + ++sent);
                    receive();
                });
    }

    /// As many as possible at a time.
    ///
    /// @return messages that went there and came back, a second
    double perSecond(int count) throws Exception {
        long start = System.nanoTime();
        Thread publisher =
                Thread.ofPlatform()
                        .daemon()
                        .name("bare-publisher")
                        .start(() -> {
                            Deque<CompletableFuture<PublishAck>> open = new ArrayDeque<>();
                            for (int i = 0; i < count; i++) {
                                open.add(publish(toThere, THERE, bytes, "p" + i));
                                if (open.size() >= WINDOW) {
                                    open.remove().join();
                                }
                            }
                        });
        for (int i = 0; i < count; i++) {
            receive();
        }
        double perSecond = count * 1e9 / (System.nanoTime() - start);
        publisher.join();
        return perSecond;
    }

    @Override
    public void close() {
        closing = true;
        try {
            sender.close();
            receiver.close();
            echo.interrupt();
            echo.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

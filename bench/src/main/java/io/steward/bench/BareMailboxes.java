package io.steward.bench;

import io.nats.client.Connection;
import io.nats.client.Dispatcher;
import io.nats.client.JetStream;
import io.nats.client.JetStreamManagement;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.PublishAck;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// What a run over N nodes asks of the broker, with nothing but jnats: a stream and a consumer for
/// each node, a message into each, fetched and acknowledged there, and an answer into the stream of
/// the sender, fetched and acknowledged too. Two connections in all; nothing is written anywhere
/// else. Used by one thread.
final class BareMailboxes {
    private static final String HERE = "bare_central";
    private static final int WINDOW = 512;
    private static final long LONGEST_SECONDS = 120;
    private static final byte[] PULL =
            "{\"batch\":1,\"expires\":60000000000}".getBytes(StandardCharsets.UTF_8);
    private static final byte[] PULL_ALL =
            "{\"batch\":256,\"expires\":60000000000}".getBytes(StandardCharsets.UTF_8);

    private final int count;
    private final byte[] bytes;
    private final Connection sender;
    private final Connection receivers;
    private final JetStream toHere;
    private final String inbox;
    private final String answers;
    private final double madeMillis;
    private volatile CountDownLatch left = new CountDownLatch(0);
    private final AtomicInteger since = new AtomicInteger();

    BareMailboxes(String broker, int count, byte[] bytes) throws Exception {
        this.count = count;
        this.bytes = bytes.clone();
        sender = Nats.connect(broker);
        receivers = Nats.connect(broker);
        toHere = receivers.jetStream();
        inbox = receivers.createInbox() + ".";
        answers = sender.createInbox();
        JetStreamManagement management = sender.jetStreamManagement();
        long begin = System.nanoTime();
        make(management, HERE);
        for (int i = 0; i < count; i++) {
            make(management, stream(i));
        }
        madeMillis = (System.nanoTime() - begin) / 1e6;
        Dispatcher taking = receivers.createDispatcher(this::taken);
        taking.subscribe(inbox + "*");
        for (int i = 0; i < count; i++) {
            pull(i);
        }
        receivers.flush(Duration.ofSeconds(10));
        Dispatcher answered = sender.createDispatcher(this::answered);
        answered.subscribe(answers);
    }

    private static String stream(int number) {
        return "bare_" + number;
    }

    private static void make(JetStreamManagement management, String name) throws Exception {
        management.addStream(
                StreamConfiguration.builder()
                        .name(name)
                        .subjects(name + ".command.*.*", name + ".event.*.*")
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
    }

    private void pull(int number) {
        receivers.publish(
                "$JS.API.CONSUMER.MSG.NEXT." + stream(number) + ".all", inbox + number, PULL);
    }

    private void taken(Message message) {
        if (!message.isJetStream()) {
            return;
        }
        message.ack();
        String subject = message.getSubject();
        int number = Integer.parseInt(subject.substring("bare_".length(), subject.indexOf('.')));
        var _ = toHere.publishAsync(HERE + ".event.ack.x", message.getData());
        pull(number);
    }

    private void answered(Message message) {
        if (message.isJetStream()) {
            message.ack();
            left.countDown();
            if (since.incrementAndGet() % 256 == 0) {
                pullAnswers();
            }
        }
    }

    private void pullAnswers() {
        sender.publish("$JS.API.CONSUMER.MSG.NEXT." + HERE + ".all", answers, PULL_ALL);
    }

    /// How long making all streams and consumers took, one after the other, in milliseconds.
    double madeMillis() {
        return madeMillis;
    }

    /// A message to everybody and an answer from everybody.
    ///
    /// @return from the first publish to the last answer, in milliseconds
    double round() throws Exception {
        left = new CountDownLatch(count);
        since.set(0);
        pullAnswers();
        JetStream jetStream = sender.jetStream();
        Deque<CompletableFuture<PublishAck>> open = new ArrayDeque<>();
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            open.add(jetStream.publishAsync(stream(i) + ".command.system.noop", bytes));
            if (open.size() >= WINDOW) {
                open.remove().join();
            }
        }
        if (!left.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException(
                    "%d of %d answers in %d s"
                            .formatted(count - left.getCount(), count, LONGEST_SECONDS));
        }
        return (System.nanoTime() - begin) / 1e6;
    }

    /// Takes the streams away, and ends the connections.
    void end() throws Exception {
        JetStreamManagement management = sender.jetStreamManagement();
        management.deleteStream(HERE);
        for (int i = 0; i < count; i++) {
            management.deleteStream(stream(i));
        }
        sender.close();
        receivers.close();
    }
}

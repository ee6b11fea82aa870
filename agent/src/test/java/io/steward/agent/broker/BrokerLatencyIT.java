package io.steward.agent.broker;

import static io.steward.agent.broker.BrokerContract.SHIP;
import static io.steward.agent.broker.BrokerContract.subject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Prints figures; asserts none, since they are the machine's.
@Timeout(120)
class BrokerLatencyIT {
    private static final Duration LONG = Duration.ofSeconds(10);

    @Test
    void printsWhatAnIdleMailboxTakesToHandOver() throws Exception {
        try (TestNats nats = TestNats.start();
                JetStreamBroker sender = TestSettings.connect(nats, "central");
                JetStreamBroker receiver = TestSettings.connect(nats, "ship1")) {
            await().until(() -> sender.status().connected() && receiver.status().connected());
            Mailbox mailbox = receiver.mailbox(SHIP);
            byte[] payload = new byte[256];
            int count = 2_000;
            long[] handover = new long[count];
            long[] answer = new long[count];
            long[] sent = new long[count];
            Thread fetching =
                    Thread.ofVirtual()
                            .start(() -> {
                                try {
                                    for (int n = 0; n < count; ) {
                                        for (Mailbox.Delivery each : mailbox.fetch(500, LONG)) {
                                            handover[n] = System.nanoTime() - sent[n];
                                            each.acknowledge();
                                            n++;
                                        }
                                    }
                                } catch (BrokerException | InterruptedException e) {
                                    throw new IllegalStateException(e);
                                }
                            });
            for (int n = 0; n < count; n++) {
                Thread.sleep(1);
                sent[n] = System.nanoTime();
                sender.publish(subject(SHIP, "a"), "l" + n, payload).get(10, TimeUnit.SECONDS);
                answer[n] = System.nanoTime() - sent[n];
            }
            fetching.join();
            print("publish to PubAck", answer);
            print("publish to fetched, idle mailbox", handover);
        }
    }

    @Test
    void printsHowManyArePublishedAndFetchedInASecond() throws Exception {
        try (TestNats nats = TestNats.start();
                JetStreamBroker broker = TestSettings.connect(nats, "central")) {
            await().until(() -> broker.status().connected());
            Mailbox mailbox = broker.mailbox(SHIP);
            int count = 50_000;
            byte[] payload = new byte[256];
            List<CompletableFuture<Broker.Stored>> answers = new ArrayList<>();
            long begin = System.nanoTime();
            for (int n = 0; n < count; n++) {
                answers.add(broker.publish(subject(SHIP, "a"), "t" + n, payload));
            }
            for (CompletableFuture<Broker.Stored> each : answers) {
                assertThat(each.get(60, TimeUnit.SECONDS).duplicate()).isFalse();
            }
            long published = System.nanoTime();
            int fetched = 0;
            while (fetched < count) {
                List<Mailbox.Delivery> some = mailbox.fetch(500, LONG);
                some.forEach(Mailbox.Delivery::acknowledge);
                fetched += some.size();
            }
            long end = System.nanoTime();
            System.out.printf(
                    "published %.0f/s, fetched and acknowledged %.0f/s%n",
                    count * 1e9 / (published - begin), count * 1e9 / (end - published));
        }
    }

    private static void print(String what, long[] nanos) {
        Arrays.sort(nanos);
        System.out.printf(
                "%s: p50 %.0f us, p99 %.0f us, max %.0f us%n",
                what,
                nanos[nanos.length / 2] / 1e3,
                nanos[nanos.length * 99 / 100] / 1e3,
                nanos[nanos.length - 1] / 1e3);
    }
}

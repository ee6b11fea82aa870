package io.steward.agent.broker;

import static io.steward.agent.broker.BrokerContract.bytes;
import static io.steward.agent.broker.BrokerContract.failure;
import static io.steward.agent.broker.BrokerContract.payloads;
import static io.steward.agent.broker.BrokerContract.subject;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.nats.client.Connection;
import io.nats.client.Nats;
import io.steward.agent.settings.Settings.MailboxSettings;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What only a real server shows: restarts, lost storage, deletions, limits.
@Timeout(120)
class JetStreamBrokerIT {
    private static final NodeName SHIP = BrokerContract.SHIP;
    private static final Duration LONG = Duration.ofSeconds(20);

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private TestNats nats;
    private JetStreamBroker broker;

    @BeforeEach
    void start() {
        nats = TestNats.start();
        broker = TestSettings.connect(nats, "central");
        awaitConnected();
    }

    @AfterEach
    void end() {
        broker.close();
        nats.close();
        threads.shutdownNow();
    }

    private void awaitConnected() {
        await().until(() -> broker.status().connected());
    }

    private void awaitDisconnected() {
        await().until(() -> !broker.status().connected());
    }

    private Broker.Stored publish(String id) throws Exception {
        return broker.publish(subject(SHIP, "a"), id, bytes(id)).get(30, TimeUnit.SECONDS);
    }

    /// Does something behind the broker's back.
    private void administer(Administration what) throws Exception {
        connected(connection -> what.run(connection.jetStreamManagement()));
    }

    private void connected(Client what) throws Exception {
        Connection connection = Nats.connect(nats.url().toString());
        try {
            what.run(connection);
        } finally {
            connection.close();
        }
    }

    private interface Client {
        void run(Connection connection) throws Exception;
    }

    private interface Administration {
        void run(io.nats.client.JetStreamManagement api) throws Exception;
    }

    @Test
    void itStartsWithoutABrokerAndConnectsWhenThereIsOne() throws Exception {
        broker.close();
        nats.stop();
        broker = TestSettings.connect(nats, "central");
        List<Boolean> changes = new CopyOnWriteArrayList<>();
        broker.onStatus(status -> changes.add(status.connected()));
        assertThat(failure(broker.publish(subject(SHIP, "a"), "m1", bytes("x"))))
                .isEqualTo(PublishException.Kind.DISCONNECTED);
        assertThat(catchThrowableOfType(BrokerException.class, () -> broker.mailbox(SHIP)).kind())
                .isEqualTo(BrokerException.Kind.UNREACHABLE);
        await().until(() -> String.valueOf(broker.status().problem()).contains("connect"));
        nats.restart();
        awaitConnected();
        assertThat(broker.status().url()).isEqualTo(nats.url().toString());
        assertThat(broker.status().maxPayload()).isEqualTo(8 << 20);
        assertThat(changes).containsExactly(true);
        assertThat(broker.facts()).containsKeys("version", "streams", "storage bytes");
    }

    @Test
    void orderIsKeptOverRestartsByWhoPublishesTheOldestAgainFirst() throws Exception {
        broker.mailbox(SHIP);
        int count = 60_000;
        Future<Integer> publisher = threads.submit(() -> publishInOrder(count));
        for (int i = 0; i < 3; i++) {
            Thread.sleep(200 + 150 * i);
            nats.kill();
            nats.restart();
        }
        int tries = publisher.get(100, TimeUnit.SECONDS);
        System.out.printf("published %d in order over 3 kills, %d tries%n", count, tries);
        awaitConnected();
        Mailbox mailbox = broker.mailbox(SHIP);
        List<String> fetched = new ArrayList<>();
        while (fetched.size() < count) {
            List<Mailbox.Delivery> some = mailbox.fetch(500, LONG);
            assertThat(some).isNotEmpty();
            some.forEach(Mailbox.Delivery::acknowledge);
            fetched.addAll(payloads(some));
        }
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            expected.add("m" + i);
        }
        assertThat(fetched.equals(expected)).isTrue(); // and not 60,000 lines of difference
        assertThat(tries).isGreaterThan(count);
        assertThat(mailbox.fetch(1, Duration.ofMillis(200))).isEmpty();
    }

    /// The way the outbox does it: a window of futures, and after a failure the oldest first.
    private int publishInOrder(int count) throws InterruptedException {
        int tries = 0;
        int done = 0;
        while (done < count) {
            int to = Math.min(count, done + 256);
            long connection = broker.connection();
            List<CompletableFuture<Broker.Stored>> window = new ArrayList<>();
            for (int i = done; i < to; i++) {
                window.add(broker.publish(subject(SHIP, "a"), "m" + i, bytes("m" + i), connection));
                tries++;
            }
            CompletableFuture.allOf(window.toArray(CompletableFuture[]::new))
                    .exceptionally(failure -> null)
                    .join();
            for (CompletableFuture<Broker.Stored> each : window) {
                if (each.isCompletedExceptionally()) {
                    Thread.sleep(20);
                    break;
                }
                done++;
            }
        }
        return tries;
    }

    @Test
    void lostStorageShowsAsAnotherStream() throws Exception {
        Mailbox mailbox = broker.mailbox(SHIP);
        Broker.Stored before = publish("m1");
        nats.wipeAndRestart();
        awaitConnected();
        BrokerException gone =
                catchThrowableOfType(BrokerException.class, () -> mailbox.fetch(1, LONG));
        assertThat(gone.kind()).isEqualTo(BrokerException.Kind.MISSING);
        assertThat(failure(broker.publish(subject(SHIP, "a"), "m1", bytes("m1"))))
                .isEqualTo(PublishException.Kind.NO_MAILBOX);
        assertThat(broker.look(SHIP, List.of(1L)).exists()).isFalse();
        broker.mailbox(SHIP);
        Broker.Stored after = publish("m1");
        assertThat(after.duplicate()).isFalse();
        assertThat(after.sequence()).isEqualTo(before.sequence());
        assertThat(after.streamCreated()).isAfter(before.streamCreated());
        assertThat(broker.look(SHIP, List.of(1L)).streamCreated()).isEqualTo(after.streamCreated());
        assertThat(payloads(mailbox.fetch(1, LONG))).containsExactly("m1");
    }

    @Test
    void aStreamMadeAnewUnderTheSameConnectionIsNoticed() throws Exception {
        broker.mailbox(SHIP);
        Broker.Stored before = publish("m1");
        publish("m2");
        administer(api -> api.deleteStream("STEWARD_NODE_ship1"));
        broker.mailbox(SHIP);
        publish("m3"); // shows the lower sequence, and may still have the old time
        assertThat(publish("m4").streamCreated()).isAfter(before.streamCreated());
    }

    @Test
    void aDeletedStreamIsMissingSoonAndMadeAgain() throws Exception {
        Mailbox mailbox = broker.mailbox(SHIP);
        deletedWhileFetching(mailbox, api -> api.deleteStream("STEWARD_NODE_ship1"));
    }

    @Test
    void aDeletedConsumerIsMissingSoonAndMadeAgain() throws Exception {
        Mailbox mailbox = broker.mailbox(SHIP);
        deletedWhileFetching(mailbox, api -> api.deleteConsumer("STEWARD_NODE_ship1", "ship1"));
    }

    private void deletedWhileFetching(Mailbox mailbox, Administration delete) throws Exception {
        Future<List<Mailbox.Delivery>> fetching = threads.submit(() -> mailbox.fetch(1, LONG));
        Thread.sleep(300);
        long begin = System.nanoTime();
        administer(delete);
        assertThatThrownBy(() -> fetching.get(5, TimeUnit.SECONDS))
                .cause()
                .isInstanceOf(BrokerException.class)
                .extracting(e -> ((BrokerException) e).kind())
                .isEqualTo(BrokerException.Kind.MISSING);
        System.out.printf("deletion noticed after %.1f ms%n", (System.nanoTime() - begin) / 1e6);
        broker.mailbox(SHIP);
        publish("again");
        assertThat(payloads(mailbox.fetch(1, LONG))).containsExactly("again");
    }

    @Test
    void aFullMailboxRefusesAndTakesAgainWhenThereIsRoom() throws Exception {
        broker.close();
        MailboxSettings small =
                new MailboxSettings(3, 1 << 20, Duration.ofDays(8), Duration.ofMinutes(2), 1);
        broker =
                JetStreamBroker.connect(
                        TestSettings.broker(nats.url()), small, new NodeName("central"));
        awaitConnected();
        Mailbox mailbox = broker.mailbox(SHIP);
        for (int i = 0; i < 3; i++) {
            publish("m" + i);
        }
        assertThat(failure(broker.publish(subject(SHIP, "a"), "m3", bytes("m3"))))
                .isEqualTo(PublishException.Kind.MAILBOX_FULL);
        mailbox.fetch(1, LONG).forEach(Mailbox.Delivery::acknowledge);
        await().until(() -> broker.look(SHIP, List.of()).waiting() == 2);
        assertThat(publish("m3").duplicate()).isFalse();

        byte[] half = new byte[600_000];
        mailbox.fetch(3, LONG).forEach(Mailbox.Delivery::acknowledge);
        await().until(() -> broker.look(SHIP, List.of()).waiting() == 0);
        broker.publish(subject(SHIP, "a"), "b1", half).get(10, TimeUnit.SECONDS);
        assertThat(failure(broker.publish(subject(SHIP, "a"), "b2", half)))
                .isEqualTo(PublishException.Kind.MAILBOX_FULL);
    }

    @Test
    void aMailboxOfOtherSettingsIsNotTouchedAndEachDifferenceIsNamed() throws Exception {
        broker.mailbox(SHIP);
        MailboxSettings other =
                new MailboxSettings(7, 1L << 30, Duration.ofDays(1), Duration.ofMinutes(2), 1);
        JetStreamBroker second =
                JetStreamBroker.connect(
                        TestSettings.broker(nats.url()), other, new NodeName("second"));
        try {
            await().until(() -> second.status().connected());
            BrokerException differs =
                    catchThrowableOfType(BrokerException.class, () -> second.mailbox(SHIP));
            assertThat(differs.kind()).isEqualTo(BrokerException.Kind.DIFFERS);
            assertThat(differs)
                    .hasMessageContaining("max messages is 100000, expected 7")
                    .hasMessageContaining("max age is PT192H, expected PT24H")
                    .hasMessageNotContaining("retention");
        } finally {
            second.close();
        }
        broker.mailbox(SHIP);
    }

    @Test
    void aFrozenBrokerTimesOutAndMayHaveStoredIt() throws Exception {
        broker.mailbox(SHIP);
        publish("m1");
        nats.pause();
        CompletableFuture<Broker.Stored> answer =
                broker.publish(subject(SHIP, "a"), "m2", bytes("m2"));
        assertThat(failure(answer)).isEqualTo(PublishException.Kind.TIMEOUT);
        nats.resume();
        awaitConnected();
        await().until(() -> broker.look(SHIP, List.of(2L)).present().contains(2L));
        Broker.Stored again = publish("m2");
        assertThat(again.duplicate()).isTrue();
        assertThat(again.sequence()).isEqualTo(2);
    }

    @Test
    void whatIsInFlightFailsAtOnceWhenTheConnectionDrops() throws Exception {
        broker.mailbox(SHIP);
        nats.pause();
        List<CompletableFuture<Broker.Stored>> window = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            window.add(broker.publish(subject(SHIP, "a"), "m" + i, bytes("x")));
        }
        long begin = System.nanoTime();
        nats.kill();
        for (CompletableFuture<Broker.Stored> each : window) {
            assertThat(failure(each)).isEqualTo(PublishException.Kind.DISCONNECTED);
        }
        System.out.printf("in flight failed after %.1f ms%n", (System.nanoTime() - begin) / 1e6);
    }

    @Test
    void aFetchWaitsThroughARestart() throws Exception {
        Mailbox mailbox = broker.mailbox(SHIP);
        Future<List<Mailbox.Delivery>> fetching = threads.submit(() -> mailbox.fetch(10, LONG));
        Thread.sleep(200);
        nats.kill();
        awaitDisconnected();
        assertThat(mailbox.fetch(1, Duration.ofMillis(50))).isEmpty();
        nats.restart();
        awaitConnected();
        publish("m1");
        assertThat(payloads(fetching.get(10, TimeUnit.SECONDS))).containsExactly("m1");
    }

    @Test
    void twoAgentsOnOneMailboxLoseNothing() throws Exception {
        Mailbox one = broker.mailbox(SHIP);
        JetStreamBroker second = TestSettings.connect(nats, "ship1");
        try {
            await().until(() -> second.status().connected());
            Mailbox two = second.mailbox(SHIP);
            Set<String> fetched = ConcurrentHashMap.newKeySet();
            List<Future<?>> fetching = new ArrayList<>();
            for (Mailbox each : List.of(one, two)) {
                fetching.add(
                        threads.submit(() -> {
                            fetchAll(each, fetched, 500);
                            return null;
                        }));
            }
            for (int i = 0; i < 500; i++) {
                publish("m" + i);
            }
            for (Future<?> each : fetching) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            second.close();
        }
    }

    private static void fetchAll(Mailbox mailbox, Set<String> fetched, int count)
            throws InterruptedException {
        while (fetched.size() < count) {
            try {
                List<Mailbox.Delivery> some = mailbox.fetch(7, Duration.ofMillis(200));
                fetched.addAll(payloads(some));
                some.forEach(Mailbox.Delivery::acknowledge);
            } catch (BrokerException e) {
                Thread.sleep(20); // the other one has made the consumer anew
            }
        }
    }

    @Test
    void whatWasHandedOverAndLostOnItsWayComesBeforeWhatIsNewer() throws Exception {
        Mailbox mailbox = broker.mailbox(SHIP);
        for (int i = 0; i < 10; i++) {
            publish("m" + i);
        }
        assertThat(mailbox.fetch(5, LONG)).hasSize(5); // and the connection is lost with them
        nats.pause();
        nats.kill();
        nats.restart();
        awaitConnected();
        assertThat(all(mailbox, 10))
                .isEqualTo(IntStream.range(0, 10).mapToObj(i -> "m" + i).toList());
    }

    @Test
    void whatThoseWhoFetchedBeforeHaveNotAcknowledgedComesFirst() throws Exception {
        Mailbox before = broker.mailbox(SHIP);
        for (int i = 0; i < 10; i++) {
            publish("m" + i);
        }
        List<Mailbox.Delivery> some = before.fetch(5, LONG);
        some.get(0).acknowledge();
        some.get(3).acknowledge();
        await().until(() -> broker.look(SHIP, List.of()).waiting() == 8);
        assertThat(all(broker.mailbox(SHIP), 8))
                .containsExactly("m1", "m2", "m4", "m5", "m6", "m7", "m8", "m9");
    }

    /// As when the stream's leader dies with what it has just handed over.
    private void steal(String expected) throws Exception {
        connected(connection -> {
            String inbox = connection.createInbox();
            var handedOver = connection.subscribe(inbox);
            connection.publish(
                    "$JS.API.CONSUMER.MSG.NEXT.STEWARD_NODE_ship1.ship1", inbox, new byte[0]);
            var reply = handedOver.nextMessage(Duration.ofSeconds(5));
            assertThat(new String(reply.getData(), UTF_8)).isEqualTo(expected);
        });
    }

    @Test
    void aGapInWhatIsHandedOverIsNoticedAndFilledBeforeAnythingIsTaken() throws Exception {
        Mailbox mailbox = broker.mailbox(SHIP);
        publish("m0");
        assertThat(all(mailbox, 1)).containsExactly("m0");
        for (int i = 1; i < 10; i++) {
            publish("m" + i);
        }
        steal("m1");
        assertThat(all(mailbox, 9))
                .isEqualTo(IntStream.range(1, 10).mapToObj(i -> "m" + i).toList());
    }

    @Test
    void aBrokerThatIsSlowForATimeHandsOverWhatItWasAskedForAndKeepsItsConsumer() throws Exception {
        Mailbox mailbox = broker.mailbox(SHIP);
        publish("m0");
        assertThat(all(mailbox, 1)).containsExactly("m0");
        ZonedDateTime made = consumerMade();
        nats.pause();
        assertThatThrownBy(() -> mailbox.fetch(4, Duration.ofMillis(100)))
                .isInstanceOf(BrokerException.class);
        nats.resume();
        for (int i = 1; i < 10; i++) {
            publish("m" + i);
        }
        assertThat(all(mailbox, 9))
                .isEqualTo(IntStream.range(1, 10).mapToObj(i -> "m" + i).toList());
        assertThat(consumerMade()).isEqualTo(made);
    }

    @Test
    void theLastOneThatWasHandedOverAndLostIsNotWaitedForUntilTheAckWaitIsOver() throws Exception {
        Mailbox mailbox = broker.mailbox(SHIP);
        publish("m0");
        assertThat(all(mailbox, 1)).containsExactly("m0");
        nats.pause();
        assertThatThrownBy(() -> mailbox.fetch(4, Duration.ofMillis(100)))
                .isInstanceOf(BrokerException.class);
        nats.resume();
        Thread.sleep(500); // what the broker was asked for is over
        publish("m1");
        steal("m1");
        long begin = System.nanoTime();
        List<String> fetched = new ArrayList<>();
        while (fetched.isEmpty()) {
            fetched.addAll(payloads(mailbox.fetch(4, Duration.ofSeconds(1))));
        }
        assertThat(fetched).containsExactly("m1");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Mailboxes.ACK_WAIT);
    }

    @Test
    void aBrokerAloneKeepsTheOrderOfWhatIsInFlight() throws Exception {
        broker.mailbox(SHIP);
        publish("m0");
        assertThat(broker.keepsOrder(SHIP)).isTrue();
        assertThat(broker.keepsOrder(new NodeName("nobody"))).isFalse();
    }

    private ZonedDateTime consumerMade() throws Exception {
        List<ZonedDateTime> made = new ArrayList<>();
        administer(api ->
                made.add(api.getConsumerInfo("STEWARD_NODE_ship1", "ship1").getCreationTime()));
        return made.getFirst();
    }

    private static List<String> all(Mailbox mailbox, int count) throws Exception {
        List<String> fetched = new ArrayList<>();
        while (fetched.size() < count) {
            List<Mailbox.Delivery> some = mailbox.fetch(4, LONG);
            assertThat(some).isNotEmpty();
            some.forEach(Mailbox.Delivery::acknowledge);
            fetched.addAll(payloads(some));
        }
        return fetched;
    }

    @Test
    void anInterruptedFetchSwallowsNothing() throws Exception {
        Mailbox mailbox = broker.mailbox(SHIP);
        Future<List<Mailbox.Delivery>> fetching = threads.submit(() -> mailbox.fetch(10, LONG));
        Thread.sleep(200);
        fetching.cancel(true);
        Thread.sleep(100);
        publish("m1");
        long begin = System.nanoTime();
        assertThat(payloads(mailbox.fetch(10, LONG))).containsExactly("m1");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void aMessageAboveTheBytesOfABatchIsFetchedAll() throws Exception {
        Mailbox mailbox = broker.mailbox(SHIP);
        byte[] large = new byte[7 << 20];
        for (int i = 0; i < 6; i++) {
            broker.publish(subject(SHIP, "a"), "m" + i, large).get(30, TimeUnit.SECONDS);
        }
        int fetched = 0;
        while (fetched < 6) {
            List<Mailbox.Delivery> some = mailbox.fetch(100, LONG);
            assertThat(some).isNotEmpty();
            some.forEach(Mailbox.Delivery::acknowledge);
            fetched += some.size();
        }
        assertThat(fetched).isEqualTo(6);
    }

    @Test
    void closeLeavesNoThread() {
        broker.close();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("steward-central"));
    }
}

package io.steward.agent.broker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What every [Broker] does. Each test has a broker with no mailboxes.
abstract class BrokerContract {
    static final NodeName SHIP = new NodeName("ship1");
    static final Duration WAIT = Duration.ofSeconds(5);
    static final Duration SHORT = Duration.ofMillis(50);

    /// A connected broker; the same one in a test.
    abstract Broker broker();

    static Subject subject(NodeName node, String domain) {
        return Subject.parse(node + ".command.shellcommand." + domain);
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    Broker.Stored publish(String id) throws Exception {
        return broker().publish(subject(SHIP, "operatingsystem"), id, bytes("payload of " + id))
                .get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    static PublishException.Kind failure(CompletableFuture<Broker.Stored> future) {
        try {
            Broker.Stored stored = future.get(30, TimeUnit.SECONDS);
            throw new AssertionError("not refused but stored: " + stored);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(PublishException.class);
            return ((PublishException) e.getCause()).kind();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    static List<String> payloads(List<Mailbox.Delivery> deliveries) {
        return deliveries.stream().map(d -> new String(d.payload(), UTF_8)).toList();
    }

    @Test
    void aMessageIsFetchedOnceWithAllThatIsKnownOfIt() throws Exception {
        Mailbox mailbox = broker().mailbox(SHIP);
        Broker.Stored stored = publish("m1");
        assertThat(stored.sequence()).isEqualTo(1);
        assertThat(stored.duplicate()).isFalse();
        assertThat(stored.stream()).isEqualTo("STEWARD_NODE_ship1");

        List<Mailbox.Delivery> fetched = mailbox.fetch(10, WAIT);
        assertThat(fetched).hasSize(1);
        Mailbox.Delivery delivery = fetched.getFirst();
        assertThat(delivery.subject()).isEqualTo("ship1.command.shellcommand.operatingsystem");
        assertThat(payloads(fetched)).containsExactly("payload of m1");
        assertThat(delivery.headers()).containsEntry("Nats-Msg-Id", "m1");
        assertThat(delivery.sequence()).isEqualTo(1);
        assertThat(delivery.deliveries()).isEqualTo(1);
        assertThat(delivery.storedAt()).isAfterOrEqualTo(stored.streamCreated());
        delivery.acknowledge();
        assertThat(mailbox.fetch(10, SHORT)).isEmpty();
    }

    @Test
    void messagesAreFetchedInTheirOrderAndNotMoreThanAskedFor() throws Exception {
        Mailbox mailbox = broker().mailbox(SHIP);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            publish("m" + i);
            expected.add("payload of m" + i);
        }
        List<String> fetched = new ArrayList<>();
        while (fetched.size() < 25) {
            List<Mailbox.Delivery> some = mailbox.fetch(10, WAIT);
            assertThat(some).hasSizeBetween(1, 10);
            some.forEach(Mailbox.Delivery::acknowledge);
            fetched.addAll(payloads(some));
        }
        assertThat(fetched).isEqualTo(expected);
    }

    @Test
    void nothingIsFetchedFromAnEmptyMailboxAfterTheWait() throws Exception {
        Mailbox mailbox = broker().mailbox(SHIP);
        assertThat(mailbox.fetch(10, SHORT)).isEmpty();
        assertThat(mailbox.fetch(10, Duration.ZERO)).isEmpty();
    }

    @Test
    void aKnownIdIsNotStoredAgain() throws Exception {
        broker().mailbox(SHIP);
        Broker.Stored first = publish("m1");
        Broker.Stored second = publish("m1");
        assertThat(second.duplicate()).isTrue();
        assertThat(second.sequence()).isEqualTo(first.sequence());
        assertThat(second.streamCreated()).isEqualTo(first.streamCreated());
        assertThat(broker().look(SHIP, List.of(1L, 2L)).present()).containsExactly(1L);
    }

    @Test
    void theSameIdToTwoNodesIsTwoMessages() throws Exception {
        NodeName other = new NodeName("ship2");
        Mailbox ships = broker().mailbox(SHIP);
        Mailbox others = broker().mailbox(other);
        publish("m1");
        Broker.Stored second =
                broker().publish(subject(other, "operatingsystem"), "m1", bytes("payload of m1"))
                        .get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(second.duplicate()).isFalse();
        assertThat(payloads(ships.fetch(1, WAIT))).containsExactly("payload of m1");
        assertThat(payloads(others.fetch(1, WAIT))).containsExactly("payload of m1");
    }

    @Test
    void aNodeWithoutAMailboxIsNamedAsSuch() {
        assertThat(failure(broker().publish(subject(SHIP, "a"), "m1", bytes("x"))))
                .isEqualTo(PublishException.Kind.NO_MAILBOX);
    }

    @Test
    void aMessageThatIsTooLargeIsRefused() throws Exception {
        broker().mailbox(SHIP);
        byte[] large = new byte[(int) broker().status().maxPayload() + 1];
        assertThat(failure(broker().publish(subject(SHIP, "a"), "m1", large)))
                .isEqualTo(PublishException.Kind.TOO_LARGE);
    }

    @Test
    void aLookSaysWhatIsThereAndWhatWasNeverHandedOver() throws Exception {
        assertThat(broker().look(SHIP, List.of(1L)).exists()).isFalse();
        Mailbox mailbox = broker().mailbox(SHIP);
        Broker.Stored stored = publish("m1");
        publish("m2");
        publish("m3");
        mailbox.fetch(2, WAIT).forEach(Mailbox.Delivery::acknowledge);
        assertThat(mailbox.fetch(1, WAIT)).hasSize(1); // and not acknowledged
        publish("m4");
        // acknowledgements are not waited for
        Broker.Look look =
                await().until(
                                () -> broker().look(SHIP, List.of(1L, 2L, 3L, 4L, 5L)),
                                seen -> seen.waiting() == 2);
        assertThat(look.exists()).isTrue();
        assertThat(look.streamCreated()).isEqualTo(stored.streamCreated());
        assertThat(look.present()).containsExactlyInAnyOrder(3L, 4L);
        assertThat(look.firstUndelivered()).isEqualTo(4);
        assertThat(look.waiting()).isEqualTo(2);
    }

    @Test
    void takenBackForCertainIsOnlyWhatWasNeverHandedOver() throws Exception {
        Mailbox mailbox = broker().mailbox(SHIP);
        publish("m1");
        publish("m2");
        publish("m3");
        assertThat(mailbox.fetch(1, WAIT)).hasSize(1);
        assertThat(broker().takeBack(SHIP, 1)).isFalse();
        assertThat(broker().takeBack(SHIP, 2)).isTrue();
        assertThat(broker().takeBack(SHIP, 2)).isFalse();
        assertThat(broker().takeBack(SHIP, 99)).isFalse();
        assertThat(broker().takeBack(new NodeName("nobody"), 1)).isFalse();
        assertThat(payloads(mailbox.fetch(10, WAIT))).containsExactly("payload of m3");
    }

    @Test
    void manyAreTakenBackAtOnce() throws Exception {
        Mailbox mailbox = broker().mailbox(SHIP);
        List<Long> sequences = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sequences.add(publish("m" + i).sequence());
        }
        assertThat(mailbox.fetch(10, WAIT)).isNotEmpty();
        long handed = broker().look(SHIP, List.of()).firstUndelivered() - 1;
        assertThat(broker().takeBack(SHIP, sequences))
                .containsExactlyInAnyOrderElementsOf(
                        sequences.stream().filter(sequence -> sequence > handed).toList());
        assertThat(broker().look(SHIP, List.of()).waiting()).isEqualTo(handed);
        assertThat(broker().takeBack(SHIP, sequences)).isEmpty();
    }

    @Test
    void aMailboxIsLookedThroughWithoutTakingAnything() throws Exception {
        assertThat(broker().peek(SHIP, null, 0, 10).exists()).isFalse();
        Mailbox mailbox = broker().mailbox(SHIP);
        assertThat(broker().peek(SHIP, null, 0, 10)).isEqualTo(new Peek(true, 0, List.of(), 0));
        for (int i = 0; i < 5; i++) {
            publish("m" + i);
        }
        broker().publish(Subject.parse("ship1.event.textlogging.x"), "log", bytes("payload of log"))
                .get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
        broker().takeBack(SHIP, 2);
        assertThat(mailbox.fetch(1, WAIT)).hasSize(1);

        Peek first = broker().peek(SHIP, null, 0, 3);
        assertThat(first.total()).isEqualTo(5);
        assertThat(first.messages()).extracting(Peek.Item::sequence).containsExactly(1L, 3L, 4L);
        assertThat(first.messages())
                .extracting(Peek.Item::handedOver)
                .containsExactly(true, false, false);
        assertThat(new String(first.messages().getLast().payload(), UTF_8))
                .isEqualTo("payload of m3");
        assertThat(first.messages().getLast().storedAt()).isNotNull();
        Peek rest = broker().peek(SHIP, null, first.next(), 3);
        assertThat(rest.messages()).extracting(Peek.Item::sequence).containsExactly(5L, 6L);
        assertThat(rest.next()).isZero();

        Peek logs = broker().peek(SHIP, "textlogging", 0, 3);
        assertThat(logs.total()).isEqualTo(1);
        assertThat(logs.messages())
                .extracting(Peek.Item::subject)
                .containsExactly("ship1.event.textlogging.x");
        assertThat(payloads(mailbox.fetch(10, WAIT))).hasSize(4);
    }

    @Test
    void aMailboxIsMadeOnceAndFoundAgain() throws Exception {
        broker().mailbox(SHIP);
        Broker.Stored stored = publish("m1");
        Mailbox again = broker().mailbox(SHIP);
        assertThat(publish("m2").streamCreated()).isEqualTo(stored.streamCreated());
        assertThat(again.fetch(10, WAIT)).hasSize(2);
    }

    @Test
    void aLookAheadFindsWhatMatchesAndTakesOutWhatIsAcknowledged() throws Exception {
        Mailbox mailbox = broker().mailbox(SHIP);
        assertThat(mailbox.ahead("ship1.event.ack.*", 1)).isEmpty();
        publish("m1"); // 1
        publishOn("ship1.event.ack.a", "a1"); // 2
        publish("m2"); // 3
        publishOn("ship1.event.ack.b", "a2"); // 4
        publishOn("ship1.command.cancel.a", "c1"); // 5

        Mailbox.Delivery first = mailbox.ahead("ship1.event.ack.*", 1).orElseThrow();
        assertThat(first.sequence()).isEqualTo(2);
        assertThat(first.subject()).isEqualTo("ship1.event.ack.a");
        assertThat(new String(first.payload(), UTF_8)).isEqualTo("payload of a1");
        assertThat(first.headers()).containsEntry("Nats-Msg-Id", "a1");
        assertThat(first.storedAt()).isAfterOrEqualTo(publish("m1").streamCreated());
        Mailbox.Delivery second = mailbox.ahead("ship1.event.ack.*", 3).orElseThrow();
        assertThat(second.sequence()).isEqualTo(4);
        assertThat(mailbox.ahead("ship1.event.ack.*", 5)).isEmpty();
        assertThat(mailbox.ahead("ship1.command.cancel.*", 1).orElseThrow().sequence())
                .isEqualTo(5);

        second.acknowledge();
        await().until(() -> mailbox.ahead("ship1.event.ack.*", 3).isEmpty());
        List<Mailbox.Delivery> rest = mailbox.fetch(10, WAIT);
        assertThat(payloads(rest))
                .containsExactly(
                        "payload of m1", "payload of a1", "payload of m2", "payload of c1");
    }

    @Test
    void whatWasHandedOverAndNotAcknowledgedIsFoundAheadToo() throws Exception {
        Mailbox mailbox = broker().mailbox(SHIP);
        publish("m1");
        publishOn("ship1.event.ack.a", "a1");
        List<Mailbox.Delivery> both = mailbox.fetch(10, WAIT);
        assertThat(both).hasSize(2);
        Mailbox.Delivery again = mailbox.ahead("ship1.event.ack.*", 1).orElseThrow();
        assertThat(again.sequence()).isEqualTo(2);
        again.terminate();
        await().until(() -> broker().look(SHIP, List.of(1L, 2L)).waiting() == 1);
        both.forEach(Mailbox.Delivery::acknowledge);
        await().until(() -> broker().look(SHIP, List.of()).waiting() == 0);
        publish("m2");
        assertThat(payloads(mailbox.fetch(10, WAIT))).containsExactly("payload of m2");
    }

    @Test
    void aMailboxThatIsGoneCannotBeLookedInto() throws Exception {
        Mailbox mailbox = broker().mailbox(SHIP);
        broker().close();
        assertThatThrownBy(() -> mailbox.ahead("ship1.event.ack.*", 1))
                .isInstanceOf(BrokerException.class);
    }

    private void publishOn(String subject, String id) throws Exception {
        var _ =
                broker().publish(Subject.parse(subject), id, bytes("payload of " + id))
                        .get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Test
    void aRowIsWrittenOnlyOverTheRevisionThatWasRead() throws Exception {
        Bucket rows = broker().nodes();
        assertThat(rows.all()).isEmpty();
        assertThat(rows.find(SHIP.value())).isEmpty();
        long first = rows.write(SHIP.value(), bytes("a"), 0).orElseThrow();
        assertThat(rows.write(SHIP.value(), bytes("b"), 0)).isEmpty();
        assertThat(rows.write(SHIP.value(), bytes("b"), first + 1)).isEmpty();
        long second = rows.write(SHIP.value(), bytes("c"), first).orElseThrow();
        assertThat(second).isGreaterThan(first);
        assertThat(rows.write(SHIP.value(), bytes("d"), first)).isEmpty();
        Bucket.Row row = rows.find(SHIP.value()).orElseThrow();
        assertThat(row.value()).isEqualTo(bytes("c"));
        assertThat(row.revision()).isEqualTo(second);
        for (int i = 0; i < 20; i++) {
            assertThat(rows.write("n" + i, bytes("x"), 0)).isPresent();
        }
        assertThat(rows.all()).hasSize(21).containsKey(SHIP.value());
        assertThat(rows.all().values()).anyMatch(each -> each.revision() == second);
        assertThat(broker().bucket(Bucket.Kind.GROUPS).all()).isEmpty();
    }

    @Test
    void anEmptyRowIsNone() throws Exception {
        Bucket rows = broker().bucket(Bucket.Kind.GROUPS);
        assertThat(rows.find("web")).isEmpty();
        long first = rows.write("web", bytes("a"), 0).orElseThrow();
        assertThat(rows.write("web", new byte[0], first)).isPresent();
        assertThat(rows.find("web")).isEmpty();
        assertThat(rows.all()).isEmpty();
        assertThat(rows.write("web", bytes("b"), 0)).isPresent();
        assertThat(rows.all()).containsOnlyKeys("web");
    }

    private void tell(String id, String payload) throws Exception {
        broker().clusterBus().tell(ClusterBus.Kind.NOTIFY, SHIP, id, bytes(payload));
    }

    @Test
    void whatIsToldIsReadBehindASequence() throws Exception {
        ClusterBus bus = broker().clusterBus();
        ClusterBus.State empty = bus.state();
        assertThat(empty.last()).isZero();
        assertThat(bus.after(0, 10)).isEmpty();
        tell("a", "first");
        bus.tell(ClusterBus.Kind.DEPLOY, SHIP, "b", bytes("second"));
        tell("c", "third");
        assertThat(bus.state()).isEqualTo(new ClusterBus.State(empty.created(), 3));
        List<ClusterBus.Told> all = bus.after(0, 10);
        assertThat(all).extracting(ClusterBus.Told::sequence).containsExactly(1L, 2L, 3L);
        ClusterBus.Told second = all.get(1);
        assertThat(second.kind()).isEqualTo(ClusterBus.Kind.DEPLOY);
        assertThat(second.from()).isEqualTo(SHIP);
        assertThat(second.payload()).isEqualTo(bytes("second"));
        assertThat(second.storedAt()).isAfterOrEqualTo(empty.created());
        assertThat(bus.after(1, 1)).extracting(ClusterBus.Told::sequence).containsExactly(2L);
        assertThat(bus.after(3, 10)).isEmpty();
        assertThat(bus.after(7, 10)).isEmpty();
    }

    @Test
    void whatIsToldTwiceWithOneIdIsStoredOnce() throws Exception {
        tell("a", "first");
        tell("a", "first");
        assertThat(broker().clusterBus().after(0, 10)).hasSize(1);
    }

    @Test
    void whatIsTooLargeIsNotTold() throws Exception {
        ClusterBus bus = broker().clusterBus();
        assertThatThrownBy(() ->
                        bus.tell(ClusterBus.Kind.NOTIFY, SHIP, "a", new byte[(256 << 10) + 1]))
                .isInstanceOf(BrokerException.class);
        assertThat(bus.after(0, 10)).isEmpty();
    }

    @Test
    void whoListensHearsThatSomethingWasToldOnceItCanBeRead() throws Exception {
        ClusterBus bus = broker().clusterBus();
        AtomicInteger heard = new AtomicInteger();
        AutoCloseable listening = bus.onTold(heard::incrementAndGet);
        tell("a", "first");
        await().until(() -> heard.get() == 1);
        listening.close();
        tell("b", "second");
        assertThat(bus.state().last()).isEqualTo(2);
        assertThat(heard).hasValue(1);
    }

    @Test
    void askingEndsWithTheAnswerThatIsTheLast() throws Exception {
        AutoCloseable listening = broker().answer("fleet.last", byte[]::clone);
        assertThat(broker().ask("fleet.last", bytes("hello"), WAIT, _ -> true)).hasSize(1);
        listening.close();
    }

    @Test
    void anEmptyAnswerIsNone() throws Exception {
        AutoCloseable listening = broker().answer("fleet.quiet", _ -> new byte[0]);
        assertThat(broker().ask("fleet.quiet", bytes("hello"), SHORT)).isEmpty();
        listening.close();
    }

    @Test
    void everybodyWhoListensAnswers() throws Exception {
        AutoCloseable listening = broker().answer("fleet.ping", byte[]::clone);
        List<Broker.Answer> answers =
                broker().ask("fleet.ping", bytes("hello"), Duration.ofMillis(300));
        assertThat(answers).hasSize(1);
        assertThat(new String(answers.getFirst().payload(), UTF_8)).isEqualTo("hello");
        listening.close();
        assertThat(broker().ask("fleet.ping", bytes("hello"), SHORT)).isEmpty();
    }

    @Test
    void overAnotherConnectionThanTheOneMeantNothingIsSent() throws Exception {
        broker().mailbox(SHIP);
        long connection = broker().connection();
        assertThat(connection).isPositive();
        assertThat(failure(broker().publish(subject(SHIP, "a"), "m1", bytes("x"), connection + 1)))
                .isEqualTo(PublishException.Kind.DISCONNECTED);
        assertThat(failure(broker().publish(subject(SHIP, "a"), "m1", bytes("x"), 0)))
                .isEqualTo(PublishException.Kind.DISCONNECTED);
        assertThat(broker().look(SHIP, List.of()).waiting()).isZero();
    }

    @Test
    void aClosedBrokerRefuses() throws Exception {
        broker().mailbox(SHIP);
        broker().close();
        assertThat(failure(broker().publish(subject(SHIP, "a"), "m1", bytes("x"))))
                .isEqualTo(PublishException.Kind.DISCONNECTED);
        assertThatThrownBy(() -> broker().look(SHIP, List.of()))
                .isInstanceOf(BrokerException.class);
    }
}

package io.steward.agent.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.FakeBroker;
import io.steward.agent.broker.Mailbox.Delivery;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.kernel.ErrorKernel;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.SupervisorSpec;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.outbox.Outbox.Cancelling;
import io.steward.agent.outbox.Outbox.Purge;
import io.steward.agent.outbox.Outbox.Purged;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Taking back what waits, and that nothing stays open past its deadline.
class PurgeTest {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final NodeName OTHER = new NodeName("other");
    private static final NodeName SHIP = new NodeName("ship1");
    private static final NodeName NOBODY = new NodeName("nobody");
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    private volatile Duration step = Duration.ZERO;
    private final InstantSource clock = () -> Instant.now().plus(step);
    private final FakeBroker broker = new FakeBroker(InstantSource.system());
    private final MemoryJournal journal = new MemoryJournal(clock);
    private final SystemTime time = new SystemTime();
    private final ErrorKernel kernel =
            new ErrorKernel(time, SupervisorSpec.of("root"), _ -> {}, _ -> {});
    private final MessageIds ids = new MessageIds(clock);
    private final MessageOutbox outbox =
            TestOutbox.of(CENTRAL, kernel.root(), journal, broker, clock, ids);

    @BeforeEach
    void shipHasAMailbox() throws Exception {
        broker.mailbox(SHIP);
    }

    @AfterEach
    void stop() {
        kernel.close();
        time.close();
        journal.close();
    }

    @Test
    void aBacklogThatWaitsForTheBrokerIsCancelledAtOnceAndNeverPublished() throws Exception {
        broker.disconnect();
        List<MessageId> many = submit(SHIP, 5_000);
        MessageId kept = outbox.submit(null, List.of(request(SHIP, "other"))).ids().getFirst();
        Purged purged = outbox.purge(purge("shellcommand", false));
        assertThat(purged.cancelled()).isEqualTo(5_000);
        assertThat(purged.asked()).isZero();
        assertThat(purged.requests()).isEmpty();
        broker.connect();
        await().until(() -> state(kept) == State.PUBLISHED);
        assertThat(broker.stored(SHIP)).containsExactly(kept.value());
        assertThat(many).allMatch(id -> state(id) == State.CANCELLED);
        assertThat(journal.processedAfter(0, 10_000)).hasSize(5_000);
    }

    @Test
    void whatIsToCancelOthersIsTakenBackOnlyByItsName() throws Exception {
        broker.disconnect();
        submit(SHIP, 3);
        MessageId cancel = outbox.submit(null, List.of(request(SHIP, "cancel"))).ids().getFirst();
        assertThat(outbox.purge(purge(null, false)).cancelled()).isEqualTo(3);
        assertThat(state(cancel)).isEqualTo(State.QUEUED);
        assertThat(outbox.purge(purge("cancel", false)).cancelled()).isEqualTo(1);
    }

    @Test
    void whatIsInTheMailboxIsTakenBackAndTheNodeIsAskedForWhatItHas() throws Exception {
        List<MessageId> all = submit(SHIP, 300);
        await().until(() -> all.stream().allMatch(id -> state(id) == State.PUBLISHED));
        broker.mailbox(SHIP).fetch(10, Duration.ofSeconds(1)).forEach(Delivery::acknowledge);
        assertThat(outbox.purge(purge(null, true)).matched()).isEqualTo(300);
        assertThat(broker.stored(SHIP)).hasSize(290);
        Purged purged = outbox.purge(purge(null, false));
        assertThat(purged.cancelled()).isEqualTo(290);
        assertThat(purged.asked()).isEqualTo(10);
        MessageId request = purged.requests().getFirst();
        assertThat(journal.sent(request).orElseThrow().message().data())
                .containsExactlyInAnyOrderElementsOf(
                        all.subList(0, 10).stream().map(MessageId::value).toList());
        await().until(() -> broker.stored(SHIP).equals(List.of(request.value())));
        assertThat(state(all.getFirst())).isEqualTo(State.PUBLISHED);
        assertThat(state(all.getLast())).isEqualTo(State.CANCELLED);
    }

    @Test
    void byIdAlsoWhatRunsIsAskedForAndWhatEndedIsTooLate() throws Exception {
        List<MessageId> two = submit(SHIP, 2);
        await().until(() -> two.stream().allMatch(id -> state(id) == State.PUBLISHED));
        outbox.acknowledged(
                List.of(
                        Ack.of(two.get(0), SHIP, State.STARTED, null),
                        Ack.of(two.get(1), SHIP, State.SUCCEEDED, null)));
        MessageId unknown = ids.next();
        Purged purged =
                outbox.purge(
                        new Purge(
                                SHIP,
                                Set.of(two.get(0), two.get(1), unknown),
                                null,
                                null,
                                true,
                                null,
                                false,
                                false));
        assertThat(purged.asked()).isEqualTo(1);
        assertThat(purged.tooLate()).isEqualTo(1);
        assertThat(purged.unknown()).containsExactly(unknown);
    }

    @Test
    void whatOthersSentIsCancelledByAskingThem() throws Exception {
        Message foreign = foreign();
        store(foreign);
        submit(SHIP, 1);
        assertThat(outbox.purge(purge(null, false)).others()).isEmpty();
        Purged purged =
                outbox.purge(new Purge(SHIP, Set.of(), null, null, false, OTHER, false, false));
        assertThat(purged.others()).isEqualTo(Map.of(OTHER, 1));
        SentMessage request = journal.sent(purged.requests().getFirst()).orElseThrow();
        assertThat(request.message().subject().toString()).isEqualTo("other.command.cancel.test");
        assertThat(request.message().data()).containsExactly(foreign.id().value());
        assertThat(broker.stored(SHIP)).contains(foreign.id().value());
    }

    @Test
    void whatTheBrokerMayHaveIsNotSaidToBeCancelledUnsent() throws Exception {
        broker.holdPubAcks();
        MessageId id = submit(SHIP, 1).getFirst();
        await().until(() -> broker.stored(SHIP).size() == 1);
        broker.disconnect();
        await().until(() -> outbox.problem(subject(SHIP)).isPresent());
        assertThat(outbox.cancel(id).orElseThrow()).isInstanceOf(Cancelling.Asked.class);
        assertThat(state(id)).isEqualTo(State.QUEUED);
    }

    @Test
    void aMailboxThatIsAnotherOneLosesNobodyElsesMessage() throws Exception {
        MessageId id = submit(SHIP, 1).getFirst();
        await().until(() -> state(id) == State.PUBLISHED);
        broker.delete(SHIP);
        broker.mailbox(SHIP);
        Message foreign = foreign();
        store(foreign);
        assertThat(outbox.cancel(id).orElseThrow()).isInstanceOf(Cancelling.Asked.class);
        assertThat(broker.stored(SHIP)).contains(foreign.id().value());
    }

    @Test
    void aCancelThatTheJournalDoesNotTakeLeavesTheMessageOnItsWay() throws Exception {
        broker.disconnect();
        MessageId id = submit(SHIP, 1).getFirst();
        await().until(() -> outbox.problem(subject(SHIP)).isPresent());
        journal.failWith(
                new io.steward.agent.journal.JournalException(
                        io.steward.agent.journal.JournalException.Kind.DISK_FULL, "full"));
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> outbox.cancel(id))
                .isInstanceOf(SubmitException.class);
        journal.failWith(null);
        broker.connect();
        await().atMost(Duration.ofSeconds(20)).until(() -> state(id) == State.PUBLISHED);
    }

    @Test
    void everyOpenStateHasItsEndAfterItsDeadlineAndALateAnswerIsANote() throws Exception {
        lookAfter();
        MessageId noMailbox = submit(NOBODY, 1).getFirst();
        List<MessageId> four = submit(SHIP, 4);
        await().until(() -> four.stream().allMatch(id -> state(id) == State.PUBLISHED));
        MessageId published = four.get(0);
        MessageId received = four.get(1);
        MessageId started = four.get(2);
        MessageId again = four.get(3);
        outbox.acknowledged(
                List.of(
                        Ack.of(received, SHIP, State.RECEIVED, null),
                        Ack.of(started, SHIP, State.STARTED, null),
                        Ack.of(again, SHIP, State.STARTED, null)));
        assertThat(kernel.stop("root/" + subject(SHIP))).isPresent();
        MessageId stopped = submit(SHIP, 1).getFirst();
        broker.holdPubAcks();
        broker.mailbox(OTHER);
        MessageId doubtful = submit(OTHER, 1).getFirst();
        await().until(() -> broker.stored(OTHER).size() == 1);
        broker.disconnect();
        MessageId brokerAway = submit(new NodeName("away"), 1).getFirst();

        step = Message.DEFAULT_EXPIRY;
        await().until(() ->
                List.of(noMailbox, stopped, brokerAway).stream()
                        .allMatch(id -> state(id) == State.EXPIRED));
        for (MessageId id : List.of(published, received, started, again, doubtful)) {
            assertThat(state(id).isEnd()).as(id.value()).isFalse();
        }
        step = Message.DEFAULT_EXPIRY.plus(TIMEOUT).plusSeconds(31);
        List<MessageId> all = new ArrayList<>(four);
        all.addAll(List.of(noMailbox, stopped, brokerAway, doubtful));
        await().until(() -> all.stream().allMatch(id -> state(id).isEnd()));
        assertThat(state(published)).isEqualTo(State.EXPIRED);
        assertThat(state(received)).isEqualTo(State.EXPIRED);
        assertThat(state(started)).isEqualTo(State.INTERRUPTED);
        assertThat(state(doubtful)).isEqualTo(State.EXPIRED);
        assertThat(journal.processedAfter(0, 100)).hasSize(all.size());

        for (MessageId id : all) {
            State end = state(id);
            NodeName node = journal.sent(id).orElseThrow().message().subject().node();
            outbox.acknowledged(List.of(Ack.of(id, node, State.SUCCEEDED, null)));
            assertThat(state(id)).isEqualTo(end);
            assertThat(journal.sent(id).orElseThrow().note()).startsWith("late answer");
        }
        assertThat(journal.processedAfter(0, 100)).hasSize(all.size());
    }

    private void lookAfter() {
        kernel.root()
                .spawn(
                        ProcessSpec.<LookAfter.Wake>permanent(
                                "look-after",
                                () ->
                                        new LookAfter(
                                                outbox,
                                                journal,
                                                broker,
                                                TIMEOUT,
                                                Duration.ofMillis(20))));
    }

    private Message foreign() {
        return request(SHIP, "shellcommand")
                .messages(OTHER, "test", ids::next, clock.instant())
                .getFirst();
    }

    private void store(Message message) throws Exception {
        broker.publish(message.subject(), message.id().value(), Envelope.encode(message)).get();
    }

    private static Purge purge(@Nullable String method, boolean dryRun) {
        return new Purge(SHIP, Set.of(), method, null, true, null, false, dryRun);
    }

    private static MessageRequest request(NodeName node, String method) {
        return MessageRequest.of(List.of(node), MessageType.COMMAND, method, List.of("true"));
    }

    private static Subject subject(NodeName node) {
        return Subject.parse(node + ".command.shellcommand.test");
    }

    private List<MessageId> submit(NodeName node, int count) throws Exception {
        return outbox.submit(
                        null,
                        IntStream.range(0, count)
                                .mapToObj(_ -> request(node, "shellcommand"))
                                .toList())
                .ids();
    }

    private State state(MessageId id) {
        return journal.sent(id).orElseThrow().state();
    }
}

package io.steward.agent.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.FakeBroker;
import io.steward.agent.broker.Mailbox.Delivery;
import io.steward.agent.broker.PublishException;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.kernel.ErrorKernel;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.SupervisorSpec;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.outbox.Outbox.Cancelling;
import io.steward.messages.Ack;
import io.steward.messages.Expiry;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.OnInterrupt;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OutboxTest {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final NodeName SHIP = new NodeName("ship1");
    private static final Subject SUBJECT =
            Subject.parse("ship1.command.shellcommand.operatingsystem");

    private final InstantSource clock = InstantSource.system();
    private final FakeBroker broker = new FakeBroker(clock);
    private final MemoryJournal journal = new MemoryJournal(clock);
    private final SystemTime time = new SystemTime();
    private ErrorKernel kernel = kernel();
    private MessageOutbox outbox = outbox();

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

    private ErrorKernel kernel() {
        return new ErrorKernel(time, SupervisorSpec.of("root"), _ -> {}, _ -> {});
    }

    private MessageOutbox outbox() {
        return outbox(OutboxLimits.NONE);
    }

    private MessageOutbox outbox(OutboxLimits limits) {
        return new MessageOutbox(
                CENTRAL,
                kernel.root(),
                journal,
                broker,
                clock,
                Duration.ofMinutes(1),
                new MessageIds(clock),
                (_, method) ->
                        method.equals("shellcommand")
                                ? Optional.of("operatingsystem")
                                : Optional.empty(),
                limits);
    }

    @Test
    void messagesOfASubjectAreStoredInTheirOrder() throws Exception {
        List<MessageId> ids = submit(500);
        awaitStored(ids);
        awaitState(ids, State.PUBLISHED);
    }

    @Test
    void theOrderIsKeptThoughPubAcksGetLost() throws Exception {
        broker.losePubAcks(3);
        List<MessageId> ids = submit(300);
        awaitStored(ids);
        awaitState(ids, State.PUBLISHED);
    }

    @Test
    void theOrderIsKeptThoughTheBrokerRefusesSome() throws Exception {
        broker.refuse(
                PublishException.Kind.STORAGE,
                PublishException.Kind.MAILBOX_FULL,
                PublishException.Kind.TIMEOUT);
        List<MessageId> ids = submit(50);
        awaitStored(ids);
    }

    @Test
    void noMessageOvertakesOneThatWentBesideItAndWasRefused() throws Exception {
        List<MessageId> ids = new ArrayList<>(submit(50)); // the window has grown after that
        awaitStored(ids);
        for (int round = 0; round < 8; round++) {
            broker.refuse(PublishException.Kind.TIMEOUT);
            ids.addAll(submit(20));
            awaitStored(ids);
        }
    }

    @Test
    void aMessageAtWhichItsPublisherDiesGoesOutByTheNextOne() throws Exception {
        List<MessageId> ids = new ArrayList<>(submit(3));
        awaitStored(ids);
        broker.throwNext(new OutOfMemoryError("thrown by the test"));
        ids.addAll(submit(5));
        awaitStored(ids);
        awaitState(ids, State.PUBLISHED);
    }

    @Test
    void whileTheJournalTakesNothingItIsTriedNowAndThen() throws Exception {
        broker.disconnect();
        List<MessageId> ids = submit(1);
        journal.failWith(new JournalException(JournalException.Kind.DISK_FULL, "no room"));
        broker.connect();
        await().until(() -> broker.attempts().size() > 1);
        await().during(Duration.ofMillis(500)).until(() -> broker.attempts().size() < 20);
        assertThat(outbox.problem(SUBJECT))
                .hasValueSatisfying(why -> assertThat(why).contains("the journal does not take"));
        journal.failWith(null);
        awaitState(ids, State.PUBLISHED);
        awaitStored(ids);
    }

    @Test
    void oneAfterTheOtherGoesOutWhereTheBrokerDoesNotKeepTheOrder() throws Exception {
        broker.keepsOrder(false);
        List<MessageId> first = submit(20);
        awaitStored(first);
        awaitState(first, State.PUBLISHED);
        broker.holdPubAcks();
        List<MessageId> second = submit(20);
        await().until(() -> attempted().size() > 20);
        assertThat(outbox.problems()).isEmpty();
        assertThat(attempted()).hasSize(21);
        broker.releasePubAcks();
        awaitState(second, State.PUBLISHED);
    }

    @Test
    void aBrokerThatAnswersAndStoresNothingIsNamedAsOneWithAFullDisk() throws Exception {
        PublishException.Kind[] frozen = new PublishException.Kind[5];
        Arrays.fill(frozen, PublishException.Kind.TIMEOUT);
        broker.refuse(frozen);
        List<MessageId> ids = submit(1);
        await().until(() ->
                outbox.problems().stream()
                        .anyMatch(each -> each.storage() && each.why().contains("disk full")));
        awaitStored(ids);
        await().until(() -> outbox.problem(SUBJECT).isEmpty());
        assertThat(outbox.problems()).isEmpty();
    }

    @Test
    void whatIsAcceptedWithoutAConnectionGoesOutInOrderWhenThereIsOne() throws Exception {
        broker.disconnect();
        List<MessageId> ids = submit(3_000); // more than a mailbox and a backlog hold
        await().until(() -> outbox.problem(SUBJECT).isPresent());
        assertThat(broker.stored(SHIP)).isEmpty();
        broker.connect();
        awaitStored(ids);
        awaitState(ids, State.PUBLISHED);
    }

    @Test
    void whatThereIsNoMemoryForIsReadFromTheJournalInItsTurn() throws Exception {
        outbox = outbox(new OutboxLimits(1_000_000, 20_000)); // some twenty messages
        outbox.start();
        broker.disconnect();
        List<MessageId> ids = submit(1_000);
        await().until(() -> outbox.problem(SUBJECT).isPresent());
        await().until(() -> outbox.held() < 25_000);
        broker.connect();
        awaitStored(ids);
        awaitState(ids, State.PUBLISHED);
        await().until(() -> outbox.held() == 0);
    }

    @Test
    void aFullOutboxRefusesAllOfAnInputAndStillSaysWhatItHasToSay() throws Exception {
        outbox = outbox(new OutboxLimits(10, 20_000));
        outbox.start();
        broker.disconnect();
        submit(9);
        SubmitException full = catchThrowableOfType(SubmitException.class, () -> submit(2));
        assertThat(full.isQueueFull()).isTrue();
        assertThat(full.isInputWrong()).isFalse();
        assertThat(full).hasMessageContaining("journal.maxQueued allows 10");
        assertThat(journal.queued(100)).hasSize(9);
        submit(1);
        assertThat(outbox.say(request(SHIP, "said"))).hasSize(1);
        SubmitException never = catchThrowableOfType(SubmitException.class, () -> submit(11));
        assertThat(never.isInputWrong()).isTrue();
    }

    @Test
    void aConnectionThatDropsInTheMiddleLosesAndRepeatsNothing() throws Exception {
        broker.holdPubAcks();
        List<MessageId> ids = submit(200);
        await().until(() -> !broker.stored(SHIP).isEmpty());
        broker.disconnect();
        broker.releasePubAcks();
        broker.connect();
        awaitStored(ids);
    }

    @Test
    void whatWasQueuedWhenTheAgentEndedIsPublishedAfterTheStart() throws Exception {
        broker.disconnect();
        List<MessageId> ids = submit(100);
        kernel.close();
        broker.connect();
        kernel = kernel();
        outbox = outbox();
        outbox.start();
        awaitStored(ids);
    }

    @Test
    void aNodeWithoutAMailboxIsNamedAndGetsItsMessagesWhenItComes() throws Exception {
        NodeName late = new NodeName("late");
        MessageId id = outbox.submit(null, List.of(request(late, "true"))).ids().getFirst();
        Subject subject = Subject.parse("late.command.shellcommand.operatingsystem");
        await().until(() -> outbox.problem(subject).isPresent());
        assertThat(state(id)).isEqualTo(State.QUEUED);
        broker.mailbox(late);
        outbox.nodeIsHere(late);
        awaitState(List.of(id), State.PUBLISHED);
        assertThat(outbox.problem(subject)).isEmpty();
    }

    @Test
    void whatTheBrokerFindsTooLargeIsRefused() throws Exception {
        broker.refuse(PublishException.Kind.TOO_LARGE);
        MessageId id = submit(1).getFirst();
        await().until(() -> state(id) == State.REFUSED);
        assertThat(journal.sent(id).orElseThrow().reason()).contains("TOO_LARGE");
    }

    @Test
    void theSameKeyIsTakenOnce() throws Exception {
        Outbox.Submitted first = outbox.submit("input", List.of(request(SHIP, "true")));
        Outbox.Submitted again = outbox.submit("input", List.of(request(SHIP, "true")));
        assertThat(first.fresh()).isTrue();
        assertThat(again.fresh()).isFalse();
        assertThat(again.ids()).isEqualTo(first.ids());
        awaitStored(first.ids());
    }

    @Test
    void aKeyThatIsTakenIsKnownThoughTheInputWouldNotBeAcceptedNow() throws Exception {
        Outbox.Submitted first = outbox.submit("input", List.of(request(SHIP, "true")));
        MessageRequest unknown =
                MessageRequest.of(List.of(SHIP), MessageType.COMMAND, "nothing", List.of());
        assertThat(outbox.submit("input", List.of(unknown)).ids()).isEqualTo(first.ids());
    }

    @Test
    void allOfAnInputIsAcceptedOrNothing() {
        MessageRequest unknown =
                MessageRequest.of(List.of(SHIP), MessageType.COMMAND, "nothing", List.of());
        assertThatThrownBy(() -> outbox.submit(null, List.of(request(SHIP, "true"), unknown)))
                .isInstanceOf(SubmitException.class)
                .hasMessageContaining("domain: missing")
                .hasMessageContaining("\"nothing\"");
        assertThat(journal.queuedSubjects()).isEmpty();
        assertThat(broker.attempts()).isEmpty();
    }

    @Test
    void aQueuedMessageIsCancelledAndNeverPublished() throws Exception {
        broker.disconnect();
        List<MessageId> ids = submit(3);
        await().until(() -> outbox.problem(SUBJECT).isPresent());
        assertThat(outbox.cancel(ids.get(1))).contains(new Cancelling.Done());
        assertThat(state(ids.get(1))).isEqualTo(State.CANCELLED);
        broker.connect();
        awaitStored(List.of(ids.get(0), ids.get(2)));
    }

    @Test
    void aMessageThatWaitsForItsNodeIsTakenBack() throws Exception {
        MessageId id = submit(1).getFirst();
        awaitState(List.of(id), State.PUBLISHED);
        assertThat(outbox.cancel(id)).contains(new Cancelling.Done());
        assertThat(broker.stored(SHIP)).isEmpty();
        assertThat(outbox.cancel(id).orElseThrow()).isInstanceOf(Cancelling.TooLate.class);
    }

    @Test
    void whatAnAgentThatDiedMayHavePublishedIsNotCancelledWithoutItsNode() throws Exception {
        broker.losePubAcks(Integer.MAX_VALUE);
        MessageId id = submit(1).getFirst();
        awaitStored(List.of(id));
        kernel.close();
        broker.disconnect();
        Instant accepted = journal.sent(id).orElseThrow().message().createdAt();
        await().until(() -> clock.instant().isAfter(accepted.plusMillis(1)));
        kernel = kernel();
        outbox = outbox();
        isAsked(id);
        assertThat(state(id)).isEqualTo(State.QUEUED);
    }

    @Test
    void whatTheBrokerMayHaveUnansweredIsNotCancelledWithoutItsNode() throws Exception {
        broker.losePubAcks(Integer.MAX_VALUE);
        MessageId id = submit(1).getFirst();
        awaitStored(List.of(id));
        await().until(() -> outbox.problem(SUBJECT).isPresent());
        isAsked(id);
        assertThat(state(id)).isEqualTo(State.QUEUED);
    }

    @Test
    void nothingIsTakenBackFromAMailboxThatWasMadeAnew() throws Exception {
        MessageId lost = submit(1).getFirst();
        awaitState(List.of(lost), State.PUBLISHED);
        broker.delete(SHIP);
        broker.mailbox(SHIP);
        MessageId other = submit(1).getFirst();
        awaitState(List.of(other), State.PUBLISHED);
        isAsked(lost);
        assertThat(broker.stored(SHIP)).containsExactly(other.value());
    }

    /// This outbox knows no method "cancel".
    private void isAsked(MessageId id) {
        assertThatThrownBy(() -> outbox.cancel(id)).hasMessageContaining("domain");
    }

    @Test
    void theNodeIsAskedToCancelWhatItHas() throws Exception {
        MessageId id = submit(1).getFirst();
        awaitState(List.of(id), State.PUBLISHED);
        deliver();
        assertThatThrownBy(() -> outbox.cancel(id))
                .hasMessageContaining("domain"); // this outbox knows no method "cancel"
        assertThat(outbox.cancel(new MessageIds(clock).next())).isEmpty();
    }

    @Test
    void aMessageEndsOnce() throws Exception {
        MessageId id = submit(1).getFirst();
        awaitState(List.of(id), State.PUBLISHED);
        outbox.acknowledged(List.of(Ack.of(id, SHIP, State.STARTED, null)));
        outbox.acknowledged(List.of(Ack.of(id, SHIP, State.SUCCEEDED, null)));
        outbox.acknowledged(List.of(Ack.of(id, SHIP, State.FAILED, "late")));
        assertThat(state(id)).isEqualTo(State.SUCCEEDED);
        assertThat(journal.processedAfter(0, 10)).hasSize(1);
    }

    @Test
    void whatAnAgentThatDiedMayHavePublishedIsNotSaidToBeUndelivered() throws Exception {
        lookAfter();
        broker.holdPubAcks();
        MessageId id =
                outbox.submit(null, List.of(expiring(Duration.ofSeconds(1)))).ids().getFirst();
        await().until(() -> broker.stored(SHIP).contains(id.value()));
        kernel.close(); // the PubAck does not come any more
        Instant expiresAt = journal.sent(id).orElseThrow().message().expiresAt();
        await().until(() -> clock.instant().isAfter(expiresAt));
        broker.disconnect();
        kernel = kernel();
        outbox = outbox();
        outbox.start();
        lookAfter();
        await().during(Duration.ofSeconds(2)).until(() -> state(id) == State.QUEUED);
    }

    @Test
    void whatTheBrokerHasAndTheJournalDoesNotTakeIsNotSaidToBeUnsent() throws Exception {
        broker.holdPubAcks();
        MessageId id = submit(1).getFirst();
        await().until(() -> broker.stored(SHIP).contains(id.value()));
        journal.failWith(new JournalException(JournalException.Kind.DISK_FULL, "no room"));
        broker.releasePubAcks();
        await().until(() -> outbox.problem(SUBJECT).isPresent());
        broker.disconnect();
        journal.failWith(null);
        assertThat(outbox.withhold(journal.sent(id).orElseThrow().message())).isFalse();
    }

    @Test
    void whatHasExpiredIsNotPublished() throws Exception {
        broker.disconnect();
        MessageRequest request = expiring(Duration.ofMillis(1));
        MessageId id = outbox.submit(null, List.of(request)).ids().getFirst();
        Instant expiresAt = journal.sent(id).orElseThrow().message().expiresAt();
        await().until(() -> clock.instant().isAfter(expiresAt));
        broker.connect();
        await().until(() -> state(id) == State.EXPIRED);
        assertThat(broker.stored(SHIP)).isEmpty();
    }

    @Test
    void anAckForAPlainClientIsSaidWhereNoMailboxKeepsIt() throws Exception {
        Message fromPlain =
                request(CENTRAL, "true")
                        .messages(
                                new NodeName("plain"),
                                "operatingsystem",
                                new MessageIds(clock)::next,
                                clock.instant())
                        .getFirst();
        Message ack =
                outbox.ackFor(fromPlain, Ack.of(fromPlain.id(), CENTRAL, State.SUCCEEDED, null));
        outbox.answer(ack);
        await().until(() -> broker.said().contains("plain.event.ack.operatingsystem"));
    }

    @Test
    void anAckIsKeptAgainWhenItsNodeHasGotAMailbox() throws Exception {
        NodeName late = new NodeName("late");
        Message command =
                request(CENTRAL, "true")
                        .messages(
                                late,
                                "operatingsystem",
                                new MessageIds(clock)::next,
                                clock.instant())
                        .getFirst();
        Ack ack = Ack.of(command.id(), CENTRAL, State.SUCCEEDED, null);
        outbox.answer(outbox.ackFor(command, ack));
        await().until(() -> broker.said().contains("late.event.ack.operatingsystem"));
        broker.mailbox(late);
        await().until(() -> {
            outbox.answer(outbox.ackFor(command, ack)); // as often as it is asked for
            return !broker.stored(late).isEmpty();
        });
    }

    @Test
    void whatTheBrokerHasLostIsPublishedAgainUnderTheSameId() throws Exception {
        lookAfter();
        MessageId id = submitWith(Duration.ofMillis(50), 0);
        awaitState(List.of(id), State.PUBLISHED);
        broker.delete(SHIP);
        broker.mailbox(SHIP);
        await().until(() ->
                broker.stored(SHIP).stream().anyMatch(stored -> stored.startsWith(id + ".r")));
        assertThat(journal.sent(id).orElseThrow().resends()).isPositive();
        assertThat(state(id)).isEqualTo(State.PUBLISHED);
    }

    @Test
    void whatTheBrokerHasLostGoesAgainBeforeWhatIsNewer() throws Exception {
        List<MessageId> old = submit(700);
        awaitState(old, State.PUBLISHED);
        broker.wipe();
        List<MessageId> newer = submit(300);
        broker.connect();
        broker.mailbox(SHIP);
        outbox.nodeIsHere(SHIP);
        await().atMost(Duration.ofSeconds(20)).until(() -> broker.stored(SHIP).size() >= 1_000);
        List<String> expected = new ArrayList<>(old.stream().map(id -> id + ".r1").toList());
        expected.addAll(newer.stream().map(MessageId::value).toList());
        assertThat(broker.stored(SHIP)).isEqualTo(expected);
        awaitState(newer, State.PUBLISHED);
    }

    @Test
    void whatWasInADeletedMailboxGoesAgainBeforeWhatIsNewerOverTheSameConnection()
            throws Exception {
        List<MessageId> old = submit(300);
        awaitState(old, State.PUBLISHED);
        broker.delete(SHIP);
        int before = broker.attempts().size();
        List<MessageId> newer = submit(20);
        await().until(() -> broker.attempts().size() > before); // nothing takes them
        broker.mailbox(SHIP);
        outbox.nodeIsHere(SHIP);
        await().until(() -> broker.stored(SHIP).size() >= 320);
        List<String> expected = new ArrayList<>(old.stream().map(id -> id + ".r1").toList());
        expected.addAll(newer.stream().map(MessageId::value).toList());
        assertThat(broker.stored(SHIP)).isEqualTo(expected);
    }

    @Test
    void whatWasInAnotherMailboxGoesAgainInItsOrderThoughANewerOneIsLookedAfterFirst()
            throws Exception {
        lookAfter();
        MessageId older = submitWith(Duration.ofMinutes(5), 0);
        awaitState(List.of(older), State.PUBLISHED);
        MessageId newer = submitWith(Duration.ofMillis(50), 0);
        awaitState(List.of(newer), State.PUBLISHED);
        broker.delete(SHIP);
        broker.mailbox(SHIP);
        await().until(() -> broker.stored(SHIP).size() >= 2);
        assertThat(broker.stored(SHIP)).startsWith(older + ".r1", newer + ".r1");
    }

    @Test
    void whatAPublisherHadInFlightWhenItWasRestartedIsNotLostAndNotOvertaken() throws Exception {
        broker.holdPubAcks();
        MessageId inFlight = submit(1).getFirst();
        await().until(() -> broker.stored(SHIP).size() == 1);
        assertThat(kernel.restart("root/" + SUBJECT)).isPresent();
        broker.disconnect();
        broker.delete(SHIP);
        broker.releasePubAcks();
        List<MessageId> newer = submit(5);
        broker.connect();
        broker.mailbox(SHIP);
        List<MessageId> all = new ArrayList<>(List.of(inFlight));
        all.addAll(newer);
        awaitStored(all);
        awaitState(all, State.PUBLISHED);
    }

    @Test
    void whatStillWaitsForItsNodeIsNotPublishedAgain() throws Exception {
        lookAfter();
        MessageId id = submitWith(Duration.ofMillis(10), 0);
        awaitState(List.of(id), State.PUBLISHED);
        await().until(() -> journal.sent(id).orElseThrow().looks() >= 2);
        assertThat(broker.stored(SHIP)).containsExactly(id.value());
    }

    @Test
    void retriesBoundHowOftenItIsPublishedAgain() throws Exception {
        lookAfter();
        MessageId id = submitWith(Duration.ofMillis(10), 2);
        awaitState(List.of(id), State.PUBLISHED);
        Thread thief =
                Thread.startVirtualThread(() -> {
                    while (!journal.sent(id).orElseThrow().state().isEnd()) {
                        broker.delete(SHIP);
                        try {
                            broker.mailbox(SHIP);
                        } catch (Exception e) {
                            throw new IllegalStateException(e);
                        }
                        Thread.onSpinWait();
                    }
                });
        await().atMost(Duration.ofSeconds(30)).until(() -> state(id).isEnd());
        assertThat(thief.join(Duration.ofSeconds(10))).isTrue();
        SentMessage ended = journal.sent(id).orElseThrow();
        assertThat(ended.state()).isEqualTo(State.EXPIRED);
        assertThat(ended.reason()).contains("not received by ship1").contains("retries");
        assertThat(ended.resends()).isEqualTo(2);
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
                                                Duration.ofMinutes(1),
                                                Duration.ofMillis(20))));
    }

    private MessageId submitWith(Duration ackTimeout, int retries) throws Exception {
        return outbox.submit(
                        null,
                        List.of(request(ackTimeout, retries, new Expiry.After(Duration.ofDays(1)))))
                .ids()
                .getFirst();
    }

    private static MessageRequest expiring(Duration time) {
        return request(Duration.ofSeconds(1), 0, new Expiry.After(time));
    }

    private static MessageRequest request(Duration ackTimeout, int retries, Expiry expires) {
        return new MessageRequest(
                0,
                0,
                List.of(SHIP),
                MessageType.COMMAND,
                "shellcommand",
                null,
                List.of("true"),
                ackTimeout,
                retries,
                null,
                expires,
                true,
                OnInterrupt.AUTO,
                3,
                null,
                Map.of(),
                false,
                null);
    }

    private List<MessageId> submit(int count) throws Exception {
        return outbox.submit(
                        null,
                        IntStream.range(0, count)
                                .mapToObj(i -> request(SHIP, "echo", String.valueOf(i)))
                                .toList())
                .ids();
    }

    private static MessageRequest request(NodeName node, String... data) {
        return MessageRequest.of(List.of(node), MessageType.COMMAND, "shellcommand", List.of(data));
    }

    private void deliver() throws Exception {
        broker.mailbox(SHIP).fetch(10, Duration.ofSeconds(1)).forEach(Delivery::acknowledge);
    }

    private void awaitStored(List<MessageId> ids) {
        List<String> expected = ids.stream().map(MessageId::value).toList();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(broker.stored(SHIP)).isEqualTo(expected));
    }

    /// What was handed to the broker; one may be handed over twice under its id.
    private List<String> attempted() {
        return broker.attempts().stream().map(FakeBroker.Attempt::id).distinct().toList();
    }

    private void awaitState(List<MessageId> ids, State state) {
        await().atMost(Duration.ofSeconds(20))
                .until(() -> ids.stream().allMatch(id -> state(id) == state));
    }

    private State state(MessageId id) {
        return journal.sent(id).orElseThrow().state();
    }
}

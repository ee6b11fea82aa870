package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Entry;
import io.steward.agent.journal.Journal.Processed;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What every journal does for the sending side.
abstract class SendingContract extends JournalFixture {

    @Test
    void anInputForWhichThereIsNoRoomIsNotAcceptedAtAll() {
        Message first = accepted();
        Message ack = samples.ackMessage(samples.command(), State.SUCCEEDED);
        done(journal.accept(null, List.of(ack)));
        List<Message> two = List.of(samples.command(), samples.command());
        assertThatThrownBy(() -> done(journal.accept("input-1", two, 2)))
                .isInstanceOfSatisfying(
                        JournalException.class,
                        e -> {
                            assertThat(e.kind()).isEqualTo(JournalException.Kind.QUEUE_FULL);
                            assertThat(e).hasMessageContaining("no room for 2 message(s): 1 that");
                        });
        assertThat(journal.queued(10)).containsExactlyInAnyOrder(first, ack);
        assertThat(journal.taken("input-1")).isEmpty();
        assertThat(done(journal.accept("input-1", two, 3)).fresh()).isTrue();
        assertThat(done(journal.accept("input-1", two, 3)).fresh())
                .describedAs("what was taken before needs no room")
                .isFalse();
        acknowledge(first, State.SUCCEEDED);
        assertThat(done(journal.accept("input-2", List.of(samples.command()), 3)).fresh())
                .describedAs("what has ended needs none either")
                .isTrue();
    }

    @Test
    void anAcceptedMessageIsQueuedAndCanBeReadAgain() {
        Message message = samples.command(Samples.SHIP, Map.of("ticket", "42"));
        var accepted = done(journal.accept("input-1", List.of(message)));
        assertThat(accepted.fresh()).isTrue();
        assertThat(accepted.ids()).containsExactly(message.id());
        SentMessage sent = sent(message);
        assertThat(sent.message()).isEqualTo(message);
        assertThat(sent.state()).isEqualTo(State.QUEUED);
        assertThat(sent.states()).containsExactly(Map.entry(State.QUEUED, samples.now()));
        assertThat(sent.published()).isNull();
        assertThat(sent.ack()).isNull();
    }

    @Test
    void anInputKeyIsTakenOnceAlsoAfterARestart() {
        Message first = samples.command();
        Message second = samples.command();
        done(journal.accept("input-1", List.of(first, second)));
        journal = restart();
        var again = done(journal.accept("input-1", List.of(samples.command())));
        assertThat(again.fresh()).isFalse();
        assertThat(again.ids()).containsExactly(first.id(), second.id());
        assertThat(journal.queued(10)).containsExactly(first, second);
    }

    @Test
    void anInputIsAcceptedAsAWholeOrNotAtAll() {
        Message known = accepted();
        Message fresh = samples.command();
        assertThatThrownBy(() -> done(journal.accept("input-2", List.of(fresh, known))))
                .isInstanceOf(JournalException.class);
        assertThat(journal.sent(fresh.id())).isEmpty();
        assertThat(done(journal.accept("input-2", List.of(fresh))).fresh()).isTrue();
    }

    @Test
    void anEmptyInputIsTakenOnceToo() {
        assertThat(done(journal.accept("nothing", List.of())).fresh()).isTrue();
        var again = done(journal.accept("nothing", List.of()));
        assertThat(again.fresh()).isFalse();
        assertThat(again.ids()).isEmpty();
    }

    @Test
    void publishingMovesOnAndKeepsWhere() {
        Message message = accepted();
        done(journal.note(message.id(), "no mailbox"));
        assertThat(sent(message).note()).isEqualTo("no mailbox");
        samples.pass(Duration.ofSeconds(1));
        done(journal.published(message.id(), samples.published(7)));
        SentMessage sent = sent(message);
        assertThat(sent.state()).isEqualTo(State.PUBLISHED);
        assertThat(sent.published()).isEqualTo(samples.published(7));
        assertThat(sent.note()).isNull();
        assertThat(sent.states()).containsOnlyKeys(State.QUEUED, State.PUBLISHED);
        assertThat(journal.queued(10)).isEmpty();
    }

    @Test
    void aPubAckThatComesAfterTheAnswerDoesNotPutTheStateBack() {
        Message message = accepted();
        acknowledge(message, State.STARTED);
        done(journal.published(message.id(), samples.published(7)));
        assertThat(sent(message).state()).isEqualTo(State.STARTED);
        assertThat(sent(message).published()).isEqualTo(samples.published(7));
    }

    @Test
    void resendingCountsAndKeepsTheState() {
        Message message = published(1);
        done(journal.resending(message.id(), samples.now()));
        done(journal.published(message.id(), samples.published(9)));
        assertThat(sent(message).resends()).isEqualTo(1);
        assertThat(sent(message).state()).isEqualTo(State.PUBLISHED);
        assertThat(sent(message).published()).isEqualTo(samples.published(9));
        Message queued = accepted();
        done(journal.resending(queued.id(), samples.now()));
        assertThat(sent(queued).resends()).isZero();
    }

    @Test
    void acksMoveAMessageToItsEndWithTheOutcome() {
        Message message = published(1);
        assertThat(acknowledge(message, State.RECEIVED)).isEqualTo(State.RECEIVED);
        assertThat(acknowledge(message, State.STARTED)).isEqualTo(State.STARTED);
        samples.pass(Duration.ofSeconds(2));
        assertThat(acknowledge(message, State.FAILED)).isEqualTo(State.FAILED);
        SentMessage sent = sent(message);
        assertThat(sent.reason()).isEqualTo("exit code 2");
        assertThat(sent.ack()).isEqualTo(samples.ack(message, State.FAILED));
        assertThat(sent.states())
                .containsOnlyKeys(
                        State.QUEUED, State.PUBLISHED, State.RECEIVED, State.STARTED, State.FAILED);
        Processed processed = journal.processedAfter(0, 10).getFirst();
        assertThat(processed.at()).isEqualTo(samples.now());
        assertThat(processed.entry())
                .isEqualTo(
                        new Entry(
                                Direction.SENT, message, State.FAILED, sent.ack(), sent.states()));
    }

    @Test
    void theTimesOfAReceiverAreThoseItSays() {
        Message message = published(1);
        Instant received = samples.now().plusMillis(20);
        samples.pass(Duration.ofMillis(30));
        Instant started = samples.now();
        Ack end = samples.ack(message, State.SUCCEEDED, received);
        samples.pass(Duration.ofHours(2));
        done(journal.acknowledged(List.of(end), samples.now()));
        assertThat(sent(message).states())
                .containsEntry(State.RECEIVED, received)
                .containsEntry(State.STARTED, started)
                .containsEntry(State.SUCCEEDED, started.plusMillis(12));
        assertThat(journal.processedAfter(0, 10).getFirst().at()).isEqualTo(samples.now());
    }

    @Test
    void whereTheReceiverDoesNotSayTheTimeIsThatOfItsWord() {
        Message message = published(1);
        samples.pass(Duration.ofSeconds(5));
        Ack end = Ack.of(message.id(), Samples.SHIP, State.REFUSED, "no such method");
        done(journal.acknowledged(List.of(end), samples.now()));
        assertThat(sent(message).states())
                .containsOnlyKeys(State.QUEUED, State.PUBLISHED, State.REFUSED)
                .containsEntry(State.REFUSED, samples.now());
    }

    @Test
    void lateRepeatedUnknownAndForeignAcksChangeNothing() {
        Message message = published(1);
        acknowledge(message, State.STARTED);
        SentMessage before = sent(message);
        samples.pass(Duration.ofSeconds(1));
        acknowledge(message, State.RECEIVED);
        acknowledge(message, State.STARTED);
        Ack foreign =
                Ack.of(message.id(), new NodeName("another"), State.SUCCEEDED, "not my message");
        assertThat(done(journal.acknowledged(List.of(foreign), samples.now())).getFirst())
                .contains(before.state());
        assertThat(sent(message)).isEqualTo(before);
        Ack unknown = Ack.of(samples.id(), Samples.SHIP, State.SUCCEEDED, null);
        assertThat(done(journal.acknowledged(List.of(unknown), samples.now())).getFirst())
                .isEmpty();
        assertThat(sequences()).isEmpty();
    }

    @Test
    void anAnswerAfterTheEndIsKeptAsANote() {
        Message message = published(1);
        assertThat(end(message, State.EXPIRED, State.QUEUED, State.PUBLISHED)).isTrue();
        SentMessage before = sent(message);
        acknowledge(message, State.SUCCEEDED);
        SentMessage after = sent(message);
        assertThat(after.state()).isEqualTo(State.EXPIRED);
        assertThat(after.states()).isEqualTo(before.states());
        assertThat(after.note()).contains("late answer").contains("succeeded");
        assertThat(sequences()).containsExactly(1L);
    }

    boolean end(Message message, State end, State... ifIn) {
        return done(journal.endSent(message.id(), List.of(ifIn), end, "because", samples.now()));
    }

    @Test
    void endingHereHoldsOnlyInTheStatesGiven() {
        Message message = published(1);
        assertThat(end(message, State.CANCELLED, State.QUEUED)).isFalse();
        assertThat(end(message, State.CANCELLED, State.PUBLISHED)).isTrue();
        assertThat(end(message, State.EXPIRED, State.PUBLISHED, State.CANCELLED)).isFalse();
        assertThat(sent(message).state()).isEqualTo(State.CANCELLED);
        assertThat(sent(message).reason()).isEqualTo("because");
        assertThat(sent(message).ack()).isNull();
        assertThatThrownBy(() -> end(message, State.STARTED, State.QUEUED))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPublishedMessageIsDueForALookAfterItsAckTimeout() {
        Message message = published(1);
        accepted();
        assertThat(journal.dueForLook(samples.now().plusSeconds(29), 10)).isEmpty();
        assertThat(due(30)).containsExactly(message.id());
        done(journal.lookAgain(List.of(message.id()), samples.now().plusSeconds(90), 1));
        assertThat(due(89)).isEmpty();
        assertThat(due(90)).containsExactly(message.id());
        assertThat(sent(message).looks()).isEqualTo(1);
        done(journal.lookNow(new NodeName("another"), samples.now()));
        assertThat(due(0)).isEmpty();
        done(journal.lookNow(Samples.SHIP, samples.now()));
        assertThat(due(0)).containsExactly(message.id());
    }

    @Test
    void aReceivedOrStartedMessageIsDueForALookAfterTheLastWordOfIt() {
        Message message = published(1);
        int pause = (int) Journal.LOOK_AFTER_NEWS.toSeconds();
        acknowledge(message, State.RECEIVED);
        assertThat(due(pause - 1)).isEmpty();
        assertThat(due(pause)).containsExactly(message.id());
        samples.pass(Duration.ofSeconds(100));
        acknowledge(message, State.STARTED);
        assertThat(due(pause - 1)).isEmpty();
        assertThat(due(pause)).containsExactly(message.id());
        acknowledge(message, State.SUCCEEDED);
        acknowledge(message, State.STARTED);
        assertThat(due(10 * pause)).isEmpty();
    }

    @Test
    void takenTellsWhatCameOfAnInput() {
        Message message = samples.command();
        assertThat(journal.taken("input-1")).isEmpty();
        done(journal.accept("input-1", List.of(message)));
        assertThat(journal.taken("input-1")).contains(List.of(message.id()));
        done(journal.accept("nothing", List.of()));
        assertThat(journal.taken("nothing")).contains(List.of());
    }

    private List<MessageId> due(int seconds) {
        return journal.dueForLook(samples.now().plusSeconds(seconds), 10).stream()
                .map(sent -> sent.message().id())
                .toList();
    }

    @Test
    void messagesToManyNodesAreDueForALookUpToTheLimit() {
        for (int i = 0; i < 20; i++) {
            Message message = samples.command(new NodeName("node" + i % 7), Map.of());
            done(journal.accept(null, List.of(message)));
            done(journal.published(message.id(), samples.published(i)));
        }
        assertThat(journal.dueForLook(samples.now().plusSeconds(30), 100)).hasSize(20);
        assertThat(journal.dueForLook(samples.now().plusSeconds(30), 11)).hasSize(11);
    }

    @Test
    void overdueIsWhatPassedItsDeadline() {
        Message queued = accepted();
        Message running = published(1);
        acknowledge(running, State.STARTED);
        Message longRunning =
                samples.command(Samples.CENTRAL, Samples.SHIP, Map.of(), Duration.ofHours(2));
        done(journal.accept(null, List.of(longRunning)));
        acknowledge(longRunning, State.RECEIVED);
        Message over = published(2);
        acknowledge(over, State.SUCCEEDED);
        Instant expires = queued.expiresAt();
        assertThat(overdue(expires.minusMillis(1))).isEmpty();
        assertThat(overdue(expires)).containsExactly(queued.id());
        assertThat(overdue(expires.plusSeconds(70)))
                .containsExactlyInAnyOrder(queued.id(), running.id());
        assertThat(overdue(expires.plusSeconds(7210)))
                .containsExactlyInAnyOrder(queued.id(), running.id(), longRunning.id());
    }

    private List<MessageId> overdue(Instant now) {
        return journal.overdue(now, Duration.ofSeconds(60), Duration.ofSeconds(10), 10).stream()
                .map(sent -> sent.message().id())
                .toList();
    }
}

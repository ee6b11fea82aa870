package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.journal.Journal.DeadLetter;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Entry;
import io.steward.agent.journal.Journal.Incoming;
import io.steward.agent.journal.Journal.Query;
import io.steward.agent.journal.Journal.Taken;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.Limits;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// What every journal does for the receiving side.
abstract class ReceivingContract extends OutputContract {

    @Test
    void whatGrewBeyondTheLargestPayloadIsReadAgain() throws Exception {
        String data =
                """
                {"id":"%s","from":"central","to":"ship1","type":"command",
                "method":"shellcommand","domain":"d","createdAt":"%s","data":["%s"]}\
                """
                        .formatted(
                                samples.id(),
                                samples.now(),
                                "x".repeat(Limits.MAX_PAYLOAD_BYTES - 200));
        Message message = Envelope.decode(data.getBytes(StandardCharsets.UTF_8));
        assertThat(Envelope.encode(message)).hasSizeGreaterThan(Limits.MAX_PAYLOAD_BYTES);
        done(journal.receive(List.of(samples.incoming(message, 1))));
        journal = restart();
        assertThat(journal.unfinishedOf(message.subject(), 1).getFirst().message())
                .isEqualTo(message);
        assertThat(done(journal.finishedAll(List.of(samples.finish(message, State.SUCCEEDED)))))
                .containsExactly(true);
        assertThat(journal.processedAfter(0, 1).getFirst().entry().message()).isEqualTo(message);
    }

    @Test
    void aKnownIdIsNotTakenInAgain() {
        Message message = received(1);
        done(journal.started(message.id(), 1, "boot-1", samples.now()));
        journal = restart();
        Taken again = done(journal.receive(List.of(samples.incoming(message, 2)))).getFirst();
        assertThat(again).isInstanceOf(Taken.Known.class);
        if (again instanceof Taken.Known(var known)) {
            assertThat(known.message()).isEqualTo(message);
            assertThat(known.state()).isEqualTo(State.STARTED);
        }
        assertThat(journal.unfinished(Direction.RECEIVED)).isEqualTo(1);
    }

    @Test
    void whatWasNeverStartedCanBeGivenUpAndComeAgain() {
        Message started = received(1);
        done(journal.started(started.id(), 1, "boot-1", samples.now()));
        Message kept = received(2);
        Message given = received(3);
        assertThat(done(journal.giveUpUnstarted(kept.id()::equals))).containsExactly(given.id());
        assertThat(journal.received(given.id())).isEmpty();
        assertThat(journal.unfinished(Direction.RECEIVED)).isEqualTo(2);
        assertThat(journal.counts().get(Direction.RECEIVED))
                .isEqualTo(Map.of(State.RECEIVED, 1L, State.STARTED, 1L));
        journal = restart();
        assertThat(done(journal.receive(List.of(samples.incoming(given, 4)))))
                .containsExactly(new Taken.New());
        assertThat(journal.unfinished(Direction.RECEIVED)).isEqualTo(3);
    }

    @Test
    void twoCopiesInOneBatchAreOneMessage() {
        Message message = samples.command();
        List<Taken> taken =
                done(
                        journal.receive(
                                List.of(
                                        samples.incoming(message, 2),
                                        samples.incoming(message, 1))));
        assertThat(taken.getFirst()).isInstanceOf(Taken.Known.class);
        assertThat(taken.getLast()).isInstanceOf(Taken.New.class);
    }

    @Test
    void theSameIdWithAnotherBodyIsAConflict() {
        Message message = received(1);
        assertThat(done(journal.receive(List.of(new Incoming(message, "x", 2, samples.now())))))
                .containsExactly(new Taken.Conflict());
    }

    @Test
    void aMessageCancelledAheadIsNeverUnfinished() {
        Message message = samples.command();
        assertThat(done(journal.cancelAhead(message.id(), samples.now()))).isEmpty();
        assertThat(done(journal.cancelAhead(message.id(), samples.now()))).isEmpty();
        journal = restart();
        Taken taken = done(journal.receive(List.of(samples.incoming(message, 1)))).getFirst();
        assertThat(taken).isInstanceOf(Taken.CancelledBefore.class);
        assertThat(journal.received(message.id()).orElseThrow().state()).isEqualTo(State.CANCELLED);
        assertThat(journal.unfinished(null, 10)).isEmpty();
        assertThat(sequences()).containsExactly(1L);
        Message ack = ((Taken.CancelledBefore) taken).ack();
        assertThat(journal.queued(10)).containsExactly(ack);
        assertThat(ack.subject().node()).isEqualTo(message.from());
        assertThat(done(journal.receive(List.of(samples.incoming(message, 2)))).getFirst())
                .isInstanceOf(Taken.Known.class);
    }

    @Test
    void aRefusedMessageIsKeptWithItsReasonAndNeverUnfinished() {
        Message message = samples.command();
        Incoming incoming =
                new Incoming(
                        message,
                        "hash of " + message.id(),
                        1,
                        samples.now(),
                        message.expiresAt(),
                        0,
                        "because");
        done(journal.cancelAhead(message.id(), samples.now()));
        Taken taken = done(journal.receive(List.of(incoming))).getFirst();
        assertThat(taken).isInstanceOf(Taken.Refused.class);
        var known = journal.received(message.id()).orElseThrow();
        assertThat(known.state()).isEqualTo(State.REFUSED);
        assertThat(known.outcome()).isNotNull().extracting(Ack::reason).isEqualTo("because");
        assertThat(journal.unfinished(null, 10)).isEmpty();
        assertThat(sequences()).containsExactly(1L);
        assertThat(journal.queued(10)).containsExactly(((Taken.Refused) taken).ack());
        assertThat(done(journal.receive(List.of(samples.incoming(message, 2)))).getFirst())
                .isInstanceOf(Taken.Known.class);
    }

    @Test
    void aKnownMessageThatComesAgainIsNotRefused() {
        Message message = received(1);
        Incoming again =
                new Incoming(
                        message,
                        "hash of " + message.id(),
                        2,
                        samples.now(),
                        message.expiresAt(),
                        0,
                        "because");
        assertThat(done(journal.receive(List.of(again))).getFirst())
                .isInstanceOf(Taken.Known.class);
        assertThat(journal.received(message.id()).orElseThrow().state()).isEqualTo(State.RECEIVED);
    }

    @Test
    void cancellingAheadWhatIsKnownTellsHowItIs() {
        Message message = received(1);
        assertThat(done(journal.cancelAhead(message.id(), samples.now())).orElseThrow().state())
                .isEqualTo(State.RECEIVED);
    }

    @Test
    void finishingEndsQueuesTheAckAndWritesTheProcessedRow() {
        Message message = received(1);
        done(journal.started(message.id(), 1, "boot-1", samples.now()));
        samples.pass(Duration.ofSeconds(3));
        Message copy = samples.command(new NodeName("ship2"), Map.of());
        Ack outcome = samples.ack(message, State.FAILED);
        Message ack = samples.ackMessage(message, State.FAILED);
        assertThat(done(journal.finished(message.id(), outcome, ack, List.of(copy), samples.now())))
                .isTrue();
        var after = journal.received(message.id()).orElseThrow();
        assertThat(after.state()).isEqualTo(State.FAILED);
        assertThat(after.outcome()).isEqualTo(outcome);
        assertThat(after.attempt()).isEqualTo(1);
        assertThat(after.bootId()).isEqualTo("boot-1");
        assertThat(after.states()).containsOnlyKeys(State.RECEIVED, State.STARTED, State.FAILED);
        assertThat(journal.queued(10)).containsExactlyInAnyOrder(ack, copy);
        assertThat(journal.unfinished(Direction.RECEIVED)).isZero();
        assertThat(sequences()).containsExactly(1L);
        assertThat(
                        done(
                                journal.finished(
                                        message.id(),
                                        samples.ack(message, State.SUCCEEDED),
                                        null,
                                        List.of(),
                                        samples.now())))
                .isFalse();
        assertThat(journal.received(message.id()).orElseThrow()).isEqualTo(after);
    }

    @Test
    void whatHasEndedIsNotStarted() {
        Message message = received(1);
        done(journal.finishedAll(List.of(samples.finish(message, State.CANCELLED))));
        assertThatThrownBy(() -> done(journal.started(message.id(), 1, "boot-1", samples.now())))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("cancelled");
        assertThatThrownBy(() -> done(journal.started(samples.id(), 1, "boot-1", samples.now())))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("never received");
    }

    @Test
    void unfinishedMessagesComeInTheOrderTheBrokerStoredThem() {
        Message third = samples.command();
        Message first = samples.command();
        Message second = samples.command();
        done(
                journal.receive(
                        List.of(
                                samples.incoming(third, 12),
                                samples.incoming(first, 10),
                                samples.incoming(second, 11))));
        Message inANewMailbox = received(1);
        done(journal.started(second.id(), 2, "boot-1", samples.now()));
        done(journal.finishedAll(List.of(samples.finish(third, State.SUCCEEDED))));
        journal = restart();
        var page = journal.unfinished(null, 2);
        assertThat(page).extracting(r -> r.message().id()).containsExactly(first.id(), second.id());
        assertThat(page.getLast().attempt()).isEqualTo(2);
        assertThat(journal.unfinished(page.getLast(), 10))
                .extracting(received -> received.message().id())
                .containsExactly(inANewMailbox.id());
        assertThat(journal.unfinished(Direction.RECEIVED)).isEqualTo(3);
    }

    @Test
    void aNodeThatSendsToItselfHasTheMessageInBothLists() {
        Message message = accepted();
        done(journal.receive(List.of(samples.incoming(message, 1))));
        done(journal.finishedAll(List.of(samples.finish(message, State.SUCCEEDED))));
        assertThat(sent(message).state()).isEqualTo(State.QUEUED);
        assertThat(journal.received(message.id()).orElseThrow().state()).isEqualTo(State.SUCCEEDED);
        accepted();
        assertThat(journal.history(Query.all(), null, 2))
                .extracting(Entry::direction)
                .containsExactly(Direction.SENT, Direction.RECEIVED, Direction.SENT);
    }

    @Test
    void deadLettersAreKeptNewestFirst() {
        for (int i = 1; i <= 3; i++) {
            done(
                    journal.deadLetter(
                            new DeadLetter(
                                    "ship1.event.x.y",
                                    i,
                                    new byte[] {(byte) i, 0},
                                    "not JSON",
                                    samples.now())));
        }
        assertThat(journal.deadLetters(2)).extracting(DeadLetter::sequence).containsExactly(3L, 2L);
        assertThat(journal.deadLetters(1).getFirst().payload()).containsExactly(3, 0);
    }

    @Test
    void theUnfinishedOfOneSubjectAreReadByThemselves() {
        Message first = received(1);
        Message second = received(2);
        assertThat(journal.unfinishedSubjects(Samples.SHIP)).containsExactly(first.subject());
        assertThat(journal.unfinishedOf(first.subject(), 9))
                .extracting(received -> received.message().id())
                .containsExactly(first.id(), second.id());
        done(journal.finishedAll(List.of(samples.finish(first, State.SUCCEEDED))));
        assertThat(journal.unfinishedOf(first.subject(), 9))
                .extracting(received -> received.message().id())
                .containsExactly(second.id());
        done(journal.finishedAll(List.of(samples.finish(second, State.SUCCEEDED))));
        assertThat(journal.unfinishedSubjects(Samples.SHIP)).isEmpty();
    }
}

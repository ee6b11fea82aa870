package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.journal.Journal.Piece;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.Output;
import io.steward.messages.State;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What every journal does with the output of followed messages.
abstract class OutputContract extends AckQueueContract {

    @Test
    void piecesLieEndToEndInTheOrderTheyCameAndTheEndBringsTheRest() {
        Message message = published(1);
        said(frame(message, 1, "one ", 0, "", 0));
        said(frame(message, 1, "", 4, "oops", 0), frame(message, 1, "two ", 4, "", 4));
        assertThat(texts(message)).containsExactly("1 out one ", "1 err oops", "1 out two ");
        assertThat(journal.sent(message.id()).orElseThrow().state()).isEqualTo(State.STARTED);
        journal = restart();
        said(end(message, 1, "one two three", "oops!"));
        assertThat(texts(message))
                .containsExactly(
                        "1 out one ", "1 err oops", "1 out two ", "1 out three", "1 err !");
        List<Piece> pieces = journal.output(message.id(), 0, 9);
        assertThat(pieces).extracting(Piece::at).containsExactly(0, 0, 4, 8, 4);
        assertThat(journal.output(message.id(), pieces.get(1).cursor(), 2))
                .isEqualTo(pieces.subList(2, 4));
        assertThat(journal.output(samples.id(), 0, 9)).isEmpty();
    }

    @Test
    void whatIsThereIsNotTakenTwiceAndWhatLeavesAGapIsLeftOut() {
        Message message = published(1);
        said(frame(message, 1, "abc", 0, "", 0), frame(message, 1, "abc", 0, "", 0));
        said(frame(message, 1, "cde", 2, "", 0), frame(message, 1, "x", 9, "", 0));
        assertThat(texts(message)).containsExactly("1 out abc", "1 out de");
        said(end(message, 1, "abcdefghix", ""));
        said(frame(message, 1, "more", 10, "", 0), end(message, 1, "abcdefghix more", ""));
        assertThat(texts(message)).containsExactly("1 out abc", "1 out de", "1 out fghix");
    }

    @Test
    void anotherAttemptBeginsAnew() {
        Message message = published(1);
        said(frame(message, 1, "first", 0, "", 0), frame(message, 2, "sec", 0, "", 0));
        said(frame(message, 1, " late", 5, "", 0));
        said(end(message, 2, "second", ""));
        assertThat(texts(message)).containsExactly("1 out first", "2 out sec", "2 out ond");
    }

    @Test
    void whatAnotherNodeSaysChangesNothing() {
        Message message = published(1);
        Message elsewhere = samples.command(new NodeName("ship2"), java.util.Map.of());
        Ack lie = frame(elsewhere, 1, "lie", 0, "", 0);
        said(
                new Ack(
                        message.id(),
                        lie.node(),
                        State.STARTED,
                        null,
                        null,
                        null,
                        lie.stdout(),
                        lie.stderr(),
                        0,
                        0,
                        false,
                        null,
                        null,
                        1,
                        null));
        assertThat(texts(message)).isEmpty();
        assertThat(journal.sent(message.id()).orElseThrow().state()).isEqualTo(State.PUBLISHED);
    }

    @Test
    void aFrameIsNotTheAnswerAndIsNoLineOfTheProcessedLog() {
        Message message = published(1);
        said(frame(message, 1, "abc", 0, "", 0));
        Ack ack = journal.sent(message.id()).orElseThrow().ack();
        assertThat(ack).isNotNull();
        assertThat(ack.stdout().isEmpty()).isTrue();
        assertThat(sequences()).isEmpty();
    }

    @Test
    void aMessageThatSaidNothingWhileItRanHasNoPieces() {
        Message message = published(1);
        said(end(message, 1, "all", "of it"));
        assertThat(texts(message)).isEmpty();
    }

    @Test
    void piecesAreRemovedWithTheirMessage() {
        Message message = published(1);
        said(frame(message, 1, "abc", 0, "", 0), end(message, 1, "abcd", ""));
        samples.pass(Duration.ofDays(30));
        journal.logged(1);
        assertThat(journal.prune(samples.now())).isEqualTo(1);
        assertThat(texts(message)).isEmpty();
    }

    @Test
    void itIsKnownWhetherAnAckStillWaits() {
        Message ack = samples.ackMessage(samples.command(), State.STARTED);
        assertThat(journal.ackWaits(ack.id())).isFalse();
        done(journal.accept(null, List.of(ack)));
        assertThat(journal.ackWaits(ack.id())).isTrue();
        done(journal.published(ack.id(), samples.published(1)));
        assertThat(journal.ackWaits(ack.id())).isFalse();
    }

    private void said(Ack... acks) {
        done(journal.acknowledged(List.of(acks), samples.now()));
    }

    private Ack frame(Message about, int attempt, String out, int outAt, String err, int errAt) {
        Ack started = samples.ack(about, State.STARTED);
        return new Ack(
                started.messageId(),
                started.node(),
                State.STARTED,
                null,
                null,
                null,
                Output.of(out),
                Output.of(err),
                outAt,
                errAt,
                false,
                samples.now(),
                null,
                attempt,
                null);
    }

    private Ack end(Message about, int attempt, String out, String err) {
        return new Ack(
                about.id(),
                about.subject().node(),
                State.SUCCEEDED,
                null,
                0,
                null,
                Output.of(out),
                Output.of(err),
                0,
                0,
                false,
                samples.now(),
                Duration.ofMillis(3),
                attempt,
                null);
    }

    private List<String> texts(Message message) {
        return journal.output(message.id(), 0, 100).stream()
                .map(piece ->
                        "%d %s %s"
                                .formatted(
                                        piece.attempt(),
                                        piece.stderr() ? "err" : "out",
                                        piece.bytes().text()))
                .toList();
    }
}

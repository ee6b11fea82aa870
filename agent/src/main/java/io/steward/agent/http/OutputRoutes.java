package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Piece;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.outbox.Outbox;
import io.steward.messages.Ack;
import io.steward.messages.MessageId;
import io.steward.messages.Output;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;

/// What a message prints, as it comes.
final class OutputRoutes {
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofMillis(100);

    /// A piece has at most the bytes of a frame, so that an answer has a few megabytes.
    private static final int PAGE = 32;

    private final Outbox outbox;
    private final Journal journal;
    private final Gate gate;

    OutputRoutes(Outbox outbox, Journal journal, Gate gate) {
        this.outbox = outbox;
        this.journal = journal;
        this.gate = gate;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, "/v1/messages/{id}/output", this::output, "after", "wait"));
    }

    /// `GET /v1/messages/{id}/output`: the pieces behind the cursor `after`, as soon as there is
    /// one or the message has ended, or the time is over. `ended` says that there will be no more.
    private void output(Call call) throws InterruptedException {
        MessageId id = call.path("id", MessageId::new);
        long after = call.query("after", Long::valueOf).orElse(0L);
        Duration wait = call.await(Duration.ZERO, LONGEST_WAIT);
        long deadline = System.nanoTime() + wait.toNanos();
        boolean open = true;
        while (true) {
            long ticket = gate.ticket();
            // why: the state before the pieces, so that an end is not said before its last piece
            SentMessage sent = journal.sent(id).orElseThrow(() -> Outcomes.unknown(id));
            List<Piece> pieces = pieces(sent, after);
            boolean over = System.nanoTime() - deadline >= 0;
            if (!pieces.isEmpty() || sent.state().isEnd() || over || !open) {
                call.answer(200, answer(sent, pieces, after));
                return;
            }
            long look = Math.min(deadline, System.nanoTime() + LOOK.toNanos());
            open = gate.passed(ticket, look) || System.nanoTime() - look >= 0;
        }
    }

    private List<Piece> pieces(SentMessage sent, long after) {
        MessageId id = sent.message().id();
        List<Piece> pieces = journal.output(id, after, PAGE);
        Ack ack = sent.ack();
        if (!pieces.isEmpty()
                || !sent.state().isEnd()
                || ack == null
                || !journal.output(id, 0, 1).isEmpty()) {
            return pieces;
        }
        // Its receiver told nothing while it ran.
        return Stream.of(
                        new Piece(1, ack.attempt(), false, 0, ack.stdout()),
                        new Piece(2, ack.attempt(), true, 0, ack.stderr()))
                .filter(piece -> piece.cursor() > after && !piece.bytes().isEmpty())
                .toList();
    }

    private ObjectNode answer(SentMessage sent, List<Piece> pieces, long after) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("pieces");
        pieces.forEach(piece -> array.add(view(piece)));
        json.put("next", pieces.isEmpty() ? after : pieces.getLast().cursor());
        json.put("ended", sent.state().isEnd() && pieces.size() < PAGE);
        json.set("message", Views.sent(sent, outbox::problem));
        return json;
    }

    private static ObjectNode view(Piece piece) {
        ObjectNode json = Json.object();
        json.put("cursor", piece.cursor());
        json.put("attempt", piece.attempt());
        json.put("stream", piece.stderr() ? "stderr" : "stdout");
        json.put("at", piece.at());
        Output bytes = piece.bytes();
        if (bytes.isText()) {
            json.put("text", bytes.text());
        } else {
            json.put("base64", Base64.getEncoder().encodeToString(bytes.bytes()));
        }
        return json;
    }
}

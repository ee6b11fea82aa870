package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Finish;
import io.steward.agent.journal.Journal.Incoming;
import io.steward.agent.journal.Messages.Found;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.State;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The writes of the receiving side; see [Journal] for what each means.
final class Receiving {
    /// The reason of a message that was cancelled before it came.
    static final String CANCELLED_BEFORE = "cancelled before it came";

    private Receiving() {}

    /// What became of one message that was fetched, not yet decoded.
    sealed interface Result {
        record New() implements Result {}

        record Known(Stored row) implements Result {}

        record Conflict() implements Result {}

        record CancelledBefore(Message ack) implements Result {}

        record Refused(Message ack) implements Result {}
    }

    /// An incoming message with its bytes.
    record Arrival(Incoming incoming, Draft draft) {}

    static List<Result> receive(Transaction tx, List<Arrival> arrivals, MessageIds ids)
            throws SQLException {
        Result[] results = new Result[arrivals.size()];
        List<Integer> bySequence =
                IntStream.range(0, results.length)
                        .boxed()
                        .sorted(
                                Comparator.comparingLong(
                                        i -> arrivals.get(i).incoming().sequence()))
                        .toList();
        for (int i : bySequence) {
            results[i] = receive(tx, arrivals.get(i), ids);
        }
        return Arrays.asList(results);
    }

    private static Result receive(Transaction tx, Arrival arrival, MessageIds ids)
            throws SQLException {
        Incoming incoming = arrival.incoming();
        Message message = incoming.message();
        Optional<String> hash =
                tx.sql()
                        .first(
                                """
                                SELECT b.hash FROM message m JOIN body b ON b.seq = m.seq
                                WHERE m.id = ? AND m.direction = 1
                                """,
                                row -> row.getString(1),
                                message.id().value());
        if (hash.isPresent()) {
            return hash.get().equals(incoming.bodyHash())
                    ? new Result.Known(known(tx, arrival))
                    : new Result.Conflict();
        }
        Messages.add(
                tx,
                Direction.RECEIVED,
                arrival.draft(),
                incoming.bodyHash(),
                incoming.deadline(),
                incoming.at());
        if (incoming.starts() > 0) {
            tx.sql()
                    .update(
                            "UPDATE message SET attempt = ? WHERE id = ? AND direction = 1",
                            incoming.starts(),
                            message.id().value());
        }
        boolean cancelled =
                tx.sql().update("DELETE FROM cancelled WHERE id = ?", message.id().value()) > 0;
        String refusal = incoming.refusal();
        if (refusal != null) {
            return new Result.Refused(
                    end(tx, message, State.REFUSED, refusal, ids.next(), incoming.at()));
        }
        return cancelled
                ? new Result.CancelledBefore(
                        end(
                                tx,
                                message,
                                State.CANCELLED,
                                CANCELLED_BEFORE,
                                ids.next(),
                                incoming.at()))
                : new Result.New();
    }

    /// A message that has come again: it is the same one, so that it can stand in for what the disk
    /// has kept otherwise.
    private static Stored known(Transaction tx, Arrival arrival) throws SQLException {
        MessageId id = arrival.incoming().message().id();
        Stored row = Messages.read(tx.sql(), id, Direction.RECEIVED).orElseThrow();
        byte[] whole = arrival.draft().envelope();
        if (Arrays.equals(row.envelope(), whole)) {
            return row;
        }
        tx.sql().update("UPDATE body SET envelope = ? WHERE seq = ?", whole, row.seq());
        return Messages.read(tx.sql(), id, Direction.RECEIVED).orElseThrow();
    }

    private static Message end(
            Transaction tx, Message message, State end, String why, MessageId ackId, Instant at)
            throws SQLException {
        Ack outcome = Ack.of(message.id(), message.subject().node(), end, why);
        Message ack = Message.ofAck(ackId, message.subject().node(), message, outcome, at);
        Found key = Messages.find(tx, message.id(), Direction.RECEIVED).orElseThrow();
        Messages.answer(tx, key, Codec.encode(outcome));
        Messages.move(tx, key, end, why, at);
        Messages.queue(tx, Draft.of(ack), at);
        return ack;
    }

    static void started(Transaction tx, MessageId id, int attempt, String bootId, Instant at)
            throws SQLException {
        Found key = known(tx, id);
        if (key.state().isEnd()) {
            throw new JournalException(
                    JournalException.Kind.OTHER,
                    "message %s has ended as %s: it must not be started"
                            .formatted(id, key.state()));
        }
        tx.sql()
                .update(
                        """
                        UPDATE message SET state = 3, started = ?, attempt = ?, boot = ?
                        WHERE id = ? AND direction = 1
                        """,
                        at.toEpochMilli(),
                        attempt,
                        bootId,
                        id.value());
        tx.counters().moved(Direction.RECEIVED, key.state(), State.STARTED);
    }

    /// A finish with its bytes.
    record Finishing(Finish finish, byte[] outcome, @Nullable Draft ackMessage, List<Draft> also) {
        static Finishing of(Finish finish) {
            Message ack = finish.ackMessage();
            return new Finishing(
                    finish,
                    Codec.encode(finish.outcome()),
                    ack == null ? null : Draft.of(ack),
                    Draft.of(finish.also()));
        }

        /// How much of it is held in memory.
        long bytes() {
            return outcome.length
                    + (ackMessage == null ? 0 : ackMessage.bytes())
                    + Draft.bytes(also);
        }
    }

    static boolean finished(Transaction tx, Finishing finishing) throws SQLException {
        Finish finish = finishing.finish();
        Found key = known(tx, finish.id());
        if (key.state().isEnd()) {
            return false;
        }
        Ack outcome = finish.outcome();
        Instant startedAt = outcome.startedAt();
        tx.sql()
                .update(
                        """
                        UPDATE message SET attempt = max(attempt, ?), started = coalesce(started, ?)
                        WHERE id = ? AND direction = 1
                        """,
                        outcome.attempt(),
                        startedAt == null ? null : startedAt.toEpochMilli(),
                        finish.id().value());
        Messages.answer(tx, key, finishing.outcome());
        Messages.move(tx, key, outcome.state(), outcome.reason(), finish.at());
        Draft ack = finishing.ackMessage();
        if (ack != null) {
            Messages.queue(tx, ack, finish.at());
        }
        for (Draft draft : finishing.also()) {
            Messages.queue(tx, draft, finish.at());
        }
        return true;
    }

    static Optional<Stored> cancelAhead(Transaction tx, MessageId id, Instant at)
            throws SQLException {
        Optional<Stored> known = Messages.read(tx.sql(), id, Direction.RECEIVED);
        if (known.isEmpty() || !known.get().state().isEnd()) {
            tx.sql()
                    .update(
                            "INSERT OR IGNORE INTO cancelled (id, at) VALUES (?, ?)",
                            id.value(),
                            at.toEpochMilli());
        }
        return known;
    }

    private record Unstarted(MessageId id, long seq, int labels) {}

    static List<MessageId> giveUp(Transaction tx, Predicate<MessageId> keep) throws SQLException {
        List<Unstarted> unstarted =
                tx.sql()
                        .list(
                                """
                                SELECT id, seq, labels FROM message
                                WHERE direction = 1 AND state < 4 AND state = 2
                                ORDER BY seq
                                """,
                                row ->
                                        new Unstarted(
                                                new MessageId(row.getString(1)),
                                                row.getLong(2),
                                                row.getInt(3)));
        unstarted.removeIf(each -> keep.test(each.id()));
        tx.counters().keep(tx.sql());
        for (Unstarted each : unstarted) {
            Pruning.removeMessage(
                    tx,
                    each.id().value(),
                    Rows.number(Direction.RECEIVED),
                    each.seq(),
                    each.labels(),
                    Rows.number(State.RECEIVED));
        }
        return unstarted.stream().map(Unstarted::id).toList();
    }

    private static Found known(Transaction tx, MessageId id) throws SQLException {
        return Messages.find(tx, id, Direction.RECEIVED)
                .orElseThrow(() ->
                        new JournalException(
                                JournalException.Kind.OTHER,
                                "message %s is not in the journal: it was never received here"
                                        .formatted(id)));
    }
}

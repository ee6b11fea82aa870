package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Accepted;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Published;
import io.steward.agent.journal.Messages.Found;
import io.steward.messages.Ack;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The writes of the sending side; see [Journal] for what each means.
final class Sending {
    private Sending() {}

    /// Whether an input was accepted. A value, as a failure would roll back what others have
    /// written in the same transaction.
    sealed interface Acceptance {
        /// @throws JournalException if it was not
        Accepted accepted();

        /// It is in the journal.
        record Taken(Accepted accepted) implements Acceptance {}

        /// There is no room for it.
        record Full(long open, int more, long most) implements Acceptance {
            @Override
            public Accepted accepted() {
                throw full(open, more, most);
            }
        }
    }

    static JournalException full(long open, int more, long most) {
        return new JournalException(
                JournalException.Kind.QUEUE_FULL,
                "no room for %d message(s): %d that were sent from here have not ended, and journal.maxQueued allows %d. `steward status` shows for whom they wait; when some of them have ended or were cancelled there is room again"
                        .formatted(more, open, most));
    }

    static Acceptance accept(
            Transaction tx, @Nullable String key, List<Draft> drafts, long mostOpen, Instant at)
            throws SQLException {
        if (key != null) {
            Optional<List<MessageId>> taken = Reading.taken(tx.sql(), key).map(Sending::ids);
            if (taken.isPresent()) {
                return new Acceptance.Taken(new Accepted(taken.get(), false));
            }
        }
        int more =
                (int) drafts.stream().filter(draft -> !draft.message().subject().isAck()).count();
        long open = tx.counters().unfinished(Direction.SENT);
        if (open + more > mostOpen) {
            return new Acceptance.Full(open, more, mostOpen);
        }
        List<MessageId> ids = drafts.stream().map(draft -> draft.message().id()).toList();
        for (Draft draft : drafts) {
            Messages.queue(tx, draft, at);
        }
        if (key != null) {
            tx.sql()
                    .update(
                            "INSERT INTO input (key, at, ids) VALUES (?, ?, ?)",
                            key,
                            at.toEpochMilli(),
                            ids.stream().map(MessageId::value).collect(Collectors.joining(" ")));
        }
        return new Acceptance.Taken(new Accepted(ids, true));
    }

    static List<MessageId> ids(String listed) {
        return Stream.of(listed.split(" "))
                .filter(id -> !id.isEmpty())
                .map(MessageId::new)
                .toList();
    }

    static void published(Transaction tx, MessageId id, Published where) throws SQLException {
        if (removeAck(tx, id)) {
            return;
        }
        Found key = Messages.find(tx, id, Direction.SENT).orElse(null);
        if (key == null || key.state().isEnd()) {
            return;
        }
        tx.sql()
                .update(
                        """
                        UPDATE message SET stream = ?1, stream_created = ?2, stream_sequence = ?3,
                          stored = ?4, look = ?4 + ack_timeout WHERE id = ?5 AND direction = 0
                        """,
                        where.stream(),
                        where.streamCreated().toEpochMilli(),
                        where.sequence(),
                        where.at().toEpochMilli(),
                        id.value());
        if (key.state().mayBecome(State.PUBLISHED)) {
            Messages.move(tx, key, State.PUBLISHED, null, where.at());
        }
    }

    static void note(Transaction tx, MessageId id, @Nullable String note) throws SQLException {
        tx.sql()
                .update(
                        "UPDATE message SET note = ? WHERE id = ? AND direction = 0 AND state < "
                                + Rows.FIRST_END,
                        note,
                        id.value());
    }

    static void resending(Transaction tx, MessageId id, Instant at) throws SQLException {
        tx.sql()
                .update(
                        """
                        UPDATE message SET resends = resends + 1, look = ? + ack_timeout
                        WHERE id = ? AND direction = 0 AND state BETWEEN 1 AND 3
                        """,
                        at.toEpochMilli(),
                        id.value());
    }

    static List<Optional<State>> acknowledged(
            Transaction tx, List<Ack> acks, List<byte[]> encoded, Instant at) throws SQLException {
        List<Optional<State>> after = new ArrayList<>(acks.size());
        for (int i = 0; i < acks.size(); i++) {
            Ack ack = acks.get(i);
            Optional<Found> key = Messages.find(tx, ack.messageId(), Direction.SENT);
            if (key.isPresent() && key.get().node().equals(ack.node().value())) {
                after.add(Optional.of(acknowledged(tx, key.get(), ack, encoded.get(i), at)));
            } else {
                after.add(key.map(Found::state));
            }
        }
        return after;
    }

    private static State acknowledged(
            Transaction tx, Found key, Ack ack, byte[] encoded, Instant at) throws SQLException {
        if (!ack.state().isEnd() && !key.state().isEnd()) {
            tx.sql()
                    .update(
                            "UPDATE message SET look = ?, looks = 0 WHERE id = ? AND direction = 0",
                            at.plus(Journal.LOOK_AFTER_NEWS).toEpochMilli(),
                            key.id().value());
        }
        if (ack.isFrame() && !key.state().isEnd()) {
            Outputs.add(tx, key.seq(), ack);
        }
        if (key.state().mayBecome(ack.state())) {
            if (ack.state().isEnd()) {
                Outputs.complete(tx, key.seq(), ack);
            }
            Messages.answer(tx, key, encoded);
            Messages.move(tx, key, ack.state(), ack.state().isEnd() ? ack.reason() : null, at);
            times(tx, key, ack);
            return ack.state();
        }
        if (key.state().isEnd() && ack.state().isEnd() && key.state() != ack.state()) {
            tx.sql()
                    .update(
                            "UPDATE message SET note = ? WHERE id = ? AND direction = 0",
                            lateAnswer(ack, at),
                            key.id().value());
        }
        return key.state();
    }

    /// What the receiver says of when, instead of when that came to be known here. Its states of
    /// which nothing was heard get their time this way, too.
    private static void times(Transaction tx, Found key, Ack ack) throws SQLException {
        Instant received = ack.receivedAt();
        Instant started = ack.startedAt();
        Instant ended = ack.endedAt();
        if (received != null || started != null) {
            tx.sql()
                    .update(
                            """
                            UPDATE message SET received = coalesce(?, received),
                              started = coalesce(?, started), ended = coalesce(?, ended)
                            WHERE id = ? AND direction = 0
                            """,
                            received == null ? null : received.toEpochMilli(),
                            started == null ? null : started.toEpochMilli(),
                            ended == null ? null : ended.toEpochMilli(),
                            key.id().value());
        }
    }

    /// The note of a message whose receiver told its outcome after it had ended otherwise.
    static String lateAnswer(Ack ack, Instant at) {
        String reason = ack.reason();
        return "late answer at %s: %s%s"
                .formatted(at, ack.state(), reason == null ? "" : ", " + reason);
    }

    static boolean end(
            Transaction tx, MessageId id, List<State> ifIn, State end, String reason, Instant at)
            throws SQLException {
        if (ifIn.contains(State.QUEUED) && removeAck(tx, id)) {
            return true;
        }
        Found key = Messages.find(tx, id, Direction.SENT).orElse(null);
        if (key == null || !ifIn.contains(key.state()) || key.state().isEnd()) {
            return false;
        }
        Messages.move(tx, key, end, reason, at);
        return true;
    }

    static void lookAgain(Transaction tx, List<MessageId> ids, Instant next, int looks)
            throws SQLException {
        for (MessageId id : ids) {
            tx.sql()
                    .update(
                            """
                            UPDATE message SET look = ?, looks = ?
                            WHERE id = ? AND direction = 0 AND state BETWEEN 1 AND 3
                            """,
                            next.toEpochMilli(),
                            looks,
                            id.value());
        }
    }

    static void lookNow(Transaction tx, NodeName node, Instant now) throws SQLException {
        tx.sql()
                .update(
                        """
                        UPDATE message SET look = ?1
                        WHERE direction = 0 AND state < 4 AND state > 0 AND node = ?2 AND look > ?1
                        """,
                        now.toEpochMilli(),
                        node.value());
    }

    private static boolean removeAck(Transaction tx, MessageId id) throws SQLException {
        return tx.sql().update("DELETE FROM ack_out WHERE id = ?", id.value()) > 0;
    }
}

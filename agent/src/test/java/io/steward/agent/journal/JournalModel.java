package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Direction;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.State;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// What a journal has to say of its messages, in the plainest way: the states of a message as
/// docs/concepts.md draws them. It shares nothing with the journals, not even what state may follow
/// on what.
final class JournalModel {
    static final Set<State> ENDS =
            EnumSet.of(
                    State.SUCCEEDED,
                    State.FAILED,
                    State.INTERRUPTED,
                    State.REFUSED,
                    State.EXPIRED,
                    State.CANCELLED);

    private static final List<State> WAY =
            List.of(State.QUEUED, State.PUBLISHED, State.RECEIVED, State.STARTED);

    /// A row of the processed log.
    record Row(Direction direction, MessageId id, State end) {}

    /// A message, sent or received.
    static final class Known {
        final Message message;
        State state;
        int starts;
        int resends;
        boolean cancelling;

        Known(Message message, State state) {
            this.message = message;
            this.state = state;
        }

        boolean hasEnded() {
            return ENDS.contains(state);
        }
    }

    final Map<MessageId, Known> sent = new LinkedHashMap<>();
    final Map<MessageId, Known> received = new LinkedHashMap<>();
    final Map<String, List<MessageId>> inputs = new HashMap<>();
    final Set<MessageId> waitingAcks = new HashSet<>();
    private final Set<MessageId> cancelledAhead = new HashSet<>();
    private final List<Row> rows = new ArrayList<>();

    /// The rows that came since this was asked last, in their order.
    List<Row> newRows() {
        List<Row> news = List.copyOf(rows);
        rows.clear();
        return news;
    }

    private void end(Direction direction, Known known, State end) {
        known.state = end;
        known.cancelling = false;
        rows.add(new Row(direction, known.message.id(), end));
    }

    private static boolean isAhead(State next, State now) {
        return !ENDS.contains(now) && (ENDS.contains(next) || WAY.indexOf(next) > WAY.indexOf(now));
    }

    // ---- sending

    /// @return the ids that the key stands for
    List<MessageId> accept(String key, List<Message> messages) {
        List<MessageId> before = inputs.get(key);
        if (before != null) {
            return before;
        }
        messages.forEach(each -> sent.put(each.id(), new Known(each, State.QUEUED)));
        List<MessageId> ids = messages.stream().map(Message::id).toList();
        inputs.put(key, ids);
        return ids;
    }

    void published(MessageId id) {
        waitingAcks.remove(id);
        Known known = sent.get(id);
        if (known != null && known.state == State.QUEUED) {
            known.state = State.PUBLISHED;
        }
    }

    void resending(MessageId id) {
        Known known = sent.get(id);
        if (known != null && known.state != State.QUEUED && !known.hasEnded()) {
            known.resends++;
        }
    }

    /// @param byItsNode whether the node that it was sent to says so
    Optional<State> acknowledged(MessageId id, State told, boolean byItsNode) {
        Known known = sent.get(id);
        if (known == null) {
            return Optional.empty();
        }
        if (byItsNode && isAhead(told, known.state)) {
            if (ENDS.contains(told)) {
                end(Direction.SENT, known, told);
            } else {
                known.state = told;
            }
        }
        return Optional.of(known.state);
    }

    boolean endSent(MessageId id, Collection<State> ifIn, State end) {
        Known known = sent.get(id);
        if (known == null || known.hasEnded() || !ifIn.contains(known.state)) {
            return false;
        }
        end(Direction.SENT, known, end);
        return true;
    }

    // ---- receiving

    /// What is to become of a message that comes: "new", "known", "conflict" or "cancelled".
    String receive(Message message, boolean sameBody) {
        if (received.containsKey(message.id())) {
            return sameBody ? "known" : "conflict";
        }
        Known known = new Known(message, State.RECEIVED);
        received.put(message.id(), known);
        if (!cancelledAhead.remove(message.id())) {
            return "new";
        }
        end(Direction.RECEIVED, known, State.CANCELLED);
        return "cancelled";
    }

    /// @return whether it may run
    boolean started(MessageId id) {
        Known known = received.get(id);
        if (known == null || known.hasEnded()) {
            return false;
        }
        known.state = State.STARTED;
        known.starts++;
        return true;
    }

    /// @param ack is queued with it
    boolean finished(MessageId id, State end, MessageId ack) {
        Known known = received.get(id);
        if (known == null || known.hasEnded()) {
            return false;
        }
        end(Direction.RECEIVED, known, end);
        waitingAcks.add(ack);
        return true;
    }

    /// @return what it found; empty if it is to be cancelled when it comes
    Optional<State> cancelAhead(MessageId id) {
        Known known = received.get(id);
        if (known == null) {
            cancelledAhead.add(id);
            return Optional.empty();
        }
        known.cancelling |= !known.hasEnded();
        return Optional.of(known.state);
    }

    /// @return the ids of what was forgotten
    List<MessageId> giveUp(Predicate<MessageId> keep) {
        List<MessageId> ids =
                received.values().stream()
                        .filter(known -> known.state == State.RECEIVED && known.starts == 0)
                        .map(known -> known.message.id())
                        .filter(id -> !keep.test(id))
                        .toList();
        for (MessageId id : ids) {
            Known gone = received.remove(id);
            if (gone != null && gone.cancelling) {
                cancelledAhead.add(id); // it is still to be cancelled, should it come again
            }
        }
        return ids;
    }
}

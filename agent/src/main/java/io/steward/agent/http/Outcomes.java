package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.SentEnd;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.outbox.Outbox;
import io.steward.messages.MessageId;
import io.steward.messages.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Waits for messages that were sent from here to end.
final class Outcomes {
    private static final int PAGE = 1_000;

    /// How long those are collected that end after the first one, so that many do not take an
    /// answer each.
    private static final Duration MOMENT = Duration.ofMillis(100);

    private final Outbox outbox;
    private final Journal journal;
    private final Gate gate;

    Outcomes(Outbox outbox, Journal journal, Gate gate) {
        this.outbox = outbox;
        this.journal = journal;
        this.gate = gate;
    }

    /// How many of several messages are waited for.
    enum Until {
        /// One, and those that end within a moment of it.
        ONE,
        ALL
    }

    /// How messages are when so many of them have ended, or when the time is over.
    ///
    /// @return all of them; with [Until#ONE] only those that have ended, if any has
    /// @throws Problem if one of them was not sent from here
    ObjectNode await(Collection<MessageId> ids, Until until, Duration wait)
            throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        long ticket = gate.ticket();
        long seen = journal.lastProcessed();
        Set<MessageId> ended = new LinkedHashSet<>();
        Set<MessageId> open = new LinkedHashSet<>();
        Map<MessageId, State> states = journal.sentStates(ids);
        for (MessageId id : ids) {
            State state = states.get(id);
            if (state == null) {
                throw unknown(id);
            }
            (state.isEnd() ? ended : open).add(id);
        }
        boolean collecting = false;
        while (!open.isEmpty() && !(until == Until.ONE && !ended.isEmpty() && collecting)) {
            if (until == Until.ONE && !ended.isEmpty()) {
                collecting = true;
                deadline = Math.min(deadline, System.nanoTime() + moment(open.size()).toNanos());
                while (gate.passed(ticket, deadline)) {
                    ticket = gate.ticket();
                }
            } else if (!gate.passed(ticket, deadline)) {
                break;
            }
            ticket = gate.ticket();
            seen = move(seen, open, ended);
        }
        return answer(look(until == Until.ONE && !ended.isEmpty() ? ended : ids));
    }

    /// The more are open, the longer: each answer costs a look at all of them.
    private static Duration moment(int open) {
        return MOMENT.plusMillis(Math.min(400, open / 4));
    }

    /// Moves what has ended since `seen` from `open` to `ended`.
    private long move(long seen, Set<MessageId> open, Set<MessageId> ended) {
        long last = seen;
        List<SentEnd> page;
        do {
            page = journal.sentEndsAfter(last, PAGE);
            for (SentEnd end : page) {
                last = end.sequence();
                if (open.remove(end.id())) {
                    ended.add(end.id());
                }
            }
        } while (page.size() == PAGE);
        return last;
    }

    private List<SentMessage> look(Collection<MessageId> ids) {
        List<SentMessage> found = new ArrayList<>(ids.size());
        for (MessageId id : ids) {
            Optional<SentMessage> sent = journal.sent(id);
            found.add(sent.orElseThrow(() -> unknown(id)));
        }
        return found;
    }

    static Problem unknown(MessageId id) {
        return Problem.notFound(
                "No message %s was sent from here; \"steward history\" lists those that were"
                        .formatted(id));
    }

    private ObjectNode answer(List<SentMessage> messages) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("messages");
        messages.forEach(message -> array.add(Views.sent(message, outbox::problem)));
        return json;
    }
}

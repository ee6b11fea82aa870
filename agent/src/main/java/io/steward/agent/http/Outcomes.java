package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Processed;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.outbox.Outbox;
import io.steward.messages.MessageId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Waits for messages that were sent from here to end.
final class Outcomes {
    private static final int PAGE = 1_000;

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
        ONE,
        ALL
    }

    /// How the messages are when so many of them have ended, or when the time is over.
    ///
    /// @throws Problem if one of them was not sent from here
    ObjectNode await(Collection<MessageId> ids, Until until, Duration wait)
            throws InterruptedException {
        long deadline = System.nanoTime() + wait.toNanos();
        long ticket = gate.ticket();
        long seen = newest();
        List<SentMessage> found = look(ids);
        Set<MessageId> open = new LinkedHashSet<>();
        found.stream()
                .filter(sent -> !sent.state().isEnd())
                .forEach(sent -> open.add(sent.message().id()));
        boolean changed = false;
        while (waitsOn(until, open.size(), found.size()) && gate.passed(ticket, deadline)) {
            ticket = gate.ticket();
            List<Processed> page = journal.processedAfter(seen, PAGE);
            while (!page.isEmpty()) {
                seen = page.getLast().sequence();
                for (Processed processed : page) {
                    if (processed.entry().direction() == Direction.SENT) {
                        changed |= open.remove(processed.entry().message().id());
                    }
                }
                page = page.size() < PAGE ? List.of() : journal.processedAfter(seen, PAGE);
            }
        }
        return answer(changed || !open.isEmpty() ? look(ids) : found);
    }

    private static boolean waitsOn(Until until, int open, int all) {
        return until == Until.ALL ? open > 0 : open == all && all > 0;
    }

    private long newest() {
        List<Processed> last = journal.processedLast(1);
        return last.isEmpty() ? 0 : last.getLast().sequence();
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

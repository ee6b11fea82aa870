package io.steward.agent.simulation;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Processed;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.messages.Ack;
import io.steward.messages.MessageId;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// What holds when everything has come to rest, seen from outside.
final class Invariants {
    private final Scenario scenario;
    private final Journal sent;
    private final Journal received;
    private final List<String> broken = new ArrayList<>();

    private Invariants(Scenario scenario) {
        this.scenario = scenario;
        this.sent = scenario.sender().disk();
        this.received = scenario.receiver().disk();
    }

    /// What does not hold, in words; empty if all is well.
    static List<String> broken(Scenario scenario) {
        Invariants invariants = new Invariants(scenario);
        invariants.look();
        return invariants.broken;
    }

    private void look() {
        scenario.accepted().forEach(this::ended);
        scenario.witness().runs().stream()
                .map(Witness.Run::id)
                .distinct()
                .forEach(this::runsAreReported);
        if (!scenario.mayBreakOrder()) {
            scenario.witness().runs().stream()
                    .map(Witness.Run::subject)
                    .distinct()
                    .forEach(this::inOrder);
        }
        rows(sent, Direction.SENT);
        rows(received, Direction.RECEIVED);
        scenario.inputs()
                .forEach((key, ids) ->
                        unless(
                                sent.taken(key).map(ids::equals).orElse(false),
                                "input %s was taken as %s".formatted(key, ids)));
        long unfinished = received.unfinished(Direction.RECEIVED);
        unless(unfinished == 0, unfinished + " received messages have no end");
        unless(received.queuedSubjects().isEmpty(), "ACKs are left that nobody sends");
        unless(sent.deadLetters(1).isEmpty() && received.deadLetters(1).isEmpty(), "dead letters");
    }

    private void unless(boolean holds, String what) {
        if (!holds) {
            broken.add(what);
        }
    }

    private void ended(MessageId id) {
        SentMessage message = sent.sent(id).orElse(null);
        if (message == null) {
            broken.add("lost: " + id);
            return;
        }
        unless(message.state().isEnd(), "no end: %s is %s".formatted(id, message.states()));
        boolean longLife =
                !message.message()
                        .createdAt()
                        .plus(Scenario.LONG_LIFE)
                        .isAfter(message.message().expiresAt());
        boolean retriesOver = message.message().retries() > 0;
        unless(
                message.state() != State.EXPIRED || !longLife || retriesOver,
                "expired before its time: %s, %s".formatted(id, message.reason()));
        unless(message.state() != State.REFUSED, "refused: %s, %s".formatted(id, message.reason()));
        Ack ack = message.ack();
        ReceivedMessage there = received.received(id).orElse(null);
        if (ack != null && ack.state().isEnd()) {
            unless(
                    there != null
                            && there.state() == message.state()
                            && ack.equals(there.outcome()),
                    "%s: the sender says %s by %s, the receiver %s"
                            .formatted(id, message.state(), ack, there));
        } else if (message.state().isEnd()) {
            unless(
                    Set.of(State.EXPIRED, State.CANCELLED, State.INTERRUPTED)
                            .contains(message.state()),
                    "%s has ended as %s, and nobody said so".formatted(id, message.state()));
        }
        if (message.state() == State.CANCELLED && ack == null) {
            unless(
                    scenario.witness().count(id) == 0,
                    "%s is cancelled (%s), and was run".formatted(id, message.reason()));
        }
    }

    private void runsAreReported(MessageId id) {
        List<Witness.Run> runs =
                scenario.witness().runs().stream().filter(run -> run.id().equals(id)).toList();
        ReceivedMessage there = received.received(id).orElse(null);
        if (there == null) {
            broken.add(id + " was run and is not in the journal");
            return;
        }
        boolean idempotent = there.message().subject().method().equals("again");
        unless(
                idempotent || runs.size() <= there.attempt(),
                "%s was run %d times, reported are %d".formatted(id, runs.size(), there.attempt()));
        unless(
                idempotent || runs.size() <= there.message().maxAttempts(),
                "%s was run %d times, more than allowed".formatted(id, runs.size()));
        Map<Integer, Integer> inLife = new HashMap<>();
        runs.forEach(run -> inLife.merge(run.life(), 1, Integer::sum));
        unless(
                scenario.processRestarted()
                        || inLife.values().stream().allMatch(count -> count == 1),
                "%s was run twice and nothing had died: %s".formatted(id, runs));
    }

    private void inOrder(Subject subject) {
        List<MessageId> order = List.copyOf(scenario.witness().inOrder(subject));
        List<MessageId> sorted = order.stream().sorted().toList();
        unless(
                order.equals(sorted),
                "%s was run in the order%n    %s"
                        .formatted(
                                subject,
                                String.join("\n    ", order.stream().map(this::wayOf).toList())));
    }

    /// Which places a message had on its way.
    private String wayOf(MessageId id) {
        SentMessage message = sent.sent(id).orElse(null);
        ReceivedMessage there = received.received(id).orElse(null);
        return "%s %s, resent %s times, arrival %s"
                .formatted(
                        id,
                        message == null ? null : message.published(),
                        message == null ? null : message.resends(),
                        there == null ? null : there.arrival());
    }

    /// Each message that ended has one row, and the rows are without gaps.
    private void rows(Journal journal, Direction direction) {
        List<Processed> rows = journal.processedAfter(0, Integer.MAX_VALUE);
        Set<MessageId> seen = new HashSet<>();
        long sequence = 0;
        for (Processed row : rows) {
            unless(
                    row.sequence() == ++sequence,
                    "row %d of the processed log has number %d"
                            .formatted(sequence, row.sequence()));
            MessageId id = row.entry().message().id();
            if (row.entry().direction() == direction) {
                unless(seen.add(id), "%s: a second row of %s".formatted(id, direction));
            }
            State now =
                    direction == Direction.SENT
                            ? journal.sent(id).map(SentMessage::state).orElse(null)
                            : journal.received(id).map(ReceivedMessage::state).orElse(null);
            unless(
                    row.entry().direction() != direction
                            || Objects.equals(now, row.entry().state()),
                    "%s is %s and was written down as %s".formatted(id, now, row.entry().state()));
        }
        long ended =
                journal.counts().getOrDefault(direction, Map.of()).entrySet().stream()
                        .filter(count -> count.getKey().isEnd())
                        .mapToLong(Map.Entry::getValue)
                        .sum();
        unless(
                seen.size() == ended,
                "%d %s have ended, %d are written down".formatted(ended, direction, seen.size()));
    }
}

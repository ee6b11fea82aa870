package io.steward.agent.outbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Published;
import io.steward.agent.journal.Queues.Waiter;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Cancels on the sender's side what certainly was never handed to its node: what was not published
/// yet is not published any more, what lies in the mailbox is taken back out of it. Many at once
/// take few transactions. Thread-safe.
final class Withdrawal {
    private static final int PAGE = 1_000;
    private static final int TRIES = 20;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(5);

    /// A message that the broker had so soon after it was accepted is in its mailbox once, however
    /// often it was published: that long the broker knows it by its id.
    private static final Duration ONE_COPY = Duration.ofMinutes(1);

    private final Journal journal;
    private final Broker broker;
    private final InstantSource clock;
    private final Function<Subject, PublisherLane> lanes;
    private final Instant begun;

    Withdrawal(
            Journal journal,
            Broker broker,
            InstantSource clock,
            Instant begun,
            Function<Subject, PublisherLane> lanes) {
        this.journal = journal;
        this.broker = broker;
        this.clock = clock;
        this.lanes = lanes;
        this.begun = begun;
    }

    /// @return those that are cancelled now, and were never run; the others may be with their nodes
    Set<MessageId> cancel(List<Waiter> waiters) throws SubmitException, InterruptedException {
        Set<MessageId> cancelled = new HashSet<>();
        for (int i = 0; i < waiters.size(); i += PAGE) {
            List<Waiter> some = waiters.subList(i, Math.min(waiters.size(), i + PAGE));
            cancelled.addAll(
                    end(
                            some.stream()
                                    .filter(each -> each.state() == State.QUEUED)
                                    .filter(this::neverPublished)
                                    .toList(),
                            State.QUEUED,
                            "cancelled before it was sent"));
            List<MessageId> left =
                    some.stream()
                            .filter(each -> !each.state().isEnd())
                            .map(Waiter::id)
                            .filter(id -> !cancelled.contains(id))
                            .toList();
            cancelled.addAll(takeBack(left));
        }
        return cancelled;
    }

    /// Whether a queued message that is not handed out now was never handed to the broker: an agent
    /// that died may have done that and not have come to write it down.
    private boolean neverPublished(Waiter waiter) {
        return !waiter.id().time().isBefore(begun);
    }

    private static boolean isThereOnce(Waiter waiter) {
        Published where = waiter.published();
        return where != null
                && waiter.resends() == 0
                && !where.at().isAfter(waiter.id().time().plus(ONE_COPY));
    }

    private Set<MessageId> takeBack(Collection<MessageId> ids)
            throws SubmitException, InterruptedException {
        Map<NodeName, List<Waiter>> published =
                journal.waiters(ids).stream() // why: some were published only now
                        .filter(each -> each.state() == State.PUBLISHED)
                        // why: of one that went twice, the first copy may be with the node
                        .filter(Withdrawal::isThereOnce)
                        .collect(
                                Collectors.groupingBy(
                                        each -> each.subject().node(),
                                        TreeMap::new,
                                        Collectors.toList()));
        Set<MessageId> cancelled = new HashSet<>();
        for (var each : published.entrySet()) {
            cancelled.addAll(takeBack(each.getKey(), each.getValue()));
        }
        return cancelled;
    }

    private Set<MessageId> takeBack(NodeName node, List<Waiter> published)
            throws SubmitException, InterruptedException {
        List<Waiter> withheld = withhold(published); // why: LookAfter must not send them again
        Set<Waiter> back = new LinkedHashSet<>();
        try {
            Instant created = broker.look(node, List.of()).streamCreated();
            Map<Long, Waiter> bySequence =
                    withheld.stream()
                            .filter(each -> isIn(created, each.published()))
                            .collect(Collectors.toMap(Withdrawal::sequence, each -> each));
            Set<Long> taken = broker.takeBack(node, bySequence.keySet());
            bySequence.forEach((sequence, each) -> {
                if (taken.contains(sequence)) {
                    back.add(each);
                }
            });
        } catch (BrokerException e) {
            return Set.of(); // why: its node is asked instead
        } finally {
            release(withheld.stream().filter(each -> !back.contains(each)).toList());
        }
        return endWithheld(
                List.copyOf(back), State.PUBLISHED, "cancelled while it waited for its node");
    }

    private static boolean isIn(@Nullable Instant created, @Nullable Published where) {
        return created != null
                && where != null
                && where.streamCreated().toEpochMilli() == created.toEpochMilli();
    }

    private static long sequence(Waiter waiter) {
        Published where = waiter.published();
        return where == null ? 0 : where.sequence();
    }

    private Set<MessageId> end(List<Waiter> waiters, State ifIn, String reason)
            throws SubmitException, InterruptedException {
        return endWithheld(withhold(waiters), ifIn, reason);
    }

    private Set<MessageId> endWithheld(List<Waiter> withheld, State ifIn, String reason)
            throws SubmitException, InterruptedException {
        Set<MessageId> ended = new HashSet<>();
        if (withheld.isEmpty()) {
            return ended;
        }
        try {
            List<MessageId> ids = withheld.stream().map(Waiter::id).toList();
            List<Boolean> changed =
                    MessageOutbox.durable(
                            journal.endSentAll(
                                    ids, List.of(ifIn), State.CANCELLED, reason, clock.instant()));
            for (int i = 0; i < ids.size(); i++) {
                if (changed.get(i)) {
                    ended.add(ids.get(i));
                }
            }
            return ended;
        } finally {
            release(withheld.stream().filter(each -> !ended.contains(each.id())).toList());
        }
    }

    /// Those that will not be published. While there is no connection, one that is just being tried
    /// comes back at once, and is waited for.
    private List<Waiter> withhold(List<Waiter> waiters) throws InterruptedException {
        List<Waiter> withheld = new ArrayList<>();
        int tries = TRIES; // of all together
        for (Waiter each : waiters) {
            PublisherLane lane = lanes.apply(each.subject());
            boolean kept = lane.withhold(each.id());
            for (; !kept && tries > 0 && broker.connection() == 0; tries--) {
                Thread.sleep(BETWEEN_TRIES);
                kept = lane.withhold(each.id());
            }
            if (kept) {
                withheld.add(each);
            }
        }
        return withheld;
    }

    private void release(List<Waiter> withheld) {
        withheld.forEach(each -> lanes.apply(each.subject()).release(each.id()));
        withheld.stream()
                .map(Waiter::subject)
                .distinct()
                .forEach(subject -> lanes.apply(subject).readAgain());
    }
}

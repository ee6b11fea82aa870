package io.steward.agent.outbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Published;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Looks after what was published and has no end: is it still in its mailbox, it waits for its
/// node; is it gone, it is published again, and its receiver takes it or says what became of it. Is
/// the whole mailbox another one, its publisher publishes again, in the order of the subject. Ends
/// what is past its time.
///
/// It takes nothing; any item wakes it.
public final class LookAfter implements ProcessBody<LookAfter.Wake> {
    /// How often it looks whether something is due.
    public static final Duration TICK = Duration.ofSeconds(1);

    /// So many times as long it waits where nothing is under way.
    private static final int IDLE = 5;

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final Duration GRACE = Duration.ofSeconds(30);
    private static final int PAGE = 1_000;

    /// Has it look now.
    public record Wake() {}

    private final MessageOutbox outbox;
    private final Journal journal;
    private final Broker broker;
    private final Duration methodTimeout;
    private final Duration tick;

    /// @param methodTimeout how long a method may run where the message does not say
    /// @param tick how often to look, [#TICK]
    public LookAfter(
            MessageOutbox outbox,
            Journal journal,
            Broker broker,
            Duration methodTimeout,
            Duration tick) {
        this.outbox = outbox;
        this.journal = journal;
        this.broker = broker;
        this.methodTimeout = methodTimeout;
        this.tick = tick;
    }

    @Override
    public void run(ProcessContext<Wake> context) throws Exception {
        Instant connectedSince = Instant.EPOCH;
        while (!(context.receive(pause()) instanceof Received.Stop)) {
            Broker.Status status = broker.status();
            if (status.connected()) {
                if (status.since().isAfter(connectedSince)) {
                    connectedSince = status.since();
                    findLostMailboxes();
                }
                look(context);
            }
            endOverdue(context);
        }
    }

    private Duration pause() {
        return journal.unfinished(Direction.SENT) == 0 ? tick.multipliedBy(IDLE) : tick;
    }

    /// After a new connection: a mailbox that is another one than that into which messages were put
    /// has lost them.
    private void findLostMailboxes() throws InterruptedException {
        Set<NodeName> nodes =
                journal.waiting().stream().map(Journal.Waiting::node).collect(Collectors.toSet());
        for (NodeName node : nodes) {
            var _ = journal.lookNow(node, outbox.now());
        }
    }

    private void look(ProcessContext<Wake> context) throws InterruptedException {
        List<SentMessage> due = journal.dueForLook(outbox.now(), PAGE);
        Map<NodeName, List<SentMessage>> byNode =
                due.stream()
                        .collect(
                                Collectors.groupingBy(
                                        sent -> sent.message().subject().node(),
                                        TreeMap::new,
                                        Collectors.toList()));
        for (var each : byNode.entrySet()) {
            try {
                look(each.getKey(), each.getValue());
                context.handled(each.getValue().size());
            } catch (BrokerException e) {
                later(each.getValue());
            }
        }
    }

    private void look(NodeName node, List<SentMessage> sent)
            throws BrokerException, InterruptedException {
        List<Long> sequences =
                sent.stream()
                        .filter(each -> each.state() == State.PUBLISHED)
                        .map(SentMessage::published)
                        .filter(Objects::nonNull)
                        .map(Published::sequence)
                        .toList();
        Broker.Look look = broker.look(node, sequences);
        Set<Subject> lost = new HashSet<>();
        List<SentMessage> waiting = new ArrayList<>();
        for (SentMessage each : sent) {
            if (each.state() != State.PUBLISHED) {
                again(each);
                waiting.add(each);
                continue;
            }
            boolean sameMailbox = isOf(each, look);
            if (!sameMailbox || !isPresent(each, look)) {
                if (endIfSpent(each)) {
                    continue;
                }
                if (sameMailbox) {
                    again(each);
                } else {
                    lost.add(each.message().subject());
                }
            }
            waiting.add(each);
        }
        lost.forEach(outbox::mailboxLost);
        later(waiting);
    }

    private static boolean isOf(SentMessage sent, Broker.Look look) {
        Published where = sent.published();
        Instant created = look.streamCreated();
        return where != null
                && created != null
                && where.streamCreated().toEpochMilli() == created.toEpochMilli();
    }

    private static boolean isPresent(SentMessage sent, Broker.Look look) {
        Published where = sent.published();
        return where != null && look.present().contains(where.sequence());
    }

    /// Ends what the broker has no more and what may not be published again.
    private boolean endIfSpent(SentMessage sent) {
        if (!sent.isSpent()) {
            return false;
        }
        end(sent.message().id(), List.of(State.PUBLISHED), State.EXPIRED, whySpent(sent));
        return true;
    }

    /// Why one ends that is not published again.
    static String whySpent(SentMessage sent) {
        return "not received by %s, published %d times, as many as retries allows"
                .formatted(sent.message().subject().node(), sent.resends() + 1);
    }

    /// The broker has it no more, and nothing is known of its end: it goes to its receiver once
    /// more under the same id.
    private void again(SentMessage sent) {
        var _ = journal.resending(sent.message().id(), outbox.now());
        outbox.sendAgain(sent.message(), sent.resends() + 1);
    }

    private void later(List<SentMessage> sent) {
        sent.stream()
                .collect(Collectors.groupingBy(LookAfter::pause))
                .forEach((pause, group) -> {
                    List<MessageId> ids = group.stream().map(each -> each.message().id()).toList();
                    int looks = group.stream().mapToInt(SentMessage::looks).max().orElse(0) + 1;
                    var _ = journal.lookAgain(ids, outbox.now().plus(pause), looks);
                });
    }

    /// The pause after this look: the ack timeout, doubled with each look, at most five minutes.
    private static Duration pause(SentMessage sent) {
        Duration first = sent.message().ackTimeout();
        Duration pause = first.multipliedBy(1L << Math.min(20, sent.looks()));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }

    private void endOverdue(ProcessContext<Wake> context) throws InterruptedException {
        Instant now = outbox.now();
        for (SentMessage sent : journal.overdue(now, methodTimeout, GRACE, PAGE)) {
            Message message = sent.message();
            switch (sent.state()) {
                case QUEUED -> endQueued(message, now);
                case STARTED ->
                        end(
                                message.id(),
                                List.of(State.STARTED),
                                State.INTERRUPTED,
                                "%s started it and has not said how it ended; its time is over"
                                        .formatted(message.subject().node()));
                default ->
                        end(
                                message.id(),
                                List.of(State.PUBLISHED, State.RECEIVED),
                                State.EXPIRED,
                                "no answer from %s by %s"
                                        .formatted(message.subject().node(), message.expiresAt()));
            }
            context.handled(1);
        }
    }

    /// A queued message of which no PubAck came may be with its node: it ends as late as one that
    /// was published.
    private void endQueued(Message message, Instant now) {
        boolean certain = outbox.withhold(message);
        Duration timeout = Objects.requireNonNullElse(message.methodTimeout(), methodTimeout);
        if (!certain && now.isBefore(message.expiresAt().plus(timeout).plus(GRACE))) {
            return;
        }
        String why = outbox.problem(message.subject()).map(each -> ": " + each).orElse("");
        String reason =
                (certain
                                ? "not delivered by %s%s"
                                : "no answer by %s, and it is not known whether it was delivered%s")
                        .formatted(message.expiresAt(), why);
        var _ =
                journal.endSent(message.id(), List.of(State.QUEUED), State.EXPIRED, reason, now)
                        .whenComplete((changed, _) -> {
                            if (!Boolean.TRUE.equals(changed)) {
                                outbox.release(message); // why: its PubAck came in between
                            }
                        });
    }

    private void end(MessageId id, List<State> ifIn, State end, String reason) {
        var _ = journal.endSent(id, ifIn, end, reason, outbox.now());
    }
}

package io.steward.agent.inbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.kernel.Lane;
import io.steward.agent.kernel.ProcessRef;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.Supervisor;
import io.steward.agent.method.Methods;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.settings.Settings;
import io.steward.messages.Ack;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// The receiver's side of an agent. Thread-safe.
public final class MessageInbox implements AutoCloseable {
    private static final int LANE = 1_024;
    private static final Duration RECEIVER_GRACE = Duration.ofMillis(100);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Settings settings;
    private final Supervisor supervisor;
    private final Journal journal;
    private final Broker broker;
    private final MessageOutbox outbox;
    private final InstantSource clock;
    private final Methods methods;
    private final Unfinished unfinished;
    private final Watchdog watchdog = new Watchdog();
    private final Acks acks;
    private final Execution execution;
    private final BrokerTime time;
    private final ConcurrentHashMap<Subject, Lane<Work>> lanes = new ConcurrentHashMap<>();
    private volatile @Nullable ProcessRef<MessageId> progress;

    /// @param supervisor the subscriber processes are started below it
    /// @param brokerAhead how far the broker's clock is ahead of this machine's
    /// @param bootId of the machine
    public MessageInbox(
            Settings settings,
            Supervisor supervisor,
            Journal journal,
            Broker broker,
            MessageOutbox outbox,
            Methods methods,
            Leftovers leftovers,
            InstantSource clock,
            BrokerClock brokerAhead,
            String bootId) {
        this.settings = settings;
        this.supervisor = supervisor;
        this.journal = journal;
        this.broker = broker;
        this.outbox = outbox;
        this.methods = methods;
        this.clock = clock;
        this.unfinished = new Unfinished(journal.unfinishedCount());
        this.acks = new Acks(settings.node(), () -> broker.status().maxPayload());
        this.time = new BrokerTime(brokerAhead::ahead);
        this.execution =
                new Execution(
                        methods,
                        journal,
                        new Runner(settings, clock, watchdog),
                        acks,
                        leftovers,
                        clock,
                        bootId,
                        broker::mayStart);
    }

    /// Tells how far the broker's clock is ahead of this machine's.
    public interface BrokerClock {
        Duration ahead();
    }

    /// Goes on with what had not ended when the agent ended, subjects with the oldest messages
    /// first, and begins to fetch.
    public void start() {
        progress =
                supervisor.spawn(
                        ProcessSpec.<MessageId>permanent(
                                        "progress",
                                        () -> new Progress(settings.node(), unfinished, outbox))
                                .withMailbox(8_192));
        journal.unfinishedSubjects(settings.node()).forEach(subject -> lane(subject).start());
        Reception reception =
                new Reception(
                        settings.node(), journal, outbox, unfinished, time, clock, this::dispatch);
        supervisor.spawn(
                ProcessSpec.<Void>permanent(
                                "receiver",
                                () ->
                                        new Receiver(
                                                settings.node(),
                                                broker,
                                                reception,
                                                unfinished,
                                                settings.journal().maxUnfinished()))
                        .withGrace(RECEIVER_GRACE));
    }

    private void dispatch(Work work) {
        lane(work.message().subject()).offer(work);
        ProcessRef<MessageId> teller = progress;
        if (teller != null) {
            var _ =
                    teller.offer(
                            work.message()
                                    .id()); // why: where it is full, the sender looks after the
            // message itself
        }
    }

    /// Cancels a message that was sent to this node, whether it has come yet or not.
    ///
    /// @return what it found, for the one who asked
    public String cancel(MessageId id) throws InterruptedException {
        Optional<Work> found = unfinished.find(id);
        if (found.isPresent()) {
            return cancel(found.get());
        }
        Optional<ReceivedMessage> known;
        try {
            known = journal.cancelAhead(id, clock.instant()).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(
                    "the journal does not take the cancelling of " + id, e.getCause());
        }
        if (known.isEmpty()) {
            return "not here yet; it will be cancelled when it comes";
        }
        State state = known.get().state();
        return state.isEnd() ? "too late: it has " + state : cancel(unfinished.of(known.get()));
    }

    private String cancel(Work work) {
        work.cancel();
        if (work.startedAt() != null) {
            return "running; it is being ended";
        }
        if (work.claim()) {
            Ack ack = acks.of(work.message(), State.CANCELLED, "cancelled before it was started");
            var event = outbox.ackFor(work.message(), ack);
            var _ =
                    journal.finished(work.message().id(), ack, event, List.of(), clock.instant())
                            .whenComplete((changed, problem) -> {
                                if (problem != null || !changed) {
                                    work.unclaim(); // why: its process ends it in its turn
                                    lane(work.message().subject()).offer(work);
                                    return;
                                }
                                unfinished.over(work.message().id());
                                outbox.dispatch(event);
                            });
            return "queued; cancelled";
        }
        return "about to run; it is being ended";
    }

    /// Another agent has this node's name, and gets what was not started here: it is forgotten.
    ///
    /// @return how many messages that are; fails if the journal does not take it
    public CompletableFuture<Integer> giveUpUnstarted() {
        return unfinished.giveUp(journal);
    }

    /// How many received messages have not ended.
    public int unfinished() {
        return unfinished.count();
    }

    /// Has nothing more started: the agent is about to go down.
    public void startNothing() {
        unfinished.closing();
    }

    /// Tells what runs that the agent goes down.
    public void shutDown() {
        unfinished.shutDown();
    }

    /// Whether no method runs.
    public boolean isQuiet() {
        return unfinished.nothingRuns();
    }

    @Override
    public void close() {
        watchdog.close();
    }

    private Lane<Work> lane(Subject subject) {
        Lane<Work> lane = lanes.get(subject);
        return lane != null ? lane : lanes.computeIfAbsent(subject, this::newLane);
    }

    private Lane<Work> newLane(Subject subject) {
        Duration grace = settings.run().killGrace().plus(GRACE);
        Beside beside =
                new Beside(
                        supervisor,
                        subject,
                        execution,
                        this::finisher,
                        grace,
                        work -> lane(subject).offer(work));
        return new Lane<>(
                supervisor,
                lane ->
                        ProcessSpec.<Work>permanent(
                                        subject.toString(),
                                        () ->
                                                new Subscriber(
                                                        subject,
                                                        lane,
                                                        journal,
                                                        unfinished,
                                                        execution,
                                                        finisher(),
                                                        beside))
                                .withMailbox(LANE)
                                .withIdle(settings.run().idle())
                                .withGrace(grace));
    }

    private Finisher finisher() {
        return new Finisher(journal, outbox, acks, new Replies(outbox, methods), unfinished, clock);
    }

    /// This node.
    public NodeName node() {
        return settings.node();
    }
}

package io.steward.agent.inbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.identity.Signatures;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.kernel.Lane;
import io.steward.agent.kernel.ProcessRef;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.Supervisor;
import io.steward.agent.method.Methods;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.policy.Admission;
import io.steward.agent.settings.Settings;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// The receiver's side of an agent. Thread-safe.
public final class MessageInbox implements AutoCloseable {
    private static final int LANE = 1_024;
    private static final Duration RECEIVER_GRACE = Duration.ofMillis(100);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final Settings settings;
    private final Signatures signatures;
    private final Supervisor supervisor;
    private final Journal journal;
    private final Broker broker;
    private final MessageOutbox outbox;
    private final Admission admission;
    private final InstantSource clock;
    private final Methods methods;
    private final Unfinished unfinished;
    private final MethodThreads threads = new MethodThreads(this::show);
    private final Acks acks;
    private final GivingUp givingUp;
    private final Execution execution;
    private final BrokerTime time;
    private final ConcurrentHashMap<Subject, Lane<Work>> lanes = new ConcurrentHashMap<>();
    private volatile @Nullable ProcessRef<MessageId> progress;

    /// @param supervisor the subscriber processes are started below it
    /// @param brokerAhead how far the broker's clock is ahead of this machine's
    /// @param bootId of the machine
    /// @param signatures by which it is known who sent what comes
    /// @param admission decides what is run
    /// @param heldBytes of the messages that are held in memory until they are run; the others are
    ///   read from the journal then
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
            String bootId,
            Signatures signatures,
            Admission admission,
            long heldBytes) {
        this.settings = settings;
        this.signatures = signatures;
        this.supervisor = supervisor;
        this.journal = journal;
        this.broker = broker;
        this.outbox = outbox;
        this.admission = admission;
        this.methods = methods;
        this.clock = clock;
        this.unfinished =
                new Unfinished(
                        () -> journal.unfinished(Direction.RECEIVED), heldBytes, this::stored);
        this.acks = new Acks(settings.node(), () -> broker.status().maxPayload());
        this.time = new BrokerTime(clock, brokerAhead::ahead);
        this.givingUp = new GivingUp(journal, unfinished, acks, leftovers, clock);
        this.execution =
                new Execution(
                        methods,
                        journal,
                        admission,
                        new Runner(settings, admission, clock, threads),
                        acks,
                        leftovers,
                        new Live(
                                settings.node(),
                                journal,
                                outbox::ackFor,
                                outbox::dispatch,
                                acks,
                                leftovers,
                                settings.run().outputCap()),
                        clock,
                        time,
                        bootId,
                        givingUp,
                        broker::mayStart);
    }

    private Message stored(MessageId id) {
        return journal.received(id)
                .orElseThrow(() ->
                        new IllegalStateException(
                                "message %s has not ended and is not in the journal".formatted(id)))
                .message();
    }

    /// About how many bytes of messages are held in memory until they are run.
    public long held() {
        return unfinished.heldBytes();
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
        unfinished.cancelling(journal.cancelling());
        supervisor.spawn(
                ProcessSpec.<Void>permanent(
                        "expiry",
                        () ->
                                new PastExpiry(
                                        journal, unfinished, execution, time, finisher(true))));
        journal.unfinishedSubjects(settings.node()).forEach(subject -> lane(subject).start());
        Reception reception =
                new Reception(
                        settings.node(),
                        journal,
                        outbox,
                        unfinished,
                        time,
                        new Elsewhere(broker, time),
                        signatures,
                        admission,
                        clock,
                        this::dispatch,
                        this::readAgain);
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

    /// A run that is left behind stands among the processes until it ends, for operators to see.
    private void show(Run run) {
        try {
            supervisor.spawn(
                    ProcessSpec.untilDone(
                                    run.label() + "~stuck",
                                    () ->
                                            context -> {
                                                while (!run.hasEnded() && context.pause(LOOK)) {}
                                            })
                            .withGrace(GRACE));
        } catch (IllegalStateException closing) {
            // the agent goes down: nobody will look
        }
    }

    private void dispatch(Work work) {
        lane(work.head().subject()).offer(work);
        ProcessRef<MessageId> teller = progress;
        if (teller != null) {
            var _ = teller.offer(work.id()); // why: where it is full, the sender looks after the
            // message itself
        }
    }

    private void readAgain(Work work) {
        Lane<Work> lane = lane(work.head().subject());
        lane.fallBehind();
        lane.nudge(work);
    }

    /// Whether a message has come to this node.
    public boolean knows(MessageId id) {
        return unfinished.find(id).isPresent() || journal.received(id).isPresent();
    }

    /// Cancels a message that was sent to this node, whether it has come yet or not.
    ///
    /// @return what it found, for the one who asked
    public String cancel(MessageId id) throws InterruptedException {
        ReceivedMessage known =
                durable(journal.cancelAhead(id, clock.instant()), "cancelling " + id).orElse(null);
        if (known == null) {
            return "not here yet; it will be cancelled when it comes";
        }
        return known.state().isEnd()
                ? "too late: it has " + known.state()
                : cancel(unfinished.of(known));
    }

    private String cancel(Work work) throws InterruptedException {
        MessageId id = work.message().id();
        work.cancel();
        if (!work.claim()) {
            return work.startedAt() != null
                    ? "running; it is being ended"
                    : "about to run; it is being ended";
        }
        boolean started = work.attempt() > 0;
        try {
            Ack ack = execution.withoutRunning(work);
            var event = outbox.ackFor(work.message(), ack);
            boolean changed =
                    durable(
                            journal.finished(id, ack, event, List.of(), clock.instant()),
                            "ending " + id);
            if (!changed) {
                unfinished.forget(work); // why: it ended while it was looked for
                return "too late: it has "
                        + journal.received(id).map(it -> it.state().word()).orElse("ended");
            }
            unfinished.overAside(id);
            outbox.dispatch(event);
            return started ? "was running; cancelled" : "queued; cancelled";
        } catch (Throwable e) {
            work.unclaim(); // why: its process ends it in its turn
            lane(work.message().subject()).offer(work);
            throw e;
        }
    }

    private static <T> T durable(CompletableFuture<T> write, String doing)
            throws InterruptedException {
        try {
            return write.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the journal does not take it: " + doing, e.getCause());
        }
    }

    /// Another agent has this node's name, or had it meanwhile, and gets what was not started here,
    /// which is forgotten, and what an agent that died had started, which ends here. Blocks until
    /// the journal has it.
    ///
    /// @return how many messages were forgotten
    /// @throws ExecutionException if the journal does not take it
    public int giveUp() throws InterruptedException, ExecutionException {
        return givingUp.giveUpAll();
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
        threads.close();
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
                        () -> finisher(true),
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
                                                        finisher(false),
                                                        beside))
                                .withMailbox(LANE)
                                .withIdle(settings.run().idle())
                                .withGrace(grace));
    }

    private Finisher finisher(boolean aside) {
        return new Finisher(
                journal,
                outbox,
                acks,
                new Replies(outbox, methods, admission),
                unfinished,
                aside,
                clock);
    }

    /// This node.
    public NodeName node() {
        return settings.node();
    }
}

package io.steward.agent.outbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Query;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.RunId;
import io.steward.agent.journal.Schedules.Kept;
import io.steward.agent.journal.Schedules.Move;
import io.steward.agent.journal.Schedules.Plan;
import io.steward.agent.kernel.ByteBudget;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.Supervisor;
import io.steward.agent.schedule.FiringSender;
import io.steward.agent.schedule.ScheduleBook;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The outbox over a journal and a broker, with a publisher process for each subject. Thread-safe.
public final class MessageOutbox implements Outbox, RunSender, FiringSender {
    /// The label that tells the run of a message.
    public static final String RUN_LABEL = "run";

    private final NodeName node;
    private final Supervisor supervisor;
    private final Journal journal;
    private final Broker broker;
    private final InstantSource clock;
    private final Duration idle;
    private final Drafts drafts;
    private final Instant begun;
    private final Withdrawal withdrawal;
    private final OutboxLimits limits;
    private final ByteBudget held;
    private final ConcurrentHashMap<Subject, PublisherLane> lanes = new ConcurrentHashMap<>();

    /// @param supervisor the publisher processes are started below it
    /// @param idle after this long without a message a publisher process is retired
    /// @param defaultDomain of a type and a method; empty for a method that is not known here
    public MessageOutbox(
            NodeName node,
            Supervisor supervisor,
            Journal journal,
            Broker broker,
            InstantSource clock,
            Duration idle,
            MessageIds ids,
            BiFunction<MessageType, String, Optional<String>> defaultDomain,
            OutboxLimits limits) {
        this.node = node;
        this.supervisor = supervisor;
        this.journal = journal;
        this.broker = broker;
        this.clock = clock;
        this.idle = idle;
        this.limits = limits;
        this.held = new ByteBudget(limits.heldBytes());
        this.drafts = new Drafts(node, ids, clock, defaultDomain);
        this.begun = begun(journal, clock);
        this.withdrawal = new Withdrawal(journal, broker, clock, begun, this::lane);
    }

    /// No message of an agent before this one has an id of this time or later, also if the clock
    /// was set back since.
    private static Instant begun(Journal journal, InstantSource clock) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Query sent = new Query(Direction.SENT, null, null, null, null, null, null);
        return journal.history(sent, null, 1).stream()
                .map(newest -> newest.message().id().time().plusMillis(1))
                .filter(now::isBefore)
                .findFirst()
                .orElse(now);
    }

    /// Goes on with what was not published when the agent ended; subjects with the oldest messages
    /// first.
    public void start() {
        broker.onStatus(status -> {
            if (status.connected()) {
                lanes.values().forEach(PublisherLane::wake);
            }
        });
        journal.queuedSubjects().forEach(subject -> lane(subject).lane().start());
    }

    @Override
    public Submitted submit(@Nullable String inputKey, List<MessageRequest> requests)
            throws SubmitException, InterruptedException {
        if (inputKey != null) {
            // why: what was accepted once may not be acceptable now, and must not be offered again
            // for that
            Optional<List<MessageId>> taken = journal.taken(inputKey);
            if (taken.isPresent()) {
                return new Submitted(taken.get(), false, kept(journal.schedules().taken(inputKey)));
            }
        }
        List<Plan> plans = drafts.plan(requests);
        List<Message> messages =
                drafts.draw(requests.stream().filter(each -> each.schedule() == null).toList());
        return plans.isEmpty()
                ? accept(inputKey, messages, limits.maxQueued())
                : accept(inputKey, messages, plans);
    }

    private Submitted accept(@Nullable String inputKey, List<Message> messages, List<Plan> plans)
            throws SubmitException, InterruptedException {
        requireSmaller(messages.size(), limits.maxQueued());
        int open = journal.schedules().openCount();
        if (open + plans.size() > ScheduleBook.MOST) {
            throw new SubmitException(
                    "no room for %d schedule(s): %d have not ended, and %d are allowed; `steward schedule remove` removes them"
                            .formatted(plans.size(), open, ScheduleBook.MOST),
                    false,
                    null);
        }
        Journal.Accepted accepted =
                durable(
                        journal.schedules()
                                .accept(
                                        inputKey,
                                        messages,
                                        plans,
                                        limits.maxQueued(),
                                        clock.instant()));
        if (accepted.fresh()) {
            messages.forEach(this::dispatch);
        }
        List<String> names =
                accepted.fresh() || inputKey == null
                        ? plans.stream().map(Plan::name).toList()
                        : journal.schedules().taken(inputKey);
        return new Submitted(accepted.ids(), accepted.fresh(), kept(names));
    }

    private List<Kept> kept(List<String> names) {
        return names.stream().flatMap(name -> journal.schedules().find(name).stream()).toList();
    }

    @Override
    public Fired fire(Kept as, List<MessageRequest> requests, Move move)
            throws InterruptedException {
        try {
            List<Message> messages = drafts.draw(requests);
            boolean sent =
                    durable(
                            journal.schedules()
                                    .fire(as, messages, move, limits.maxQueued(), clock.instant()));
            if (sent) {
                messages.forEach(this::dispatch);
            }
            return sent ? new Fired.Sent() : new Fired.Changed();
        } catch (SubmitException e) {
            String why = String.valueOf(e.getMessage());
            return e.isInputWrong() ? new Fired.Wrong(why) : new Fired.Later(why);
        }
    }

    @Override
    public void check(MessageRequest request) throws SubmitException {
        if (request.schedule() != null) {
            throw new SubmitException("schedule: a run is sent once; expected none", true, null);
        }
        var _ = drafts.draw(List.of(request));
    }

    @Override
    public List<MessageId> resend(List<Message> messages)
            throws SubmitException, InterruptedException {
        return accept(null, drafts.again(messages), limits.maxQueued()).ids();
    }

    /// Sends what the agent says by itself, though there may be no room for more from others.
    public List<MessageId> say(MessageRequest request)
            throws SubmitException, InterruptedException {
        return accept(null, drafts.draw(List.of(request)), Long.MAX_VALUE).ids();
    }

    private Submitted accept(@Nullable String inputKey, List<Message> messages, long mostOpen)
            throws SubmitException, InterruptedException {
        if (messages.isEmpty()) {
            return new Submitted(List.of(), true);
        }
        requireSmaller(messages.size(), mostOpen);
        Journal.Accepted accepted = durable(journal.accept(inputKey, messages, mostOpen));
        if (accepted.fresh()) {
            messages.forEach(this::dispatch);
        }
        return new Submitted(accepted.ids(), accepted.fresh());
    }

    private static void requireSmaller(int messages, long mostOpen) throws SubmitException {
        if (messages > mostOpen) {
            throw new SubmitException(
                    "%d messages in one input, and journal.maxQueued allows no more than %d in all: send them in parts, or raise it"
                            .formatted(messages, mostOpen),
                    true,
                    null);
        }
    }

    @Override
    public boolean sendTargets(
            RunId run, int wave, SortedMap<Integer, NodeName> targets, MessageRequest request)
            throws SubmitException, InterruptedException {
        List<Message> messages =
                drafts.draw(
                        List.of(request.to(List.copyOf(targets.values()), RUN_LABEL, run.value())));
        SortedMap<Integer, Message> byPlace = new TreeMap<>();
        Iterator<Message> each = messages.iterator();
        targets.keySet().forEach(place -> byPlace.put(place, each.next()));
        boolean sent =
                durable(
                        journal.runs()
                                .send(run, wave, byPlace, limits.maxQueued(), clock.instant()));
        if (sent) {
            messages.forEach(this::dispatch);
        }
        return sent;
    }

    /// Hands a message that is queued in the journal to the publisher of its subject. Does not
    /// wait.
    public void dispatch(Message message) {
        lane(message.subject()).dispatch(message);
    }

    /// Publishes an answer that needs no journal: it is asked for again if it is lost. Does not
    /// wait.
    public void answer(Message ack) {
        lane(ack.subject()).lane().nudge(new Publisher.Item.SendAgain(ack, deduplicationId(ack)));
    }

    /// Publishes a message again that the broker has lost.
    ///
    /// @param time how often this one is published again, this time included
    void sendAgain(Message message, int time) {
        lane(message.subject())
                .lane()
                .nudge(new Publisher.Item.SendAgain(message, message.id() + Broker.AGAIN + time));
    }

    /// Messages of a subject were put into a mailbox that is gone, or another one now: its
    /// publisher publishes them again, in their order and before any newer one.
    void mailboxLost(Subject subject) {
        lane(subject).lane().nudge(new Publisher.Item.MailboxLost());
    }

    private static String deduplicationId(Message message) {
        Ack ack = message.ack();
        return ack == null ? message.id().value() : message.id() + "." + ack.state();
    }

    /// Takes in what receivers said, in one transaction; returns after the commit.
    ///
    /// @throws JournalException if it could not be kept
    public void acknowledged(List<Ack> acks) throws InterruptedException {
        try {
            durable(journal.acknowledged(acks, clock.instant()));
        } catch (SubmitException e) {
            if (e.getCause() instanceof JournalException cause) {
                throw cause;
            }
            throw new IllegalStateException(e);
        }
    }

    /// A node has come (back): what waits for it goes out, and what it was sent is looked after.
    public void nodeIsHere(NodeName there) {
        tryAgain(there::equals);
        var _ = journal.lookNow(there, clock.instant());
    }

    /// What could not be published to some nodes is tried now.
    public void tryAgain(Predicate<NodeName> nodes) {
        lanes.values().stream()
                .filter(lane -> nodes.test(lane.subject().node()))
                .forEach(PublisherLane::wake);
    }

    @Override
    public Optional<String> problem(Subject subject) {
        return Optional.ofNullable(lanes.get(subject)).map(PublisherLane::problem);
    }

    @Override
    public List<Problem> problems() {
        return lanes.values().stream().flatMap(lane -> lane.told().stream()).toList();
    }

    @Override
    public Optional<Cancelling> cancel(MessageId id) throws SubmitException, InterruptedException {
        Optional<SentMessage> found = journal.sent(id);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        SentMessage sent = found.get();
        if (sent.state().isEnd()) {
            return Optional.of(new Cancelling.TooLate(sent));
        }
        if (!withdrawal.cancel(journal.waiters(List.of(id))).isEmpty()) {
            return Optional.of(new Cancelling.Done());
        }
        MessageRequest request =
                MessageRequest.of(
                        List.of(sent.message().subject().node()),
                        MessageType.COMMAND,
                        "cancel",
                        List.of(id.value()));
        return Optional.of(new Cancelling.Asked(say(request).getFirst()));
    }

    @Override
    public Purged purge(Purge what) throws SubmitException, InterruptedException {
        return new Purging(node, journal, broker, withdrawal, this).purge(what);
    }

    /// Keeps a queued message from being published.
    ///
    /// @return false if it may be with its node
    boolean withhold(Message message) {
        return lane(message.subject()).withhold(message.id());
    }

    /// About how many bytes of messages it holds in memory.
    public long held() {
        return held.held();
    }

    MessageId nextId() {
        return drafts.nextId();
    }

    /// Makes the ACK event for a message that came from elsewhere.
    public Message ackFor(Message about, Ack ack) {
        return Message.ofAck(drafts.nextId(), node, about, ack, clock.instant());
    }

    /// Makes the copy of a result that a message's `reply` asks for.
    ///
    /// @return empty if the method is not known here and `reply` names no domain
    public List<Message> draft(MessageRequest request) throws SubmitException {
        return drafts.draw(List.of(request));
    }

    private PublisherLane lane(Subject subject) {
        PublisherLane lane = lanes.get(subject);
        return lane != null
                ? lane
                : lanes.computeIfAbsent(
                        subject,
                        key -> new PublisherLane(supervisor, key, held, begun, this::publisher));
    }

    private ProcessSpec<Publisher.Item> publisher(PublisherLane lane) {
        return ProcessSpec.<Publisher.Item>permanent(
                        lane.subject().toString(),
                        () -> new Publisher(lane, journal, broker, clock))
                .withIdle(idle)
                .withGrace(Duration.ofSeconds(7));
    }

    /// Takes [#withhold] back.
    void release(Message message) {
        lane(message.subject()).release(message.id());
    }

    static <T> T durable(CompletableFuture<T> write) throws SubmitException, InterruptedException {
        try {
            return write.get();
        } catch (ExecutionException | CompletionException e) {
            Throwable cause = e.getCause();
            throw new SubmitException(
                    cause == null ? e.toString() : String.valueOf(cause.getMessage()),
                    false,
                    cause);
        }
    }

    Instant now() {
        return clock.instant();
    }
}

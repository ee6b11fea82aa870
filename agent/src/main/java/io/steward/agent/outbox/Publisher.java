package io.steward.agent.outbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.Broker.Stored;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.PublishException;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Published;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.kernel.Backoff;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.kernel.Severity;
import io.steward.messages.Envelope;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The publisher process of one subject: hands its messages to the broker in their order, several
/// at once while all goes well and the broker keeps their order. The window grows with each PubAck
/// and falls to one with each failure; then the oldest unanswered message goes first, and the newer
/// ones wait for it.
final class Publisher implements ProcessBody<Publisher.Item> {
    private static final int MAX_WINDOW = 128;
    private static final int PAGE = 256;
    private static final long PAGE_BYTES = 4L << 20;
    private static final int MAX_BACKLOG = 2 * PAGE;
    private static final int REPORT_AFTER = 10;
    private static final int MAX_JOURNAL_FAILURES = 5;
    private static final long NONE = -1;
    private static final Duration LOOK_UP = Duration.ofMillis(100);

    /// A PubAck that takes longer may never come: what goes meanwhile could overtake its message.
    private static final long HESITATE = Duration.ofMillis(500).toNanos();

    /// How often it is looked whether a node without a mailbox has one.
    private static final long LOOK_FOR_MAILBOX = Duration.ofMillis(500).toNanos();

    /// So many messages go one at a time after the broker had no room: it takes the next one as
    /// soon as it has, and not that which it refused.
    private static final int CAUTION = 256;

    private static final Backoff PAUSES =
            new Backoff(
                    Duration.ofMillis(100), Duration.ofSeconds(30), 2, 0.5, Duration.ofMinutes(1));

    /// What the mailbox of a publisher takes.
    sealed interface Item {
        /// A message that is queued in the journal.
        record Send(Message message) implements Item {}

        /// A message that the broker has lost, or an answer to a second copy: published under a
        /// deduplication id of its own.
        record SendAgain(Message message, String deduplicationId) implements Item {}

        /// The mailbox may be another one than that into which messages were put.
        record MailboxLost() implements Item {}

        /// Something has changed: look, and try again now.
        record Wake() implements Item {}

        /// The broker has answered.
        record Answered() implements Item {}
    }

    /// @param sent false if there was no connection: the broker has certainly not got it
    private record InFlight(
            Item item,
            Message message,
            boolean sent,
            long since,
            CompletableFuture<Stored> answer) {
        boolean isStored() {
            return answer.state() == Future.State.SUCCESS;
        }
    }

    private final PublisherLane lane;
    private final Journal journal;
    private final Broker broker;
    private final InstantSource clock;
    private final Deque<Item> backlog = new ArrayDeque<>();
    private final Deque<InFlight> inFlight = new ArrayDeque<>();
    private final Set<MessageId> held = new HashSet<>();
    private int window = 1;
    private int cautious;
    private int failures;
    private boolean dropped;
    private final LostMailbox lostMailbox;
    private boolean goingAgain;

    /// Whether there is something in the journal that is not read now for want of memory.
    private boolean postponed;

    /// How often the journal has not taken what became of a message, since it last did; counted by
    /// its thread.
    private final AtomicInteger notWritten = new AtomicInteger();

    private int notWrittenBefore;

    private boolean noMailbox;
    private long lookedForMailbox;
    private boolean toldStorage;
    private long connection = NONE;

    Publisher(PublisherLane lane, Journal journal, Broker broker, InstantSource clock) {
        this.lane = lane;
        this.journal = journal;
        this.broker = broker;
        this.clock = clock;
        this.lostMailbox = new LostMailbox(lane.subject(), journal, broker);
    }

    @Override
    public void run(ProcessContext<Item> context) throws Exception {
        try {
            lane.lane().fallBehind();
            // why: what the body before this one had in hand goes first, and the journal has it all
            // in order, but for answers that are in no journal
            Item left = context.poll();
            while (left != null) {
                if (left instanceof Item.SendAgain) {
                    take(left);
                } else {
                    letGo(left);
                }
                left = context.poll();
            }
            publishAll(context);
        } finally {
            leave();
        }
    }

    private void publishAll(ProcessContext<Item> context) throws InterruptedException {
        while (!context.isStopping()) {
            if (journalRefuses()) {
                retryLater(context); // why: it is as queued as before, and would go round for ever
                continue;
            }
            if (inFlight.isEmpty() && broker.connection() != connection && lane.handedOut() > 0) {
                pause(
                        LOOK_UP,
                        context); // until it is known what became of what was handed out before
                continue;
            }
            if (inFlight.isEmpty()) {
                // why: a newer message must not overtake one that was lost with its connection or
                // its mailbox
                connection = broker.connection();
                switch (lostMailbox.look(connection)) {
                    case ALL_THERE -> {}
                    case LOST -> beginAgain();
                    case UNKNOWN -> {
                        lane.problem("%s has no mailbox now".formatted(lane.subject().node()));
                        retryLater(context);
                        continue;
                    }
                }
            }
            fillBacklog(context);
            if (backlog.isEmpty() && inFlight.isEmpty()) {
                if (postponed) {
                    postpone(context);
                    continue;
                }
                if (goingAgain) {
                    pause(LOOK_UP, context); // until the journal knows what has gone again
                    continue;
                }
                lane.releaseAll();
                if (!(context.receive() instanceof Received.Item<Item>(Item item))) {
                    return;
                }
                take(item);
                continue;
            }
            publishBacklog(context);
            if (!inFlight.isEmpty()) {
                settleOldest(context);
            }
        }
    }

    /// What is in flight when this body ends: the next one waits for the answers, and reads again
    /// what has not gone.
    private void leave() {
        backlog.forEach(this::letGo);
        inFlight.forEach(each -> letGo(each.item()));
        for (InFlight each : inFlight) {
            var _ =
                    each.answer()
                            .whenComplete((stored, failure) -> {
                                if (failure == null) {
                                    keep(each);
                                } else {
                                    notKept(each);
                                }
                            });
        }
    }

    private void take(Item item) {
        switch (item) {
            case Item.Wake _ -> {
                failures = 0;
                noMailbox = false;
            }
            case Item.Answered _ -> {}
            case Item.MailboxLost _ -> {
                if (!goingAgain) {
                    lostMailbox.lookAgain();
                }
            }
            case Item.Send(Message message) -> {
                if (dropped || backlog.size() >= MAX_BACKLOG) {
                    dropped = true; // it lies in the journal, and is read from there in its turn
                    lane.lane().fallBehind();
                    lane.letGo(message);
                } else if (held.add(message.id())) {
                    backlog.add(item);
                } else {
                    lane.letGo(message);
                }
            }
            case Item.SendAgain _ -> {
                if (backlog.size() < MAX_BACKLOG) {
                    backlog.add(item); // dropped otherwise: it will be looked after again
                }
            }
        }
    }

    /// What the broker has lost goes first: the newer ones are read from the journal again when
    /// their turn comes.
    private void beginAgain() {
        goingAgain = true;
        backlog.forEach(this::letGo);
        backlog.clear();
        held.clear();
        dropped = true;
        lane.lane().fallBehind();
    }

    private void letGo(Item item) {
        if (item instanceof Item.Send(Message message)) {
            lane.letGo(message);
        }
    }

    /// Where memory is short, no more is kept of what cannot be sent now than the oldest.
    private void shrink() {
        if (lane.room() > 0) {
            return;
        }
        while (backlog.size() > 1 && backlog.peekLast() instanceof Item.Send(Message message)) {
            backlog.removeLast();
            held.remove(message.id());
            lane.letGo(message);
            dropped = true;
            lane.lane().fallBehind();
        }
    }

    private void fillBacklog(ProcessContext<Item> context) {
        postponed = false;
        if (goingAgain) {
            boolean ending = false; // and behind them others may be lost
            for (SentMessage lost : lostMailbox.next()) {
                Message message = lost.message();
                if (lost.isSpent()) {
                    ending = true;
                    end(message, State.EXPIRED, LookAfter.whySpent(lost));
                } else if (!lane.isHandedOut(message.id()) && held.add(message.id())) {
                    var _ = journal.resending(message.id(), clock.instant());
                    backlog.add(
                            new Item.SendAgain(
                                    message, message.id() + Broker.AGAIN + (lost.resends() + 1)));
                }
            }
            goingAgain =
                    ending || !backlog.isEmpty() || !inFlight.isEmpty() || lane.handedOut() > 0;
            if (goingAgain) {
                return;
            }
        }
        while (backlog.size() < PAGE) {
            Item item = context.poll();
            if (item != null) {
                take(item);
                continue;
            }
            dropped = false;
            if (lane.lane().isBehind() && connection == 0 && lane.room() == 0) {
                postponed = true; // it cannot be sent now, and others need the memory
                return;
            }
            if (lane.lane().isBehind() && readPage() == 0) {
                lane.lane().caughtUp();
                if (readPage() > 0) {
                    lane.lane().fallBehind();
                }
            }
            return;
        }
    }

    private int readPage() {
        Set<MessageId> known = new HashSet<>(held);
        lane.addHandedOut(known);
        long room = lane.reserve(PAGE_BYTES);
        long used = 0;
        int added = 0;
        try {
            for (Message message :
                    journal.queuedOf(
                            lane.subject(), known, room > 0 ? PAGE : 1, Math.max(room, 1))) {
                if (!lane.isHandedOut(message.id()) && held.add(message.id())) {
                    used += message.weight();
                    backlog.add(new Item.Send(message));
                    added++;
                }
            }
        } finally {
            lane.hold(used, room);
        }
        return added;
    }

    private void publishBacklog(ProcessContext<Item> context) throws InterruptedException {
        while (inFlight.size() < window && !backlog.isEmpty() && nothingIsWrong()) {
            Item item = backlog.remove();
            switch (item) {
                case Item.Send(Message message) -> {
                    boolean mayBeThere = lane.mayBeOut(message.id());
                    if (!lane.handOut(message.id())) {
                        held.remove(message.id());
                        lane.letGo(message);
                    } else if (!mayBeThere && expired(message)) {
                        // why: of one that its node may have, only its node knows the end
                        lane.letGo(message);
                    } else {
                        publish(item, message, message.id().value(), context);
                    }
                }
                case Item.SendAgain(Message message, String deduplicationId) -> {
                    if (lane.handOut(message.id())) {
                        publish(item, message, deduplicationId, context);
                    } else {
                        held.remove(message.id());
                    }
                }
                case Item.Wake _, Item.Answered _, Item.MailboxLost _ -> {}
            }
        }
    }

    /// Whether what is in flight goes its way, as far as can be seen: another message may go beside
    /// it, and will not overtake one that is lost or refused.
    private boolean nothingIsWrong() {
        boolean stored = true;
        for (InFlight each : inFlight) {
            if (each.answer().isDone() && !(stored && each.isStored())) {
                return false; // it failed, or one before it is missing
            }
            stored = each.answer().isDone();
        }
        InFlight oldest = inFlight.peek();
        return oldest == null
                || oldest.answer().isDone()
                || System.nanoTime() - oldest.since() < HESITATE;
    }

    private boolean expired(Message message) {
        if (clock.instant().isBefore(message.expiresAt())) {
            return false;
        }
        String why = lane.problem();
        end(
                message,
                State.EXPIRED,
                "not delivered by " + message.expiresAt() + (why == null ? "" : ": " + why));
        return true;
    }

    private void publish(
            Item item, Message message, String deduplicationId, ProcessContext<Item> context)
            throws InterruptedException {
        byte[] payload;
        try {
            payload = Envelope.encode(message);
        } catch (RuntimeException | StackOverflowError e) {
            context.tell(Severity.ERROR, "encoding " + message.id(), e);
            end(message, State.FAILED, "it cannot be encoded: " + e);
            letGo(item);
            return;
        }
        if (noMailbox && message.subject().isAck() && !mailboxHasCome()) {
            broker.say(message.subject().toString(), payload);
            over(message);
            letGo(item);
            return;
        }
        CompletableFuture<Stored> answer =
                broker.publish(message.subject(), deduplicationId, payload, connection);
        inFlight.add(new InFlight(item, message, connection != 0, System.nanoTime(), answer));
        var _ = answer.whenComplete((_, _) -> lane.lane().nudge(new Item.Answered()));
    }

    /// Looks now and then whether the node of this subject, which had no mailbox, has one: nobody
    /// else would tell.
    private boolean mailboxHasCome() throws InterruptedException {
        long now = System.nanoTime();
        if (now - lookedForMailbox < LOOK_FOR_MAILBOX) {
            return false;
        }
        lookedForMailbox = now;
        try {
            noMailbox = !broker.look(lane.subject().node(), List.of()).exists();
        } catch (BrokerException e) {
            return false; // not known: it is looked for again
        }
        return !noMailbox;
    }

    /// Waits for the answer to the oldest message, or for another message that may go beside it.
    private void settleOldest(ProcessContext<Item> context) throws InterruptedException {
        InFlight oldest = inFlight.element();
        if (!oldest.answer().isDone() && inFlight.size() < window && backlog.isEmpty()) {
            if (context.receive(LOOK_UP) instanceof Received.Item<Item>(Item item)) {
                take(item);
            }
            return;
        }
        try {
            oldest.answer().get(LOOK_UP.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return; // it may have been told to stop; else it waits on
        } catch (ExecutionException e) {
            failed(oldest, e.getCause(), context);
            return;
        }
        inFlight.remove();
        letGo(oldest.item());
        held.remove(oldest.message().id());
        keep(oldest);
        failures = 0;
        noMailbox = false;
        toldStorage = false;
        cautious = Math.max(0, cautious - 1);
        boolean beside = cautious == 0 && broker.keepsOrder(lane.subject().node());
        window = beside ? Math.min(MAX_WINDOW, window * 2) : 1;
        lane.noProblem();
        context.handled(1);
    }

    /// The broker has it: so says the journal from now on.
    private void keep(InFlight stored) {
        Stored answer = stored.answer().resultNow();
        Message message = stored.message();
        var _ =
                journal.published(
                                message.id(),
                                new Published(
                                        answer.stream(),
                                        answer.streamCreated(),
                                        answer.sequence(),
                                        clock.instant()))
                        .whenComplete((_, problem) -> written(message.id(), true, problem));
    }

    private void failed(InFlight oldest, @Nullable Throwable cause, ProcessContext<Item> context)
            throws InterruptedException {
        PublishException failure =
                cause instanceof PublishException known
                        ? known
                        : new PublishException(PublishException.Kind.OTHER, String.valueOf(cause));
        if (failure.kind() == PublishException.Kind.TOO_LARGE) {
            inFlight.remove();
            letGo(oldest.item());
            end(oldest.message(), State.REFUSED, failure.reason());
            return;
        }
        goBack();
        if (failure.kind() == PublishException.Kind.MAILBOX_FULL
                || failure.kind() == PublishException.Kind.STORAGE) {
            cautious = CAUTION;
        }
        if (failure.kind() == PublishException.Kind.NO_MAILBOX) {
            lostMailbox.lookAgain();
        }
        if (lane.subject().isAck() && nobodyKeeps(failure.kind())) {
            lookedForMailbox = System.nanoTime();
            noMailbox = true; // a plain NATS client: it hears its ACKs if it listens
            return;
        }
        PublishException told = named(failure);
        lane.problem(told);
        boolean storage = told.kind() == PublishException.Kind.STORAGE && failures > 0;
        if (!toldStorage && (storage || failures + 1 == REPORT_AFTER)) {
            context.tell(Severity.WARNING, "publishing to " + lane.subject(), told);
        }
        toldStorage = storage;
        retryLater(context);
    }

    /// Waits for the connection with nothing in hand.
    private void postpone(ProcessContext<Item> context) throws InterruptedException {
        String problem = broker.status().problem();
        if (problem == null) {
            pause(LOOK_UP, context); // it has come meanwhile
        } else {
            lane.problem(problem);
            retryLater(context);
        }
    }

    /// A broker that answers questions and stores nothing has a full disk, or had one: nats-server
    /// 2.14 and newer freezes a stream then and tells nobody.
    private PublishException named(PublishException failure) throws InterruptedException {
        if (failure.kind() != PublishException.Kind.TIMEOUT) {
            return failure;
        }
        try {
            if (!broker.look(lane.subject().node(), List.of()).exists()) {
                return failure;
            }
        } catch (BrokerException e) {
            return failure; // it does not answer at all
        }
        return new PublishException(
                PublishException.Kind.STORAGE,
                failure.reason()
                        + ". It answers questions but stores nothing: is its disk full? nats-server"
                        + " 2.14 and newer stores again only after there is room and it was"
                        + " started again",
                failure);
    }

    /// Whether the journal did not take something since this was asked last.
    private boolean journalRefuses() {
        int now = notWritten.get();
        boolean refuses = now > notWrittenBefore;
        notWrittenBefore = now;
        if (refuses) {
            failures = Math.max(failures, Math.min(now, MAX_JOURNAL_FAILURES));
            lane.problem("the journal does not take what became of the messages");
        }
        return refuses;
    }

    /// The journal knows what became of a message, or does not take it.
    ///
    /// @param stored whether the broker has it
    private void written(MessageId id, boolean stored, @Nullable Throwable problem) {
        if (problem == null) {
            notWritten.set(0);
            lane.settled(id);
            return;
        }
        notWritten.incrementAndGet();
        if (stored) {
            lane.doubtful(id);
        } else {
            lane.comeBack(id);
        }
        lane.lane().fallBehind(); // why: it is as queued as before, and goes again
        lane.lane().nudge(new Item.Answered());
    }

    private void retryLater(ProcessContext<Item> context) throws InterruptedException {
        failures++;
        shrink();
        pause(PAUSES.pause(failures, ThreadLocalRandom.current().nextDouble()), context);
    }

    /// Waits before the next try; a wake or a stop ends it.
    private void pause(Duration time, ProcessContext<Item> context) throws InterruptedException {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            if (!(context.receive(Duration.ofNanos(left))
                    instanceof Received.Item<Item>(Item item))) {
                return;
            }
            take(item);
            if (item instanceof Item.Wake) {
                return;
            }
        }
    }

    /// After a failure everything that is unanswered goes again, the oldest first, one at a time.
    private void goBack() throws InterruptedException {
        awaitAnswers();
        window = 1;
        while (!inFlight.isEmpty()) {
            InFlight last = inFlight.removeLast();
            if (last.answer().isCompletedExceptionally()) {
                backlog.addFirst(last.item());
                notKept(last);
            } else {
                letGo(last.item());
                held.remove(last.message().id());
                keep(last);
            }
        }
    }

    /// The broker has not said that it has it: it has, or not.
    private void notKept(InFlight failed) {
        MessageId id = failed.message().id();
        if (failed.sent() && !(refusal(failed) instanceof PublishException e && e.isCertain())) {
            lane.doubtful(id);
        } else {
            lane.comeBack(id);
        }
    }

    private static @Nullable Throwable refusal(InFlight failed) {
        return failed.answer().state() == Future.State.FAILED
                ? failed.answer().exceptionNow()
                : null;
    }

    private void awaitAnswers() throws InterruptedException {
        CompletableFuture<?>[] answers =
                inFlight.stream()
                        .map(each -> each.answer().handle((_, _) -> true))
                        .toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(answers).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("an answer that is handled cannot fail", e);
        }
    }

    /// Whether the node of this subject has no mailbox, so that an ACK to it can only be said, not
    /// kept.
    private boolean nobodyKeeps(PublishException.Kind kind) throws InterruptedException {
        if (kind == PublishException.Kind.NO_MAILBOX) {
            return true;
        }
        if (kind != PublishException.Kind.TIMEOUT) {
            return false;
        }
        try {
            return !broker.look(lane.subject().node(), List.of()).exists();
        } catch (BrokerException e) {
            return false; // not known: it is published again after the pause
        }
    }

    private void end(Message message, State state, String reason) {
        held.remove(message.id());
        var _ =
                journal.endSent(
                                message.id(),
                                List.of(State.QUEUED, State.PUBLISHED),
                                state,
                                reason,
                                clock.instant())
                        .whenComplete((_, problem) -> written(message.id(), false, problem));
    }

    /// An ACK that nobody keeps is over once it is said.
    private void over(Message message) {
        held.remove(message.id());
        var _ =
                journal.published(
                                message.id(),
                                new Published("", clock.instant(), 0, clock.instant()))
                        .whenComplete((_, problem) -> written(message.id(), false, problem));
    }
}

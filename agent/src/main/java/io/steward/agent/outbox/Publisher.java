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
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The publisher process of one subject: hands its messages to the broker in their order, several
/// at once while all goes well. The window grows with each PubAck and falls to one with each
/// failure; then the oldest unanswered message goes first, and the newer ones wait for it.
final class Publisher implements ProcessBody<Publisher.Item> {
    private static final int MAX_WINDOW = 128;
    private static final int PAGE = 256;
    private static final int MAX_BACKLOG = 2 * PAGE;
    private static final int REPORT_AFTER = 10;
    private static final long NONE = -1;
    private static final Duration LOOK_UP = Duration.ofMillis(100);
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

        /// Something has changed: look, and try again now.
        record Wake() implements Item {}

        /// The broker has answered.
        record Answered() implements Item {}
    }

    private record InFlight(Item item, Message message, CompletableFuture<Stored> answer) {}

    private final PublisherLane lane;
    private final Journal journal;
    private final Broker broker;
    private final InstantSource clock;
    private final Deque<Item> backlog = new ArrayDeque<>();
    private final Deque<InFlight> inFlight = new ArrayDeque<>();
    private final Set<MessageId> held = new HashSet<>();
    private int window = 1;
    private int failures;
    private boolean dropped;
    private final LostMailbox lostMailbox;
    private boolean goingAgain;
    private boolean noMailbox;
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
            publishBacklog();
            if (!inFlight.isEmpty()) {
                settleOldest(context);
            }
        }
    }

    /// What is in flight when this body ends: the next one waits for the answers, and reads again
    /// what has not gone.
    private void leave() {
        for (InFlight each : inFlight) {
            MessageId id = each.message().id();
            var _ =
                    each.answer()
                            .whenComplete((stored, failure) -> {
                                if (failure == null) {
                                    keep(each);
                                } else {
                                    lane.settled(id);
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
            case Item.Send(Message message) -> {
                if (dropped || backlog.size() >= MAX_BACKLOG) {
                    dropped = true; // it lies in the journal, and is read from there in its turn
                    lane.lane().fallBehind();
                } else if (held.add(message.id())) {
                    backlog.add(item);
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
        backlog.clear();
        held.clear();
        dropped = true;
        lane.lane().fallBehind();
    }

    private void fillBacklog(ProcessContext<Item> context) {
        if (goingAgain) {
            for (SentMessage lost : lostMailbox.next()) {
                Message message = lost.message();
                if (!lane.isHandedOut(message.id()) && held.add(message.id())) {
                    var _ = journal.resending(message.id(), clock.instant());
                    backlog.add(
                            new Item.SendAgain(
                                    message, message.id() + ".r" + (lost.resends() + 1)));
                }
            }
            goingAgain = !backlog.isEmpty() || !inFlight.isEmpty() || lane.handedOut() > 0;
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
        int added = 0;
        for (Message message :
                journal.queuedOf(lane.subject(), held.size() + lane.handedOut() + PAGE)) {
            if (!lane.isHandedOut(message.id()) && held.add(message.id())) {
                backlog.add(new Item.Send(message));
                added++;
            }
        }
        return added;
    }

    private void publishBacklog() {
        while (inFlight.size() < window && !backlog.isEmpty()) {
            Item item = backlog.remove();
            switch (item) {
                case Item.Send(Message message) -> {
                    if (!lane.handOut(message.id())) {
                        held.remove(message.id());
                    } else if (!expired(message)) {
                        publish(item, message, message.id().value());
                    }
                }
                case Item.SendAgain(Message message, String deduplicationId) -> {
                    if (lane.handOut(message.id())) {
                        publish(item, message, deduplicationId);
                    } else {
                        held.remove(message.id());
                    }
                }
                case Item.Wake _, Item.Answered _ -> {}
            }
        }
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

    private void publish(Item item, Message message, String deduplicationId) {
        byte[] payload = Envelope.encode(message);
        if (noMailbox && message.subject().isAck()) {
            broker.say(message.subject().toString(), payload);
            over(message);
            return;
        }
        CompletableFuture<Stored> answer =
                broker.publish(message.subject(), deduplicationId, payload, connection);
        inFlight.add(new InFlight(item, message, answer));
        var _ = answer.whenComplete((_, _) -> lane.lane().nudge(new Item.Answered()));
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
        held.remove(oldest.message().id());
        keep(oldest);
        failures = 0;
        noMailbox = false;
        window = Math.min(MAX_WINDOW, window * 2);
        lane.problem(null);
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
                        .whenComplete((_, _) -> lane.settled(message.id()));
    }

    private void failed(InFlight oldest, @Nullable Throwable cause, ProcessContext<Item> context)
            throws InterruptedException {
        PublishException failure =
                cause instanceof PublishException known
                        ? known
                        : new PublishException(PublishException.Kind.OTHER, String.valueOf(cause));
        if (failure.kind() == PublishException.Kind.TOO_LARGE) {
            inFlight.remove();
            end(oldest.message(), State.REFUSED, failure.reason());
            return;
        }
        goBack();
        if (failure.kind() == PublishException.Kind.NO_MAILBOX) {
            lostMailbox.lookAgain();
        }
        if (lane.subject().isAck() && nobodyKeeps(failure.kind())) {
            noMailbox = true; // a plain NATS client: it hears its ACKs if it listens
            return;
        }
        lane.problem(failure.reason());
        if (failures + 1 == REPORT_AFTER) {
            context.tell(Severity.WARNING, "publishing to " + lane.subject(), failure);
        }
        retryLater(context);
    }

    private void retryLater(ProcessContext<Item> context) throws InterruptedException {
        failures++;
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
                lane.settled(last.message().id());
            } else {
                held.remove(last.message().id());
                keep(last);
            }
        }
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
                        .whenComplete((_, _) -> lane.settled(message.id()));
    }

    /// An ACK that nobody keeps is over once it is said.
    private void over(Message message) {
        held.remove(message.id());
        var _ =
                journal.published(
                                message.id(),
                                new Published("", clock.instant(), 0, clock.instant()))
                        .whenComplete((_, _) -> lane.settled(message.id()));
    }
}

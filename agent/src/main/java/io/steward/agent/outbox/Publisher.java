package io.steward.agent.outbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.Broker.Stored;
import io.steward.agent.broker.PublishException;
import io.steward.agent.journal.Journal;
import io.steward.agent.kernel.Backoff;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.kernel.Severity;
import io.steward.messages.Envelope;
import io.steward.messages.Message;
import io.steward.messages.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The publisher process of one subject: hands its messages to the broker in their order, several
/// at once while all goes well and the broker keeps their order. The window grows with each PubAck
/// and falls to one with each failure; then the oldest unanswered message goes first, and the newer
/// ones wait for it.
final class Publisher implements ProcessBody<Publisher.Item> {
    private static final int REPORT_AFTER = 10;
    private static final int MAX_JOURNAL_FAILURES = 5;
    private static final long NONE = -1;
    private static final Duration LOOK_UP = Duration.ofMillis(100);

    private static final Backoff PAUSES =
            new Backoff(
                    Duration.ofMillis(100), Duration.ofSeconds(30), 2, 0.5, Duration.ofMinutes(1));

    /// What the mailbox of a publisher takes.
    sealed interface Item {
        /// A message to hand to the broker.
        sealed interface ToSend extends Item {
            Message message();

            String deduplicationId();
        }

        /// A message that is queued in the journal.
        record Send(Message message) implements ToSend {
            @Override
            public String deduplicationId() {
                return message.id().value();
            }
        }

        /// A message that the broker has lost, or an answer to a second copy: published under a
        /// deduplication id of its own.
        record SendAgain(Message message, String deduplicationId) implements ToSend {}

        /// The mailbox may be another one than that into which messages were put.
        record MailboxLost() implements Item {}

        /// Something has changed: look, and try again now.
        record Wake() implements Item {}

        /// The broker has answered.
        record Answered() implements Item {}
    }

    private final PublisherLane lane;
    private final Broker broker;
    private final InstantSource clock;
    private final Settling settling;
    private final Recipient recipient;
    private final LostMailbox lostMailbox;
    private final Backlog backlog;
    private final Window window = new Window();
    private int failures;
    private boolean toldStorage;
    private long connection = NONE;

    Publisher(PublisherLane lane, Journal journal, Broker broker, InstantSource clock) {
        this.lane = lane;
        this.broker = broker;
        this.clock = clock;
        this.settling = new Settling(lane, journal, clock);
        this.recipient = new Recipient(lane.subject().node(), broker);
        this.lostMailbox = new LostMailbox(lane.subject(), journal, broker);
        this.backlog = new Backlog(lane, journal, lostMailbox, settling, clock);
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
                    lane.letGo(left);
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
            int refused = settling.refused();
            if (refused > 0) {
                failures = Math.max(failures, Math.min(refused, MAX_JOURNAL_FAILURES));
                lane.problem("the journal does not take what became of the messages");
                retryLater(context); // why: it is as queued as before, and would go round for ever
                continue;
            }
            if (window.isEmpty() && !begin(context)) {
                continue;
            }
            boolean postponed = fillBacklog(context);
            if (!backlog.isEmpty() || !window.isEmpty()) {
                publishBacklog(context);
                if (!window.isEmpty()) {
                    settleOldest(context);
                }
            } else if (postponed) {
                postpone(context);
            } else if (backlog.isGoingAgain()) {
                pause(LOOK_UP, context); // until the journal knows what has gone again
            } else {
                lane.releaseAll();
                if (!(context.receive() instanceof Received.Item<Item>(Item item))) {
                    return;
                }
                take(item);
            }
        }
    }

    /// With nothing in flight: looks whether newer messages may go. They must not overtake one that
    /// was lost with its connection or its mailbox.
    ///
    /// @return false if they may not yet; then it has waited a while
    private boolean begin(ProcessContext<Item> context) throws InterruptedException {
        if (broker.connection() != connection && lane.handedOut() > 0) {
            pause(LOOK_UP, context); // until it is known what became of what was handed out before
            return false;
        }
        connection = broker.connection();
        switch (lostMailbox.look(connection)) {
            case ALL_THERE -> {}
            case LOST -> backlog.beginAgain();
            case UNKNOWN -> {
                lane.problem("%s has no mailbox now".formatted(lane.subject().node()));
                retryLater(context);
                return false;
            }
        }
        return true;
    }

    /// What is in flight when this body ends: the next one waits for the answers, and reads again
    /// what has not gone.
    private void leave() {
        backlog.leave();
        window.forEach(each -> lane.letGo(each.item()));
        window.forEach(settling::whenAnswered);
    }

    private void take(Item item) {
        switch (item) {
            case Item.Wake _ -> {
                failures = 0;
                recipient.mayHaveMailbox();
            }
            case Item.Answered _ -> {}
            case Item.MailboxLost _ -> {
                if (!backlog.isGoingAgain()) {
                    lostMailbox.lookAgain();
                }
            }
            case Item.Send send -> backlog.add(send);
            case Item.SendAgain again -> backlog.add(again);
        }
    }

    /// @return whether something is left in the journal for want of memory
    private boolean fillBacklog(ProcessContext<Item> context) {
        if (backlog.isGoingAgain()) {
            backlog.fillWithLost(window.isEmpty());
            if (backlog.isGoingAgain()) {
                return false;
            }
        }
        while (!backlog.hasPage()) {
            Item item = context.poll();
            if (item == null) {
                return backlog.readOn(connection != 0);
            }
            take(item);
        }
        return false;
    }

    private void publishBacklog(ProcessContext<Item> context) throws InterruptedException {
        while (window.hasRoom() && !backlog.isEmpty() && window.nothingIsWrong()) {
            Item.ToSend item = backlog.remove();
            Message message = item.message();
            boolean mayBeThere = item instanceof Item.SendAgain || lane.mayBeOut(message.id());
            if (!lane.handOut(message.id())) {
                backlog.done(message.id());
                lane.letGo(item);
            } else if (!mayBeThere && expired(message)) {
                lane.letGo(item); // why: of one that its node may have, only its node knows the end
            } else {
                publishOrPutBack(item, context);
            }
        }
    }

    private void publishOrPutBack(Item.ToSend item, ProcessContext<Item> context)
            throws InterruptedException {
        try {
            publish(item, context);
        } catch (Throwable e) {
            // why: the body after this one would wait for its answer for ever
            lane.doubtful(item.message().id());
            backlog.putBack(item);
            throw e;
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

    private void publish(Item.ToSend item, ProcessContext<Item> context)
            throws InterruptedException {
        Message message = item.message();
        byte[] payload;
        try {
            payload = Envelope.encode(message);
        } catch (RuntimeException | StackOverflowError e) {
            context.tell(Severity.ERROR, "encoding " + message.id(), e);
            end(message, State.FAILED, "it cannot be encoded: " + e);
            lane.letGo(item);
            return;
        }
        if (message.subject().isAck() && recipient.isWithoutMailbox()) {
            broker.say(message.subject().toString(), payload);
            backlog.done(message.id());
            settling.said(message);
            lane.letGo(item);
            return;
        }
        CompletableFuture<Stored> answer =
                broker.publish(message.subject(), item.deduplicationId(), payload, connection);
        window.add(new InFlight(item, connection != 0, System.nanoTime(), answer));
        var _ = answer.whenComplete((_, _) -> lane.lane().nudge(new Item.Answered()));
    }

    /// Waits for the answer to the oldest message, or for another message that may go beside it.
    private void settleOldest(ProcessContext<Item> context) throws InterruptedException {
        InFlight oldest = window.oldest();
        if (!oldest.isAnswered() && window.hasRoom() && backlog.isEmpty()) {
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
        window.removeOldest();
        kept(oldest);
        failures = 0;
        recipient.mayHaveMailbox();
        toldStorage = false;
        window.widen(broker.keepsOrder(lane.subject().node()));
        lane.noProblem();
        context.handled(1);
    }

    private void kept(InFlight stored) {
        lane.letGo(stored.item());
        backlog.done(stored.message().id());
        settling.keep(stored);
    }

    private void failed(InFlight oldest, @Nullable Throwable cause, ProcessContext<Item> context)
            throws InterruptedException {
        PublishException failure =
                cause instanceof PublishException known
                        ? known
                        : new PublishException(PublishException.Kind.OTHER, String.valueOf(cause));
        if (failure.kind() == PublishException.Kind.TOO_LARGE) {
            window.removeOldest();
            lane.letGo(oldest.item());
            end(oldest.message(), State.REFUSED, failure.reason());
            return;
        }
        goBack();
        switch (failure.kind()) {
            case MAILBOX_FULL, STORAGE -> window.beCautious();
            case NO_MAILBOX -> lostMailbox.lookAgain();
            default -> {}
        }
        if (lane.subject().isAck() && recipient.isMissedBy(failure)) {
            recipient.hasNoMailbox();
            return;
        }
        PublishException told = recipient.named(failure);
        lane.problem(told);
        boolean storage = told.kind() == PublishException.Kind.STORAGE && failures > 0;
        if (!toldStorage && (storage || failures + 1 == REPORT_AFTER)) {
            context.tell(Severity.WARNING, "publishing to " + lane.subject(), told);
        }
        toldStorage = storage;
        retryLater(context);
    }

    /// After a failure everything that is unanswered goes again, the oldest first, one at a time.
    private void goBack() throws InterruptedException {
        window.awaitAnswers();
        window.narrow();
        while (!window.isEmpty()) {
            InFlight last = window.removeNewest();
            if (last.isStored()) {
                kept(last);
            } else {
                backlog.putBack(last.item());
                settling.notKept(last);
            }
        }
    }

    private void end(Message message, State state, String reason) {
        backlog.done(message.id());
        settling.end(message, state, reason);
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

    private void retryLater(ProcessContext<Item> context) throws InterruptedException {
        failures++;
        backlog.shrink();
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
}

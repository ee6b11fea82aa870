package io.steward.agent.inbox;

import io.steward.agent.broker.Mailbox.Delivery;
import io.steward.agent.identity.IdentityException;
import io.steward.agent.identity.Signatures;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.DeadLetter;
import io.steward.agent.journal.Journal.Incoming;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.journal.Journal.Taken;
import io.steward.agent.kernel.Incident;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.Severity;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.policy.Admission;
import io.steward.agent.policy.Decision;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.InputException;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.OnInterrupt;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/// Takes in one batch of what was fetched: decode, check, journal in one transaction, acknowledge
/// to the broker, hand on. Used by one thread.
final class Reception {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private record Opened(Delivery delivery, Incoming incoming) {}

    private final NodeName node;
    private final Journal journal;
    private final MessageOutbox outbox;
    private final Unfinished unfinished;
    private final BrokerTime time;
    private final Elsewhere elsewhere;
    private final Signatures signatures;
    private final Admission admission;
    private final InstantSource clock;
    private final Consumer<Work> dispatch;
    private final Consumer<Work> missed;

    /// @param dispatch takes each new message, which is in the journal by then; must not wait
    /// @param missed is told of one that was in the journal before, and waits for its turn; must
    ///   not wait
    Reception(
            NodeName node,
            Journal journal,
            MessageOutbox outbox,
            Unfinished unfinished,
            BrokerTime time,
            Elsewhere elsewhere,
            Signatures signatures,
            Admission admission,
            InstantSource clock,
            Consumer<Work> dispatch,
            Consumer<Work> missed) {
        this.node = node;
        this.journal = journal;
        this.outbox = outbox;
        this.unfinished = unfinished;
        this.time = time;
        this.elsewhere = elsewhere;
        this.signatures = signatures;
        this.admission = admission;
        this.clock = clock;
        this.dispatch = dispatch;
        this.missed = missed;
    }

    /// Hands on what a process before this one took into the journal and did not come to hand on,
    /// as it was restarted: a second copy of it would be answered, and never run.
    void takeUp(ProcessContext<?> context) throws InterruptedException {
        Set<MessageId> left = unfinished.arriving();
        if (left.isEmpty()) {
            return;
        }
        // why: what was being written when that one ended is in the journal after this, or never
        var _ = durable(() -> journal.receive(List.of()), "taking in messages", context);
        left.stream()
                .flatMap(id -> {
                    Optional<ReceivedMessage> there = journal.received(id);
                    unfinished.notNew(id);
                    return there.stream();
                })
                .filter(received -> !received.state().isEnd())
                .sorted(Comparator.comparingLong(ReceivedMessage::arrival))
                .forEach(received -> {
                    Work work = unfinished.of(received);
                    if (hasEnded(received.message().id())) {
                        unfinished.forget(work);
                    } else {
                        dispatch.accept(work);
                    }
                });
    }

    private boolean hasEnded(MessageId id) {
        return journal.received(id).map(received -> received.state().isEnd()).orElse(true);
    }

    void take(List<Delivery> batch, ProcessContext<?> context) throws InterruptedException {
        List<Opened> opened = new ArrayList<>(batch.size());
        List<Delivery> ackDeliveries = new ArrayList<>();
        List<Ack> acks = new ArrayList<>();
        for (Delivery delivery : batch) {
            try {
                Message message = open(delivery);
                check(message.from(), delivery);
                Ack ack = message.ack();
                if (ack != null && !ack.node().equals(message.from())) {
                    throw new IdentityException(
                            "%s says how a message to %s has ended: expected only that to say so"
                                    .formatted(message.from(), ack.node()));
                }
                if (ack != null) {
                    acks.add(ack);
                    ackDeliveries.add(delivery);
                } else {
                    Decision decision = admission.decide(message);
                    opened.add(
                            new Opened(
                                    delivery,
                                    new Incoming(
                                            message,
                                            hash(message),
                                            delivery.sequence(),
                                            clock.instant(),
                                            time.deadline(message, delivery),
                                            elsewhere.starts(message, delivery),
                                            decision.allowed() ? null : decision.refusal())));
                }
            } catch (InputException e) {
                bury(delivery, String.valueOf(e.getMessage()), context);
            } catch (IdentityException e) {
                // why: nobody is told: who it says it is from has not sent it
                keepDead(delivery, String.valueOf(e.getMessage()), context);
                delivery.terminate();
            } catch (IOException e) {
                context.tell(Severity.ERROR, "looking up who has sent " + delivery.subject(), e);
                delivery.handBack();
                context.pause(PAUSE);
            } catch (RuntimeException | StackOverflowError e) {
                // why: thrown on, it would end this process again and again, and nothing behind it
                // would ever be taken in
                context.tell(Severity.ERROR, "opening a message on " + delivery.subject(), e);
                bury(delivery, "it cannot be opened: " + e, context);
            }
        }
        if (!acks.isEmpty()) {
            durable(
                    () -> {
                        outbox.acknowledged(acks);
                        return CompletableFuture.completedFuture(true);
                    },
                    "taking in ACKs",
                    context);
            ackDeliveries.forEach(Delivery::acknowledge);
        }
        if (!opened.isEmpty()) {
            takeMessages(opened, context);
        }
    }

    private void takeMessages(List<Opened> opened, ProcessContext<?> context)
            throws InterruptedException {
        unfinished.arriving(opened.stream().map(each -> each.incoming().message().id()).toList());
        List<Taken> taken =
                durable(
                        () -> journal.receive(opened.stream().map(Opened::incoming).toList()),
                        "taking in messages",
                        context);
        if (!opened.getFirst().delivery().isStillOurs()) {
            giveUp(opened, context);
            return;
        }
        for (int i = 0; i < opened.size(); i++) {
            Opened each = opened.get(i);
            each.delivery().acknowledge();
            Message message = each.incoming().message();
            if (!(taken.get(i) instanceof Taken.New)) {
                unfinished.notNew(message.id());
            }
            switch (taken.get(i)) {
                case Taken.New() -> {
                    Incoming incoming = each.incoming();
                    Work work =
                            new Work(
                                    message,
                                    incoming.starts(),
                                    null,
                                    incoming.deadline(),
                                    incoming.at());
                    unfinished.add(work).ifPresent(dispatch);
                }
                case Taken.Known(ReceivedMessage known) -> knownAgain(known);
                case Taken.CancelledBefore(Message ack) -> outbox.dispatch(ack);
                case Taken.Refused(Message ack) -> {
                    outbox.dispatch(ack);
                    tellRefused(message, String.valueOf(each.incoming().refusal()), context);
                }
                case Taken.Conflict() -> conflict(each.delivery(), message, context);
            }
        }
    }

    private static void tellRefused(Message message, String why, ProcessContext<?> context) {
        context.tell(
                Severity.WARNING,
                "taking in a message on " + message.subject(),
                new Incident("what %s sent is refused: %s".formatted(message.from(), why)));
    }

    /// Another agent took the name over while these were on their way into the journal: it gets
    /// them.
    private void giveUp(List<Opened> opened, ProcessContext<?> context)
            throws InterruptedException {
        for (Opened each : opened) {
            unfinished.notNew(each.incoming().message().id());
            each.delivery().handBack();
        }
        var _ =
                durable(
                        () -> unfinished.giveUp(journal),
                        "giving up what another agent gets",
                        context);
    }

    private Message open(Delivery delivery) throws InputException {
        Message message = Envelope.decode(delivery.payload());
        if (!message.subject().toString().equals(delivery.subject())) {
            throw new InputException(
                    0,
                    0,
                    null,
                    "the envelope is for subject %s and came on %s"
                            .formatted(message.subject(), delivery.subject()),
                    false);
        }
        return message;
    }

    private void knownAgain(ReceivedMessage known) {
        tellAgain(known);
        if (known.state() == State.RECEIVED) {
            missed.accept(Work.of(known)); // why: a body before this one may have died before it
            // handed it on
        }
    }

    /// A second copy of what is known: its sender is told what is known of it.
    private void tellAgain(ReceivedMessage known) {
        Ack outcome = known.outcome();
        Ack ack =
                outcome != null
                        ? outcome
                        : unfinished
                                .find(known.message().id())
                                .map(work -> work.progress(node))
                                .orElseGet(() ->
                                        Ack.of(known.message().id(), node, known.state(), null));
        outbox.answer(outbox.ackFor(known.message(), ack));
    }

    private void conflict(Delivery delivery, Message message, ProcessContext<?> context)
            throws InterruptedException {
        String reason = "message id %s is known with another body".formatted(message.id());
        keepDead(delivery, reason, context);
        // why: while the first one with this id is open, its sender would take a refusal for the
        // answer to that one
        boolean mayRefuse =
                journal.received(message.id())
                        .map(known ->
                                known.state().isEnd()
                                        || !known.message().from().equals(message.from()))
                        .orElse(true);
        if (mayRefuse) {
            outbox.answer(
                    outbox.ackFor(message, Ack.of(message.id(), node, State.REFUSED, reason)));
        }
    }

    /// What cannot be decoded is kept as a dead letter; its sender is told where one can be made
    /// out.
    private void bury(Delivery delivery, String reason, ProcessContext<?> context)
            throws InterruptedException {
        keepDead(delivery, reason, context);
        delivery.terminate();
        senderOf(delivery)
                .filter(sender -> hasSigned(sender.from(), delivery))
                .ifPresent(sender -> {
                    Ack ack = Ack.of(sender.id(), node, State.REFUSED, reason);
                    outbox.answer(outbox.ackFor(standIn(sender), ack));
                });
    }

    private void check(NodeName from, Delivery delivery)
            throws IdentityException, IOException, InterruptedException {
        signatures.check(from, delivery.headers(), delivery.subject(), delivery.payload());
    }

    private boolean hasSigned(NodeName from, Delivery delivery) {
        try {
            check(from, delivery);
            return true;
        } catch (IdentityException | IOException e) {
            return false; // why: else whoever likes could have us refuse what another has sent
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static Optional<Envelope.Sender> senderOf(Delivery delivery) {
        try {
            return Envelope.senderOf(delivery.payload());
        } catch (RuntimeException | StackOverflowError e) {
            return Optional.empty(); // why: what cannot be opened need not tell its sender either
        }
    }

    private Message standIn(Envelope.Sender sender) {
        return new Message(
                sender.id(),
                sender.from(),
                new Subject(
                        node,
                        MessageType.EVENT,
                        "unreadable",
                        sender.domain().isEmpty() ? "unreadable" : sender.domain()),
                List.of(),
                clock.instant(),
                clock.instant().plus(Message.DEFAULT_EXPIRY),
                Message.DEFAULT_ACK_TIMEOUT,
                0,
                null,
                true,
                OnInterrupt.AUTO,
                1,
                null,
                Map.of(),
                false,
                null);
    }

    private void keepDead(Delivery delivery, String reason, ProcessContext<?> context)
            throws InterruptedException {
        durable(
                () ->
                        journal.deadLetter(
                                new DeadLetter(
                                        delivery.subject(),
                                        delivery.sequence(),
                                        delivery.payload(),
                                        reason,
                                        clock.instant())),
                "keeping a dead letter",
                context);
        context.tell(
                Severity.WARNING,
                "opening a message on " + delivery.subject(),
                new Incident(reason));
    }

    /// Writes to the journal until it takes it; meanwhile nothing is acknowledged to the broker.
    private static <T> T durable(WriteCall<T> write, String doing, ProcessContext<?> context)
            throws InterruptedException {
        while (true) {
            Throwable problem;
            try {
                return write.call().get();
            } catch (ExecutionException e) {
                problem = e.getCause() == null ? e : e.getCause();
            } catch (io.steward.agent.journal.JournalException e) {
                problem = e;
            }
            context.tell(Severity.ERROR, doing, problem);
            if (!context.pause(PAUSE)) {
                throw new InterruptedException("told to stop while " + doing);
            }
        }
    }

    /// A write that can be tried again.
    private interface WriteCall<T> {
        CompletableFuture<T> call() throws InterruptedException;
    }

    /// Of what the message says, not of its bytes: a sender that was upgraded may write the same
    /// message another way.
    private static String hash(Message message) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256").digest(Envelope.encode(message)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

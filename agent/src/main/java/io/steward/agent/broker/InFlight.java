package io.steward.agent.broker;

import static java.util.Objects.requireNonNullElse;

import io.nats.client.JetStreamApiException;
import io.nats.client.Message;
import io.nats.client.api.PublishAck;
import io.nats.client.impl.Headers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The messages of one [Session] that have no PubAck yet. Answers come to one inbox and are
/// completed on one thread, in their order. Thread-safe.
final class InFlight {
    /// Without any answer at all for this long, all that is older has timed out: the broker hangs.
    private static final long SILENCE = Duration.ofSeconds(5).toNanos();

    /// The longest wait for one answer while others come: a slow disk under a full window.
    private static final long LONGEST = Duration.ofSeconds(30).toNanos();

    private static final long SWEEP_MILLIS = 500;

    private record Waiting(
            String subject,
            String stream,
            long since,
            CompletableFuture<Instant> created,
            CompletableFuture<Broker.Stored> answer) {
        void fail(PublishException.Kind kind, String why) {
            answer.completeExceptionally(new PublishException(kind, subject + ": " + why));
        }
    }

    private final Session session;
    private final String inbox;
    private final ScheduledExecutorService scheduler;
    private final AtomicBoolean sweeping = new AtomicBoolean();
    private final Map<Long, Waiting> waiting = new ConcurrentSkipListMap<>();
    private final AtomicLong token = new AtomicLong();
    private volatile long heard = System.nanoTime();

    InFlight(Session session, ScheduledExecutorService scheduler) {
        this.session = session;
        this.inbox = session.inbox() + ".";
        this.scheduler = scheduler;
        session.subscribe(inbox + "*", this::answered);
    }

    /// Has the sweep begin, unless it goes on: it does while anything waits, and an agent that is
    /// idle is not woken for it.
    private void beginSweeping() {
        if (sweeping.compareAndSet(false, true)) {
            try {
                var _ = scheduler.schedule(this::sweep, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                sweeping.set(false); // why: the session has ended, and all that waits has failed
            }
        }
    }

    /// Sends; the answer fails with [PublishException].
    CompletableFuture<Broker.Stored> publish(
            String subject, String stream, Headers headers, byte[] payload) {
        CompletableFuture<Broker.Stored> answer = new CompletableFuture<>();
        long key = token.incrementAndGet();
        Waiting entry;
        try {
            entry =
                    new Waiting(
                            subject,
                            stream,
                            System.nanoTime(),
                            session.creations().of(stream),
                            answer);
            waiting.put(key, entry);
            beginSweeping();
            session.send(subject, inbox + key, headers, payload);
        } catch (IllegalStateException e) {
            waiting.remove(key);
            answer.completeExceptionally(
                    new PublishException(
                            PublishException.Kind.DISCONNECTED,
                            subject + ": not connected: " + session.reason(),
                            e));
            return answer;
        } catch (IllegalArgumentException e) {
            waiting.remove(key);
            answer.completeExceptionally(
                    new PublishException(
                            PublishException.Kind.OTHER, subject + ": " + e.getMessage(), e));
            return answer;
        }
        if (!session.isOpen()) { // it ended while this was put in
            failAll(requireNonNullElse(session.reason(), "the connection was lost"));
        }
        return answer;
    }

    private void answered(Message message) {
        heard = System.nanoTime();
        Waiting entry =
                waiting.remove(Long.valueOf(message.getSubject().substring(inbox.length())));
        if (entry == null) {
            return; // it has timed out before
        }
        if (message.isStatusMessage()) {
            if (message.getStatus().isNoResponders()) {
                session.creations().gone(entry.stream);
                entry.fail(
                        PublishException.Kind.NO_MAILBOX,
                        "no mailbox takes it: the node has never joined, or its name is mistyped");
            } else {
                entry.fail(PublishException.Kind.OTHER, message.getStatus().getMessageWithCode());
            }
            return;
        }
        try {
            stored(entry, new PublishAck(message));
        } catch (JetStreamApiException e) {
            entry.answer.completeExceptionally(Refusals.ofPublish(entry.subject, e));
        } catch (IOException e) {
            entry.fail(PublishException.Kind.OTHER, "the broker's answer is not a PubAck");
        }
    }

    private void stored(Waiting entry, PublishAck ack) {
        session.domains().saw(ack.getStream(), ack.getDomain());
        if (!ack.isDuplicate()) {
            session.creations().saw(ack.getStream(), ack.getSeqno());
        }
        var _ =
                entry.created.thenAccept(created ->
                        entry.answer.complete(
                                new Broker.Stored(
                                        ack.getStream(),
                                        created,
                                        ack.getSeqno(),
                                        ack.isDuplicate())));
    }

    /// Fails the messages of a subject on which this connection may not publish.
    ///
    /// @return whether there were any
    boolean denied(String subject, String error) {
        // jnats may give the error in lower case
        return take(
                entry -> entry.subject.equalsIgnoreCase(subject),
                entry ->
                        entry.fail(
                                PublishException.Kind.DENIED,
                                "the broker does not permit it: " + error));
    }

    /// Fails all, the oldest first.
    void failAll(String why) {
        var _ = take(entry -> true, entry -> entry.fail(PublishException.Kind.DISCONNECTED, why));
    }

    private void sweep() {
        failOverdue();
        sweeping.set(false);
        if (!waiting.isEmpty()) {
            beginSweeping();
        }
    }

    private void failOverdue() {
        long now = System.nanoTime();
        boolean silent = now - heard > SILENCE;
        var _ =
                take(
                        entry -> now - entry.since > (silent ? SILENCE : LONGEST),
                        entry ->
                                entry.fail(
                                        PublishException.Kind.TIMEOUT,
                                        "no answer for %d s; the broker may have stored it"
                                                .formatted(
                                                        TimeUnit.NANOSECONDS.toSeconds(
                                                                now - entry.since))));
    }

    /// Takes out those that match, in their order; returns whether there were any.
    private boolean take(Predicate<Waiting> which, Consumer<Waiting> then) {
        boolean any = false;
        for (long key : waiting.keySet().toArray(Long[]::new)) {
            Waiting entry = waiting.get(key);
            if (entry != null && which.test(entry) && waiting.remove(key, entry)) {
                then.accept(entry);
                any = true;
            }
        }
        return any;
    }
}

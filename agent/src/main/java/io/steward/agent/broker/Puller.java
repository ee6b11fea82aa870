package io.steward.agent.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Message;
import io.nats.client.Subscription;
import io.nats.client.support.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pulls from one consumer over one [Session]. Each pull is a single request with `no_wait` and
/// `expires`: the broker answers at once with what there is, else with the first that comes
/// (nats-server calls it one-shot). So an idle mailbox hands over without a further round trip, and
/// nothing is asked for that nobody takes. What comes late is kept for the next pull. Not
/// thread-safe.
final class Puller implements AutoCloseable {
    /// The broker ended or refused the pull.
    static final class Gone extends Exception {
        private static final long serialVersionUID = 1L;

        Gone(String message) {
            super(message);
        }
    }

    /// The longest wait of one request; without any answer after it, the consumer is looked for.
    private static final long LONGEST = Duration.ofSeconds(20).toNanos();

    /// How much later than the broker's clock says its answer may come.
    private static final long GRACE = Duration.ofSeconds(2).toNanos();

    private static final String BATCH_COMPLETED = "Batch Completed";

    private final Session session;
    private final int maxBytes;
    private final String request;
    private final String inbox;
    private final Subscription subscription;
    private long pulls;
    private boolean anotherLeader;

    /// @param maxBytes bounds the memory of one batch
    Puller(Session session, String stream, String consumer, int maxBytes) {
        this.maxBytes = maxBytes;
        this.session = session;
        this.request = session.api("CONSUMER.MSG.NEXT." + stream + "." + consumer);
        this.inbox = session.inbox() + ".";
        this.subscription = session.subscribe(inbox + "*");
    }

    Session session() {
        return session;
    }

    /// Returns as soon as there is at least one message; an empty list at `deadline` by
    /// `System.nanoTime()`.
    ///
    /// @throws Gone if the consumer is gone or does not take pulls
    /// @throws IllegalStateException if the session has ended
    List<Message> pull(int max, long deadline) throws Gone, InterruptedException {
        List<Message> messages = new ArrayList<>();
        boolean bounded = true;
        while (true) {
            messages.addAll(come(max));
            if (!messages.isEmpty()) {
                return messages;
            }
            long wait = Math.min(LONGEST, Math.max(0, deadline - System.nanoTime()));
            String end = inbox + ++pulls;
            session.send(request, end, null, body(max, wait, bounded));
            Status status = collect(messages, max, end, System.nanoTime() + wait + GRACE);
            if (!messages.isEmpty()) {
                return messages;
            }
            if (status == null) {
                throw new Gone("no answer");
            }
            if (status.getCode() == Status.CONFLICT_CODE
                    && Status.MESSAGE_SIZE_EXCEEDS_MAX_BYTES.equals(status.getMessage())) {
                bounded = false; // a single one is larger
                continue;
            }
            check(status);
            if (System.nanoTime() >= deadline) {
                return messages;
            }
        }
    }

    private byte[] body(int max, long wait, boolean bounded) {
        StringBuilder json =
                new StringBuilder("{\"no_wait\":true,\"batch\":").append(bounded ? max : 1);
        if (wait > 0) {
            json.append(",\"expires\":").append(wait);
        }
        if (bounded) {
            json.append(",\"max_bytes\":").append(maxBytes);
        }
        return json.append('}').toString().getBytes(UTF_8);
    }

    /// What came for an earlier pull after it was given up. Does not wait.
    List<Message> come(int max) throws InterruptedException {
        List<Message> messages = new ArrayList<>();
        while (messages.size() < max) {
            Message message = subscription.nextMessage((Duration) null);
            if (message == null) {
                return messages;
            }
            if (message.isJetStream()) {
                messages.add(message);
            }
        }
        return messages;
    }

    /// Whether the consumer has got another leader since this was asked for the last time: what the
    /// one before has counted as handed over may never have been sent.
    boolean isAnotherLeader() {
        boolean changed = anotherLeader;
        anotherLeader = false;
        return changed;
    }

    /// Takes messages until the batch is full or the broker ends it.
    ///
    /// @return how the broker ended it; null if it did not
    private @Nullable Status collect(List<Message> messages, int max, String end, long deadline)
            throws InterruptedException {
        while (messages.size() < max) {
            long left = deadline - System.nanoTime();
            Message message = left <= 0 ? null : subscription.nextMessage(Duration.ofNanos(left));
            if (message == null) {
                return null;
            }
            if (message.isJetStream()) {
                messages.add(message);
            } else if (message.isStatusMessage() && message.getSubject().equals(end)) {
                Status status = message.getStatus();
                // why: a replicated consumer may say so before the messages come
                if (!BATCH_COMPLETED.equals(status.getMessage()) || !messages.isEmpty()) {
                    return status;
                }
            }
        }
        return null;
    }

    private void check(Status status) throws Gone {
        switch (status.getCode()) {
            case Status.NOT_FOUND_CODE, Status.REQUEST_TIMEOUT_CODE -> {
                // nothing there
            }
            case Status.CONFLICT_CODE -> {
                if (!Status.LEADERSHIP_CHANGE.equals(status.getMessage())) {
                    throw new Gone(status.getMessageWithCode());
                }
                anotherLeader = true;
            }
            default -> throw new Gone(status.getMessageWithCode());
        }
    }

    /// Gives back at once what has come and was not taken.
    @Override
    public void close() {
        try {
            List<Message> left = new ArrayList<>();
            while (true) {
                Message message = subscription.nextMessage((Duration) null);
                if (message == null) {
                    break;
                }
                left.add(message);
            }
            subscription.unsubscribe();
            left.stream().filter(Message::isJetStream).forEach(Message::nak);
        } catch (IllegalStateException e) {
            // the session has ended: the broker hands it over again after the ack wait
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

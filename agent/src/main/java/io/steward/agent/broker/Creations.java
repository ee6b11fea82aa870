package io.steward.agent.broker;

import io.nats.client.Message;
import io.nats.client.api.ClusterInfo;
import io.nats.client.api.StreamInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// When the streams were made into which one [Session] publishes; a PubAck does not say. It is
/// asked ahead of the first message to a stream, over the same connection, so a message has the
/// time of the stream it went into or of an earlier one of the name, never of a later one: it may
/// be taken for lost without need, and is then sent again under its id, but never for waiting when
/// it is lost.
///
/// It is asked again when a sequence goes back, which shows another stream, when there was no
/// stream, and now and then. Lost storage needs a new session anyway, and with it a new cache.
/// Thread-safe.
final class Creations {
    /// What is said where the broker does not tell, because it is not permitted for instance. It
    /// equals no stream's time.
    static final Instant UNKNOWN = Instant.EPOCH;

    private static final long STALE = Duration.ofSeconds(30).toNanos();
    private static final long ANSWER_SECONDS = 4;
    private static final int MAX_STREAMS = 20_000;

    private static final class Entry {
        final CompletableFuture<Instant> created;
        final long asked;
        volatile long last;
        volatile boolean another;
        volatile boolean unanswered;
        volatile boolean forbidden;
        volatile boolean direct;

        Entry(CompletableFuture<Instant> created, long asked, @Nullable Entry before) {
            this.created = created;
            this.asked = asked;
            this.last = before == null ? 0 : before.last;
            this.direct = before != null && before.direct;
        }
    }

    /// The connection to the broker.
    interface Asking {
        /// Asks; may throw [IllegalStateException] where the question cannot be sent now.
        CompletableFuture<Message> request(String subject);

        /// A subject of the JetStream API.
        String api(String rest);

        /// The server at the other end.
        String serverName();

        /// In which domains streams are.
        Domains domains();
    }

    private final Asking session;
    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    Creations(Asking session) {
        this.session = session;
    }

    /// When the stream was made to which a message is about to be sent; [#UNKNOWN] where the broker
    /// does not tell. Always completed in the end, and never with a failure: a message waits for
    /// it.
    CompletableFuture<Instant> of(String stream) {
        Entry entry = entries.get(stream);
        long now = System.nanoTime();
        if (entry == null || entry.another || notThere(entry)) {
            return ask(stream, now, null).created;
        }
        if (!entry.forbidden && now - entry.asked > STALE) {
            // the known time stays good for this message: only a later stream could be another
            var _ = ask(stream, now, entry);
        }
        return entry.created;
    }

    /// Whether the broker said that there is no such stream. A broker that does not answer, as when
    /// it does not permit the question, is asked again only now and then.
    private static boolean notThere(Entry entry) {
        return !entry.unanswered
                && entry.created.isDone()
                && entry.created.getNow(UNKNOWN).equals(UNKNOWN);
    }

    private Entry ask(String stream, long now, @Nullable Entry before) {
        if (entries.size() >= MAX_STREAMS) {
            entries.clear();
        }
        Entry entry = new Entry(new CompletableFuture<>(), now, before);
        entries.put(stream, entry);
        var _ =
                request(session.api("STREAM.INFO." + stream))
                        .thenCompose(message -> elsewhere(stream, message))
                        .thenAccept(message -> answered(entry, message))
                        .whenComplete((_, failure) -> {
                            if (failure != null) {
                                notAnswered(stream, entry, failure);
                            }
                        });
        return entry;
    }

    private CompletableFuture<Message> request(String subject) {
        try {
            return session.request(subject).orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS);
        } catch (IllegalStateException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /// Where it is not in this agent's domain, it is asked for where its PubAcks come from.
    private CompletableFuture<Message> elsewhere(String stream, Message said) {
        String domain = session.domains().of(stream);
        return domain == null || !createdBy(said).equals(UNKNOWN)
                ? CompletableFuture.completedFuture(said)
                : request(Session.api(domain, "STREAM.INFO." + stream));
    }

    private void answered(Entry entry, Message message) {
        entry.direct = isDirect(message);
        entry.created.complete(createdBy(message));
    }

    private void notAnswered(String stream, Entry entry, Throwable failure) {
        entry.unanswered = true;
        if (failure instanceof CompletionException wrapped
                && wrapped.getCause() instanceof IllegalStateException) {
            entries.remove(stream, entry); // why: it was not asked, so the next message does
        }
        entry.created.complete(UNKNOWN);
    }

    private static Instant createdBy(Message message) {
        if (message.isStatusMessage()) {
            return UNKNOWN;
        }
        StreamInfo info = new StreamInfo(message);
        return info.hasError() || info.getCreateTime() == null
                ? UNKNOWN
                : info.getCreateTime().toInstant();
    }

    private boolean isDirect(Message message) {
        if (message.isStatusMessage()) {
            return false;
        }
        StreamInfo info = new StreamInfo(message);
        ClusterInfo cluster = info.hasError() ? null : info.getClusterInfo();
        return !info.hasError()
                && info.getConfiguration().getReplicas() == 1
                && (cluster == null || session.serverName().equals(cluster.getLeader()));
    }

    /// Whether a stream is with the server of this connection and nowhere else, as far as is known:
    /// then no message that is stored has overtaken another one. On the way between servers one may
    /// be lost, and a newer one stored.
    boolean isDirect(String stream) {
        Entry entry = entries.get(stream);
        return entry != null && entry.direct;
    }

    /// The broker does not permit a question: it is not asked again over this connection.
    ///
    /// @return whether it was one of ours
    boolean denied(String subject) {
        String asked = session.api("STREAM.INFO.");
        if (!subject.regionMatches(true, 0, asked, 0, asked.length())) {
            return false;
        }
        String stream = subject.substring(asked.length());
        entries.forEach((name, entry) -> {
            if (name.equalsIgnoreCase(stream)) {
                entry.forbidden = true;
                entry.unanswered = true;
                entry.created.complete(UNKNOWN);
            }
        });
        return true;
    }

    /// There was no stream: the next one of the name is another.
    void gone(String stream) {
        Entry entry = entries.get(stream);
        if (entry != null) {
            entry.another = true;
        }
    }

    /// A message was stored under `sequence`.
    void saw(String stream, long sequence) {
        Entry entry = entries.get(stream);
        if (entry == null) {
            return;
        }
        if (sequence <= entry.last) {
            entry.another = true;
        } else {
            entry.last = sequence; // one thread calls this
        }
    }
}

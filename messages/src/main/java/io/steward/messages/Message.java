package io.steward.messages;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A message as it is on the wire and in the journals. Immutable; instants and durations are cut to
/// the millisecond.
///
/// @param subject the receiver, type, method and domain
/// @param expiresAt after this the receiver refuses it instead of running it late
/// @param ackTimeout how long to wait for *received* before looking after it
/// @param retries how often to publish again at most; 0 = as often as it takes until `expiresAt`
/// @param methodTimeout how long the method may run; null for the receiving agent's setting
/// @param ordered false: run beside the others of its subject, not after them
/// @param maxAttempts how often it may be started in all
/// @param follow whether the receiver tells what is printed while it runs; see [Ack#isFrame]
/// @param ack set on ACKs and on nothing else
public record Message(
        MessageId id,
        NodeName from,
        Subject subject,
        List<String> data,
        Instant createdAt,
        Instant expiresAt,
        Duration ackTimeout,
        int retries,
        @Nullable Duration methodTimeout,
        boolean ordered,
        OnInterrupt onInterrupt,
        int maxAttempts,
        @Nullable Reply reply,
        Map<String, String> labels,
        boolean follow,
        @Nullable Ack ack) {

    /// The version of the envelope, field `v`.
    public static final int VERSION = 1;

    public static final Duration DEFAULT_ACK_TIMEOUT = Duration.ofSeconds(30);
    public static final Duration DEFAULT_EXPIRY = Duration.ofDays(7);
    public static final int DEFAULT_MAX_ATTEMPTS = 3;

    /// @throws IllegalArgumentException if a value is out of its range; the message names the field
    ///   and the range
    public Message {
        data = List.copyOf(data);
        labels = Collections.unmodifiableMap(new TreeMap<>(labels));
        createdAt = createdAt.truncatedTo(ChronoUnit.MILLIS);
        expiresAt = expiresAt.truncatedTo(ChronoUnit.MILLIS);
        ackTimeout = ackTimeout.truncatedTo(ChronoUnit.MILLIS);
        methodTimeout = methodTimeout == null ? null : methodTimeout.truncatedTo(ChronoUnit.MILLIS);
        Instants.requireWritable("createdAt", createdAt);
        Instants.requireWritable("expiresAt", expiresAt);
        if (expiresAt.isAfter(createdAt.plus(Limits.MAX_EXPIRY))) {
            throw new IllegalArgumentException(
                    "expiresAt: %s is more than %s after createdAt"
                            .formatted(
                                    Instants.format(expiresAt),
                                    Durations.format(Limits.MAX_EXPIRY)));
        }
        Limits.check(data, labels, ackTimeout, retries, methodTimeout, maxAttempts);
        if (subject.method().equals(Subject.ACK_METHOD) && !subject.isAck()) {
            throw new IllegalArgumentException("type: method \"ack\" is for events only");
        }
        if ((ack != null) != subject.isAck()) {
            throw new IllegalArgumentException(
                    ack == null
                            ? "ack: missing; a message to method \"ack\" must have it"
                            : "ack: only a message to method \"ack\" has it");
        }
    }

    /// The event that takes `ack` to the sender of `about`.
    public static Message ofAck(MessageId id, NodeName from, Message about, Ack ack, Instant now) {
        return new Message(
                id,
                from,
                Subject.ofAck(about.from(), about.subject().domain()),
                List.of(),
                now,
                now.plus(DEFAULT_EXPIRY),
                DEFAULT_ACK_TIMEOUT,
                0,
                null,
                true,
                OnInterrupt.AUTO,
                1,
                null,
                Map.of(),
                false,
                ack);
    }

    /// The same message under a new id, made now, living as long as this one was meant to.
    public Message again(MessageId newId, Instant now) {
        return with(newId, from, now, now.plus(Duration.between(createdAt, expiresAt)));
    }

    /// The same message from another node.
    public Message from(NodeName sender) {
        return with(id, sender, createdAt, expiresAt);
    }

    private Message with(MessageId newId, NodeName sender, Instant created, Instant expires) {
        return new Message(
                newId,
                sender,
                subject,
                data,
                created,
                expires,
                ackTimeout,
                retries,
                methodTimeout,
                ordered,
                onInterrupt,
                maxAttempts,
                reply,
                labels,
                follow,
                ack);
    }

    /// About how many bytes of memory it takes.
    public long weight() {
        long sum = 700;
        for (String each : data) {
            sum += 56 + each.length();
        }
        for (Map.Entry<String, String> label : labels.entrySet()) {
            sum += 150 + label.getKey().length() + label.getValue().length();
        }
        if (reply != null) {
            for (String each : reply.data()) {
                sum += 56 + each.length();
            }
        }
        if (ack != null) {
            sum += 300L + ack.stdout().size() + ack.stderr().size();
        }
        return sum;
    }

    /// The same message without what may be large: data, labels, reply and ACK. It tells what the
    /// message is, and is not to be sent or run.
    public Message head() {
        return new Message(
                id,
                from,
                subject,
                List.of(),
                createdAt,
                expiresAt,
                ackTimeout,
                retries,
                methodTimeout,
                ordered,
                onInterrupt,
                maxAttempts,
                null,
                Map.of(),
                follow,
                null);
    }
}

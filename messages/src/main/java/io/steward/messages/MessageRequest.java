package io.steward.messages;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a person writes to have something sent: one object of inmsg.txt, of the drop folder, of an
/// HTTP body.
///
/// @param line where the object starts in its input, from 1; 0 if it came from no text
/// @param column likewise
/// @param toNodes the receivers, at least one; each gets a message of its own
/// @param domain null for the method's default
/// @param methodTimeout null for the receiving agent's setting
/// @param follow whether the receiver tells what is printed while it runs
/// @param schedule when it is sent again and again; null for now, once
public record MessageRequest(
        int line,
        int column,
        List<NodeName> toNodes,
        MessageType type,
        String method,
        @Nullable String domain,
        List<String> data,
        Duration ackTimeout,
        int retries,
        @Nullable Duration methodTimeout,
        Expiry expires,
        boolean ordered,
        OnInterrupt onInterrupt,
        int maxAttempts,
        @Nullable Reply reply,
        Map<String, String> labels,
        boolean follow,
        @Nullable Schedule schedule) {

    /// @throws IllegalArgumentException if there is no receiver
    public MessageRequest {
        if (toNodes.isEmpty()) {
            throw new IllegalArgumentException("toNodes: is empty, expected at least one node");
        }
        toNodes = List.copyOf(toNodes);
        data = List.copyOf(data);
        labels = Map.copyOf(labels);
    }

    /// A request with every default.
    public static MessageRequest of(
            List<NodeName> toNodes, MessageType type, String method, List<String> data) {
        return new MessageRequest(
                0,
                0,
                toNodes,
                type,
                method,
                null,
                data,
                Message.DEFAULT_ACK_TIMEOUT,
                0,
                null,
                new Expiry.After(Message.DEFAULT_EXPIRY),
                true,
                OnInterrupt.AUTO,
                Message.DEFAULT_MAX_ATTEMPTS,
                null,
                Map.of(),
                false,
                null);
    }

    /// The same for other receivers, with one more label.
    public MessageRequest to(List<NodeName> nodes, String label, String value) {
        Map<String, String> more = new HashMap<>(labels);
        more.put(label, value);
        return with(nodes, expires, more, schedule);
    }

    /// The same, sent again and again.
    public MessageRequest on(Schedule newSchedule) {
        return with(toNodes, expires, labels, newSchedule);
    }

    /// What one firing of its schedule sends.
    ///
    /// @param more labels besides its own
    public MessageRequest firing(Instant expiresAt, Map<String, String> more) {
        Map<String, String> all = new HashMap<>(labels);
        all.putAll(more);
        return with(toNodes, new Expiry.At(expiresAt), all, null);
    }

    private MessageRequest with(
            List<NodeName> nodes,
            Expiry newExpires,
            Map<String, String> newLabels,
            @Nullable Schedule newSchedule) {
        return new MessageRequest(
                line,
                column,
                nodes,
                type,
                method,
                domain,
                data,
                ackTimeout,
                retries,
                methodTimeout,
                newExpires,
                ordered,
                onInterrupt,
                maxAttempts,
                reply,
                newLabels,
                follow,
                newSchedule);
    }

    /// One message for each receiver.
    ///
    /// @param domain the domain to use: this request's or the method's default
    /// @throws IllegalArgumentException if a value is out of its range, or the message would be
    ///   expired at once
    public List<Message> messages(
            NodeName from, String domain, Supplier<MessageId> ids, Instant now) {
        if (expires instanceof Expiry.After(Duration after)
                && after.compareTo(Limits.MAX_EXPIRY) > 0) {
            throw new IllegalArgumentException(
                    "expires: %s is more than 365d".formatted(Durations.format(after)));
        }
        Instant expiresAt = expires.from(now);
        if (!expiresAt.isAfter(now)) {
            throw new IllegalArgumentException("expires: %s is in the past".formatted(expiresAt));
        }
        if (expiresAt.isAfter(now.plus(Limits.MAX_EXPIRY))) {
            throw new IllegalArgumentException(
                    "expires: %s is more than 365d away".formatted(expiresAt));
        }
        return toNodes.stream()
                .map(node ->
                        new Message(
                                ids.get(),
                                from,
                                new Subject(node, type, method, domain),
                                data,
                                now,
                                expiresAt,
                                ackTimeout,
                                retries,
                                methodTimeout,
                                ordered,
                                onInterrupt,
                                maxAttempts,
                                reply,
                                labels,
                                follow,
                                null))
                .toList();
    }
}

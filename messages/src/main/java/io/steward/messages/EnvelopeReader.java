package io.steward.messages;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the object of an envelope.
final class EnvelopeReader {
    private static final List<String> FIELDS =
            List.of(
                    "v",
                    "id",
                    "from",
                    "to",
                    "type",
                    "method",
                    "domain",
                    "data",
                    "createdAt",
                    "expiresAt",
                    "ackTimeout",
                    "retries",
                    "methodTimeout",
                    "ordered",
                    "onInterrupt",
                    "maxAttempts",
                    "reply",
                    "labels",
                    "follow",
                    "ack");
    private static final String TIMEOUT = "a duration such as \"10s\", or a number of seconds";

    private final ValueReader in;
    private @Nullable MessageId id;
    private @Nullable NodeName from;
    private @Nullable NodeName to;
    private @Nullable MessageType type;
    private @Nullable String method;
    private @Nullable String domain;
    private List<String> data = List.of();
    private @Nullable Instant createdAt;
    private @Nullable Instant expiresAt;
    private Duration ackTimeout = Message.DEFAULT_ACK_TIMEOUT;
    private int retries;
    private @Nullable Duration methodTimeout;
    private boolean ordered = true;
    private OnInterrupt onInterrupt = OnInterrupt.AUTO;
    private int maxAttempts = Message.DEFAULT_MAX_ATTEMPTS;
    private @Nullable Reply reply;
    private Map<String, String> labels = Map.of();
    private boolean follow;
    private @Nullable Ack ack;

    private EnvelopeReader(ValueReader in) {
        this.in = in;
    }

    static Message read(ValueReader in) throws InputException {
        return new EnvelopeReader(in).read();
    }

    private Message read() throws InputException {
        int start = in.offset();
        in.object(FIELDS, this::field);
        if (id == null) {
            throw in.missing(start, "id", "a ULID");
        }
        if (from == null) {
            throw in.missing(start, "from", "the name of the sending node");
        }
        if (to == null) {
            throw in.missing(start, "to", "the name of the receiving node");
        }
        if (type == null) {
            throw in.missing(start, "type", "\"command\" or \"event\"");
        }
        if (method == null) {
            throw in.missing(start, "method", "the name of a method");
        }
        if (domain == null) {
            throw in.missing(start, "domain", "the name of a domain");
        }
        if (createdAt == null) {
            throw in.missing(start, "createdAt", "an instant such as \"2026-11-20T18:00:00Z\"");
        }
        try {
            return new Message(
                    id,
                    from,
                    new Subject(to, type, method, domain),
                    data,
                    createdAt,
                    expiresAt == null ? createdAt.plus(Message.DEFAULT_EXPIRY) : expiresAt,
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
        } catch (IllegalArgumentException e) {
            throw in.error(start, in.path(), String.valueOf(e.getMessage()));
        }
    }

    private void field(String name) throws InputException {
        switch (name) {
            case "v" -> version();
            case "id" -> id = in.value(MessageId::new);
            case "from" -> from = in.value(NodeName::new);
            case "to" -> to = in.value(NodeName::new);
            case "type" -> type = in.value(MessageType::of);
            case "method" -> method = in.subjectToken("method");
            case "domain" -> domain = in.subjectToken("domain");
            case "data" -> data = in.list("a list of strings", Limits.MAX_DATA_ITEMS, in::string);
            case "createdAt" -> createdAt = in.value(Instants::parse);
            case "expiresAt" -> expiresAt = in.isAbsent() ? null : in.value(Instants::parse);
            case "ackTimeout" -> ackTimeout = timeout();
            case "retries" -> retries = in.integer(0, Limits.MAX_RETRIES);
            case "methodTimeout" -> methodTimeout = in.isAbsent() ? null : timeout();
            case "ordered" -> ordered = in.bool();
            case "onInterrupt" -> onInterrupt = in.value(OnInterrupt::of);
            case "maxAttempts" -> maxAttempts = in.integer(1, Limits.MAX_ATTEMPTS);
            case "reply" -> reply = in.isAbsent() ? null : ReplyReader.read(in);
            case "labels" -> labels = in.labels();
            case "follow" -> follow = in.bool();
            case "ack" -> ack = in.isAbsent() ? null : AckReader.read(in);
            default -> throw new IllegalStateException("field " + name + " has no reader");
        }
    }

    private void version() throws InputException {
        long version = in.number(0, Long.MAX_VALUE);
        in.require(version == Message.VERSION ? null : versionProblem(version));
    }

    static String versionProblem(long version) {
        return "version %d of the envelope is not known, this node reads version %d: update it"
                .formatted(version, Message.VERSION);
    }

    private Duration timeout() throws InputException {
        Duration timeout = in.made(in.stringOrNumber(TIMEOUT), Durations::parse);
        in.require(Limits.timeoutProblem(timeout));
        return timeout;
    }
}

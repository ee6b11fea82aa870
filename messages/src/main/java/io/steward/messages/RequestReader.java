package io.steward.messages;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Reads one object of what people write.
final class RequestReader {
    private static final List<String> FIELDS =
            List.of(
                    "toNode",
                    "toNodes",
                    "commandOrEvent",
                    "method",
                    "domain",
                    "data",
                    "ackTimeout",
                    "retries",
                    "methodTimeout",
                    "expires",
                    "ordered",
                    "onInterrupt",
                    "maxAttempts",
                    "reply",
                    "labels",
                    "follow",
                    "schedule");
    private static final String TIMEOUT = "a duration such as \"10s\", or a number of seconds";
    private static final String EXPIRY =
            "a duration such as \"7d\", a number of seconds, or an instant such as"
                    + " \"2026-11-20T18:00:00Z\"";

    private final ValueReader in;
    private final int most;
    private @Nullable List<NodeName> toNodes;
    private @Nullable MessageType type;
    private @Nullable String method;
    private @Nullable String domain;
    private List<String> data = List.of();
    private Duration ackTimeout = Message.DEFAULT_ACK_TIMEOUT;
    private int retries;
    private @Nullable Duration methodTimeout;
    private Expiry expires = new Expiry.After(Message.DEFAULT_EXPIRY);
    private boolean ordered = true;
    private OnInterrupt onInterrupt = OnInterrupt.AUTO;
    private int maxAttempts = Message.DEFAULT_MAX_ATTEMPTS;
    private @Nullable Reply reply;
    private Map<String, String> labels = Map.of();
    private boolean follow;
    private @Nullable Schedule schedule;

    private RequestReader(ValueReader in, int most) {
        this.in = in;
        this.most = most;
    }

    /// @param most how many messages the request may still make
    static MessageRequest read(ValueReader in, int most) throws InputException {
        return new RequestReader(in, most).read();
    }

    private MessageRequest read() throws InputException {
        int start = in.offset();
        // Places are cheap in rising order only: not after the fields.
        Text.Place place = in.place(start);
        Map<String, Integer> given = in.object(FIELDS, this::field);
        if (toNodes == null) {
            throw in.missing(
                    start,
                    "toNode",
                    "the name of the node that gets the message, or \"toNodes\" with a list of"
                            + " names");
        }
        if (type == null) {
            throw in.missing(start, "commandOrEvent", "\"command\" or \"event\"");
        }
        if (method == null) {
            throw in.missing(start, "method", "the name of a method, such as \"shellcommand\"");
        }
        if (schedule != null && given.containsKey("expires")) {
            throw in.wrongField(
                    given,
                    "expires",
                    "has no place beside a schedule: \"maxLateness\" of the schedule says how late"
                            + " it may be started");
        }
        if (toNodes.size() > most) {
            throw in.error(
                    start,
                    in.path(),
                    "too many messages in one input, at most %d are allowed"
                            .formatted(Limits.MAX_MESSAGES));
        }
        MessageRequest request =
                new MessageRequest(
                        place.line(),
                        place.column(),
                        toNodes,
                        type,
                        method,
                        domain,
                        data,
                        ackTimeout,
                        retries,
                        methodTimeout,
                        expires,
                        ordered,
                        onInterrupt,
                        maxAttempts,
                        reply,
                        labels,
                        follow,
                        schedule);
        int bytes = RequestSize.atMost(request);
        if (bytes > Limits.MAX_MESSAGE_BYTES) {
            throw in.error(
                    start,
                    in.path(),
                    "the message has %d bytes on the wire, at most %d are allowed"
                            .formatted(bytes, Limits.MAX_MESSAGE_BYTES));
        }
        return request;
    }

    private void field(String name) throws InputException {
        switch (name) {
            case "toNode" -> {
                refuseBoth();
                toNodes = List.of(in.value(NodeName::new));
            }
            case "toNodes" -> {
                refuseBoth();
                toNodes = nodes();
            }
            case "commandOrEvent" -> type = in.value(MessageType::of);
            case "method" -> {
                method = in.subjectToken("method");
                in.require(
                        method.equals(Subject.ACK_METHOD)
                                ? "method \"ack\" is made by the receiver, not by people"
                                : null);
            }
            case "domain" -> domain = in.subjectToken("domain");
            case "data" -> data = in.list("a list of strings", Limits.MAX_DATA_ITEMS, in::string);
            case "ackTimeout" -> ackTimeout = timeout();
            case "retries" -> retries = in.integer(0, Limits.MAX_RETRIES);
            case "methodTimeout" -> methodTimeout = timeout();
            case "expires" -> expires = expiry(in, EXPIRY, Limits::expiryProblem);
            case "ordered" -> ordered = in.bool();
            case "onInterrupt" -> onInterrupt = in.value(OnInterrupt::of);
            case "maxAttempts" -> maxAttempts = in.integer(1, Limits.MAX_ATTEMPTS);
            case "reply" -> reply = ReplyReader.read(in);
            case "labels" -> labels = in.labels();
            case "follow" -> follow = in.bool();
            case "schedule" -> schedule = ScheduleReader.read(in);
            default -> throw new IllegalStateException("field " + name + " has no reader");
        }
    }

    private void refuseBoth() throws InputException {
        in.require(toNodes == null ? null : "toNode and toNodes are both given: leave one out");
    }

    private List<NodeName> nodes() throws InputException {
        int at = in.offset();
        Set<NodeName> seen = new HashSet<>();
        List<NodeName> nodes =
                in.list(
                        "a list of node names",
                        Limits.MAX_MESSAGES,
                        () -> {
                            NodeName node = in.value(NodeName::new);
                            in.require(
                                    seen.add(node)
                                            ? null
                                            : "node \"%s\" is in the list twice".formatted(node));
                            return node;
                        });
        if (nodes.isEmpty()) {
            throw in.error(at, in.path(), "is empty: expected at least one node name");
        }
        return nodes;
    }

    private Duration timeout() throws InputException {
        Duration timeout = in.made(in.stringOrNumber(TIMEOUT), Durations::parse);
        in.require(Limits.timeoutProblem(timeout));
        return timeout;
    }

    /// @param expected what it may be
    /// @param problem what is wrong with a duration; null if nothing is
    static Expiry expiry(
            ValueReader in, String expected, Function<Duration, @Nullable String> problem)
            throws InputException {
        return in.made(
                in.stringOrNumber(expected),
                text -> {
                    if (text.length() > 4 && text.charAt(4) == '-') {
                        return new Expiry.At(Instants.parse(text));
                    }
                    if (!Durations.isDuration(text)) {
                        throw new IllegalArgumentException(
                                "\"%s\" is neither a duration nor an instant: expected %s"
                                        .formatted(Token.shorten(text), expected));
                    }
                    Duration after = Durations.parse(text);
                    String wrong = problem.apply(after);
                    if (wrong != null) {
                        throw new IllegalArgumentException(wrong);
                    }
                    return new Expiry.After(after);
                });
    }
}

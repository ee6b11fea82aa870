package io.steward.messages;

import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the `ack` object of an envelope.
final class AckReader {
    private static final List<String> FIELDS =
            List.of(
                    "messageId",
                    "node",
                    "state",
                    "reason",
                    "exitCode",
                    "signal",
                    "stdout",
                    "stdoutBase64",
                    "stderr",
                    "stderrBase64",
                    "stdoutAt",
                    "stderrAt",
                    "truncated",
                    "startedAt",
                    "durationMs",
                    "attempt",
                    "receivedAt");

    private final ValueReader in;
    private @Nullable MessageId messageId;
    private @Nullable NodeName node;
    private @Nullable State state;
    private @Nullable String reason;
    private @Nullable Integer exitCode;
    private @Nullable String signal;
    private Output stdout = Output.EMPTY;
    private Output stderr = Output.EMPTY;
    private int stdoutAt;
    private int stderrAt;
    private boolean truncated;
    private @Nullable Instant startedAt;
    private @Nullable Duration duration;
    private int attempt;
    private @Nullable Instant receivedAt;

    private AckReader(ValueReader in) {
        this.in = in;
    }

    static Ack read(ValueReader in) throws InputException {
        return new AckReader(in).read();
    }

    private Ack read() throws InputException {
        int start = in.offset();
        Map<String, Integer> given = in.object(FIELDS, this::field);
        refuseBoth(given, "stdout");
        refuseBoth(given, "stderr");
        if (messageId == null) {
            throw in.missing(start, "messageId", "the id of the message it is about");
        }
        if (node == null) {
            throw in.missing(start, "node", "the name of the node that says it");
        }
        if (state == null) {
            throw in.missing(start, "state", "the state of the message");
        }
        try {
            return new Ack(
                    messageId,
                    node,
                    state,
                    reason,
                    exitCode,
                    signal,
                    stdout,
                    stderr,
                    stdoutAt,
                    stderrAt,
                    truncated,
                    startedAt,
                    duration,
                    attempt,
                    receivedAt);
        } catch (IllegalArgumentException e) {
            throw in.error(start, in.path(), String.valueOf(e.getMessage()));
        }
    }

    private void refuseBoth(Map<String, Integer> given, String field) throws InputException {
        Integer base64 = given.get(field + "Base64");
        if (given.containsKey(field) && base64 != null) {
            throw in.error(
                    base64,
                    in.path(),
                    "%s and %sBase64 are both given: expected one".formatted(field, field));
        }
    }

    private void field(String name) throws InputException {
        switch (name) {
            case "messageId" -> messageId = in.value(MessageId::new);
            case "node" -> node = in.value(NodeName::new);
            case "state" -> state = in.value(State::of);
            case "reason" -> reason = in.isAbsent() ? null : in.string();
            case "exitCode" ->
                    exitCode =
                            in.isAbsent() ? null : in.integer(Integer.MIN_VALUE, Integer.MAX_VALUE);
            case "signal" -> signal = in.isAbsent() ? null : in.string();
            case "stdout" -> stdout = Output.of(in.string());
            case "stderr" -> stderr = Output.of(in.string());
            case "stdoutBase64" -> stdout = base64();
            case "stderrBase64" -> stderr = base64();
            case "stdoutAt" -> stdoutAt = in.integer(0, Integer.MAX_VALUE);
            case "stderrAt" -> stderrAt = in.integer(0, Integer.MAX_VALUE);
            case "truncated" -> truncated = in.bool();
            case "startedAt" -> startedAt = in.isAbsent() ? null : in.value(Instants::parse);
            case "durationMs" ->
                    duration =
                            in.isAbsent() ? null : Duration.ofMillis(in.number(0, Long.MAX_VALUE));
            case "attempt" -> attempt = in.integer(0, Integer.MAX_VALUE);
            case "receivedAt" -> receivedAt = in.isAbsent() ? null : in.value(Instants::parse);
            default -> throw new IllegalStateException("field " + name + " has no reader");
        }
    }

    private Output base64() throws InputException {
        String text = in.string();
        try {
            return Output.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            throw in.error("is not base64: " + e.getMessage());
        }
    }
}

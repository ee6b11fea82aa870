package io.steward.messages;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// What a receiver tells the sender of a message: the state it is in and, once it ended, its
/// outcome.
///
/// An ACK that says [State#STARTED] and has output is a *frame*: a piece of what a followed message
/// has printed so far. Its end says all of it once more.
///
/// @param messageId the message this is about
/// @param node the node that says it
/// @param state [State#RECEIVED], [State#STARTED] or an end state
/// @param reason why, for every end other than success; null where there is nothing to say
/// @param exitCode of a command that exited by itself
/// @param signal the name of the signal that ended it, `TERM`
/// @param stdout empty where the method prints nothing
/// @param stderr likewise
/// @param stdoutAt where `stdout` begins in all that was printed there: 0 but in a frame
/// @param stderrAt likewise
/// @param truncated whether some of stdout or stderr was cut
/// @param startedAt when its last attempt began, by the receiver's clock; null if it never did
/// @param duration how long its last attempt took, in milliseconds on the wire; null while it runs
///   or if it never did
/// @param attempt 1 for the first start; 0 if it was never started
/// @param receivedAt when the receiver had it in its journal, by its clock; null where it does not
///   say
public record Ack(
        MessageId messageId,
        NodeName node,
        State state,
        @Nullable String reason,
        @Nullable Integer exitCode,
        @Nullable String signal,
        Output stdout,
        Output stderr,
        int stdoutAt,
        int stderrAt,
        boolean truncated,
        @Nullable Instant startedAt,
        @Nullable Duration duration,
        int attempt,
        @Nullable Instant receivedAt) {

    private static final Duration MAX_DURATION = Duration.ofMillis(Long.MAX_VALUE);

    /// What says it took longer is not believed.
    private static final Duration LONGEST_RUN = Duration.ofDays(3_660);

    /// @throws IllegalArgumentException if a receiver cannot say that state, or a value is out of
    ///   its range
    public Ack {
        if (state == State.QUEUED || state == State.PUBLISHED) {
            throw new IllegalArgumentException(
                    "an ACK cannot say " + state + ": only the sender knows that");
        }
        reason = reason == null ? null : wellFormed(reason);
        signal = signal == null ? null : wellFormed(signal);
        startedAt = startedAt == null ? null : startedAt.truncatedTo(ChronoUnit.MILLIS);
        if (startedAt != null) {
            Instants.requireWritable("startedAt", startedAt);
        }
        receivedAt = receivedAt == null ? null : receivedAt.truncatedTo(ChronoUnit.MILLIS);
        if (receivedAt != null) {
            Instants.requireWritable("receivedAt", receivedAt);
        }
        if (duration != null) {
            if (duration.isNegative() || duration.compareTo(MAX_DURATION) > 0) {
                throw new IllegalArgumentException(
                        "durationMs: %s is out of range".formatted(duration));
            }
            duration = duration.truncatedTo(ChronoUnit.MILLIS);
        }
        if (attempt < 0) {
            throw new IllegalArgumentException("attempt " + attempt + ": expected 0 or more");
        }
        if (stdoutAt < 0 || stderrAt < 0) {
            throw new IllegalArgumentException(
                    "stdoutAt %d, stderrAt %d: expected 0 or more".formatted(stdoutAt, stderrAt));
        }
    }

    /// Whether it brings a piece of what is being printed.
    public boolean isFrame() {
        return state == State.STARTED && !(stdout.isEmpty() && stderr.isEmpty());
    }

    /// The same without the piece of output that it brings, if it is a frame.
    public Ack withoutFrame() {
        return isFrame() ? withFrame(Output.EMPTY, 0, Output.EMPTY, 0) : this;
    }

    /// The same with a piece of what is being printed.
    public Ack withFrame(Output out, int outAt, Output err, int errAt) {
        return with(out, outAt, err, errAt, truncated);
    }

    private Ack with(Output out, int outAt, Output err, int errAt, boolean cut) {
        return new Ack(
                messageId,
                node,
                state,
                reason,
                exitCode,
                signal,
                out,
                err,
                outAt,
                errAt,
                cut,
                startedAt,
                duration,
                attempt,
                receivedAt);
    }

    /// When its last attempt came to its end, by the receiver's clock; null where that is not said.
    public @Nullable Instant endedAt() {
        return state.isEnd()
                        && startedAt != null
                        && duration != null
                        && duration.compareTo(LONGEST_RUN) <= 0
                ? startedAt.plus(duration)
                : null;
    }

    /// What has no UTF-8 becomes U+FFFD: a reason is made from whatever failed, and must not make
    /// the ACK fail too.
    private static String wellFormed(String text) {
        if (Token.unpairedSurrogate(text) < 0) {
            return text;
        }
        StringBuilder whole = new StringBuilder();
        text.codePoints()
                .map(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE ? 0xFFFD : c)
                .forEach(whole::appendCodePoint);
        return whole.toString();
    }

    /// An ACK without an outcome.
    public static Ack of(MessageId id, NodeName node, State state, @Nullable String reason) {
        return new Ack(
                id,
                node,
                state,
                reason,
                null,
                null,
                Output.EMPTY,
                Output.EMPTY,
                0,
                0,
                false,
                null,
                null,
                0,
                null);
    }

    /// The same with its outputs cut to `max` bytes each.
    public Ack withOutputsCutTo(int max) {
        if (stdout.size() <= max && stderr.size() <= max) {
            return this;
        }
        return with(stdout.first(max), stdoutAt, stderr.first(max), stderrAt, true);
    }
}

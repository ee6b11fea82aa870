package io.steward.agent.inbox;

import io.steward.agent.method.Outcome;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.Limits;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.Output;
import io.steward.messages.State;
import java.time.Duration;
import java.time.Instant;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Makes ACKs of outcomes, and makes them fit. Thread-safe.
final class Acks {
    private static final long DEFAULT_MAX_PAYLOAD = 1 << 20;
    private static final int HEADERS = 1_024;
    private static final int LONGEST_REASON = 4_000;

    private final NodeName node;
    private final LongSupplier maxPayload;

    /// @param maxPayload the largest message the broker takes, in bytes; 0 while that is not known
    Acks(NodeName node, LongSupplier maxPayload) {
        this.node = node;
        this.maxPayload = maxPayload;
    }

    /// Of a message that was not started.
    Ack of(Message message, State state, @Nullable String reason) {
        return Ack.of(message.id(), node, state, reason);
    }

    /// Of a run that came back.
    Ack of(Work work, Outcome outcome, Duration took) {
        return switch (outcome) {
            case Outcome.Succeeded(Integer exitCode, Outcome.Printed printed) ->
                    of(work, State.SUCCEEDED, null, exitCode, null, printed, took);
            case Outcome.Failed(
                            String reason,
                            Integer exitCode,
                            String signal,
                            Outcome.Printed printed) ->
                    of(work, State.FAILED, reason, exitCode, signal, printed, took);
            case Outcome.Refused(String reason) ->
                    of(work, State.REFUSED, reason, null, null, Outcome.Printed.NOTHING, took);
            case Outcome.Cancelled(String reason, String signal, Outcome.Printed printed) ->
                    of(work, State.CANCELLED, reason, null, signal, printed, took);
            case Outcome.Interrupted(String reason, String signal, Outcome.Printed printed) ->
                    of(work, State.INTERRUPTED, reason, null, signal, printed, took);
        };
    }

    /// What a reason adds for processes that could not be ended.
    static String left(int survivors) {
        return survivors == 0
                ? ""
                : "; %d of its processes could not be ended".formatted(survivors);
    }

    /// Of a run that never came back.
    Ack interrupted(Work work, String reason, Outcome.Printed printed) {
        return of(work, State.INTERRUPTED, reason, null, null, printed, null);
    }

    /// The same end without what was printed, because no answer can be made of that.
    Ack unanswerable(Ack ack) {
        String why = "what it printed cannot be sent";
        return new Ack(
                ack.messageId(),
                node,
                ack.state(),
                ack.reason() == null ? why : ack.reason() + "; " + why,
                ack.exitCode(),
                ack.signal(),
                Output.EMPTY,
                Output.EMPTY,
                0,
                0,
                true,
                ack.startedAt(),
                ack.duration(),
                ack.attempt(),
                ack.receivedAt());
    }

    private static @Nullable String cut(@Nullable String reason) {
        return reason == null || reason.length() <= LONGEST_REASON
                ? reason
                : reason.substring(0, LONGEST_REASON) + "...";
    }

    private Ack of(
            Work work,
            State state,
            @Nullable String reason,
            @Nullable Integer exitCode,
            @Nullable String signal,
            Outcome.Printed printed,
            @Nullable Duration took) {
        Instant startedAt = work.lastStart();
        return new Ack(
                work.id(),
                node,
                state,
                cut(reason),
                exitCode,
                signal,
                printed.stdout(),
                printed.stderr(),
                0,
                0,
                printed.truncated(),
                startedAt,
                took,
                work.attempt(),
                work.receivedAt());
    }

    /// The ACK event made by `event` of `ack`, with its outputs cut until the broker takes it.
    Message fit(Ack ack, java.util.function.Function<Ack, Message> event) {
        long max = maxPayload.getAsLong();
        long room =
                Math.min(max > 0 ? max : DEFAULT_MAX_PAYLOAD, Limits.MAX_PAYLOAD_BYTES) - HEADERS;
        Ack smaller = ack;
        Message message = event.apply(smaller);
        for (int size = Envelope.encode(message).length;
                size > room;
                size = Envelope.encode(message).length) {
            int longest = Math.max(smaller.stdout().size(), smaller.stderr().size());
            if (longest == 0) {
                return message; // why: nothing left to cut; the publisher says so
            }
            // why: in JSON a byte may take up to six, so the outputs are cut in proportion, again
            // if need be
            smaller = smaller.withOutputsCutTo((int) (longest * 0.9 * room / size));
            message = event.apply(smaller);
        }
        return message;
    }
}

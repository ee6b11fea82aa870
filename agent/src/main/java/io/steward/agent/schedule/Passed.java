package io.steward.agent.schedule;

import io.steward.messages.Rhythm;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The times of a rhythm that have passed.
///
/// @param count how many; of the last 400 days only
/// @param last null if there is none
/// @param beforeLast the one before it; null if there is none
record Passed(long count, @Nullable Instant last, @Nullable Instant beforeLast) {
    /// A machine whose clock stood years wrong is not to count for minutes.
    private static final Duration LONGEST = Duration.ofDays(400);

    /// Those after `after` and not after `upTo`.
    static Passed between(Rhythm rhythm, Instant begun, Instant after, Instant upTo) {
        return switch (rhythm) {
            case Rhythm.Every every -> ofInterval(every, begun, after, upTo);
            case Rhythm.At _ -> {
                Instant earliest = upTo.minus(LONGEST);
                yield oneByOne(rhythm, begun, after.isBefore(earliest) ? earliest : after, upTo);
            }
        };
    }

    private static Passed ofInterval(
            Rhythm.Every every, Instant begun, Instant after, Instant upTo) {
        long interval = every.interval().toMillis();
        Instant next = every.after(upTo, begun);
        Instant first = every.after(after, begun);
        if (next == null || first == null || !first.isBefore(next)) {
            return new Passed(0, null, null);
        }
        long count = Duration.between(first, next).toMillis() / interval;
        return new Passed(
                count,
                next.minusMillis(interval),
                count > 1 ? next.minusMillis(2 * interval) : null);
    }

    private static Passed oneByOne(Rhythm rhythm, Instant begun, Instant after, Instant upTo) {
        long count = 0;
        Instant last = null;
        Instant beforeLast = null;
        Instant time = rhythm.after(after, begun);
        while (time != null && !time.isAfter(upTo)) {
            count++;
            beforeLast = last;
            last = time;
            time = rhythm.after(time, begun);
        }
        return new Passed(count, last, beforeLast);
    }
}

package io.steward.agent.broker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How far the broker's clock is ahead of this machine's, by answers that tell the broker's time.
/// In between the broker's time is reckoned by a clock that nobody sets, so that a step of this
/// machine's clock changes the difference and not the time. Thread-safe.
final class BrokerClock {
    private final InstantSource clock;
    private final LongSupplier nanos;
    private volatile @Nullable Told last;

    private record Told(Instant time, long nanos) {}

    BrokerClock() {
        this(InstantSource.system(), System::nanoTime);
    }

    /// @param nanos nanoseconds since any time, counted up
    BrokerClock(InstantSource clock, LongSupplier nanos) {
        this.clock = clock;
        this.nanos = nanos;
    }

    /// What [#heard] is to be told: when it was asked for.
    long asking() {
        return nanos.getAsLong();
    }

    /// An answer has come.
    ///
    /// @param told the broker's time in it
    /// @param asked when it was asked for, of [#asking]
    void heard(Instant told, long asked) {
        long now = nanos.getAsLong();
        last = new Told(told, asked + (now - asked) / 2);
    }

    /// Whether the broker has told its time.
    boolean isKnown() {
        return last != null;
    }

    /// Zero before the first answer.
    Duration ahead() {
        Told told = last;
        return told == null
                ? Duration.ZERO
                : Duration.between(
                        clock.instant(), told.time().plusNanos(nanos.getAsLong() - told.nanos()));
    }
}

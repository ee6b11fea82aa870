package io.steward.agent.kernel;

import java.time.Duration;

/// The pauses before the restarts of a process, or between tries.
///
/// @param first the first pause
/// @param cap the longest pause
/// @param factor each pause is this much longer than the one before
/// @param jitter the part of a pause that is random, 0 to 1
/// @param resetAfter after running this long without failing, the pauses begin again with the first
public record Backoff(
        Duration first, Duration cap, double factor, double jitter, Duration resetAfter) {
    public static final Backoff DEFAULT =
            new Backoff(
                    Duration.ofMillis(100), Duration.ofSeconds(30), 2, 0.2, Duration.ofMinutes(1));

    /// The pause before try `n` after a failure.
    ///
    /// @param n 1 for the first
    /// @param random 0 to 1: where in the jitter the pause lies
    public Duration pause(int n, double random) {
        double millis =
                Math.min(
                        (double) cap.toMillis(),
                        (double) first.toMillis() * Math.pow(factor, Math.max(0, n - 1)));
        return Duration.ofMillis(Math.round(millis * (1 - jitter * random)));
    }
}

package io.steward.agent.kernel;

import java.time.Duration;

/// At most so many in each window of time; the windows follow each other from the first use on. Not
/// thread-safe.
final class RateLimit {
    private final int most;
    private final long windowNanos;
    private long begun;
    private int used;

    RateLimit(int most, Duration window) {
        this.most = most;
        this.windowNanos = window.toNanos();
        this.used = -1;
    }

    /// @param now from [Time#nanos()]
    boolean admit(long now) {
        if (used < 0 || now - begun >= windowNanos) {
            begun = now;
            used = 0;
        }
        if (used >= most) {
            return false;
        }
        used++;
        return true;
    }

    /// How long until the present window is over.
    long nanosLeft(long now) {
        return Math.max(0, begun + windowNanos - now);
    }
}

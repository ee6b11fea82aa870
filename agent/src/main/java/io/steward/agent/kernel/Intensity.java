package io.steward.agent.kernel;

import java.time.Duration;
import java.util.ArrayDeque;

/// Counts the restarts below a supervisor: at most `most` within a sliding window. Guarded by the
/// kernel's lock.
final class Intensity {
    private final int most;
    private final long windowNanos;
    private final ArrayDeque<Long> restarts = new ArrayDeque<>();

    Intensity(int most, Duration within) {
        this.most = most;
        this.windowNanos = within.toNanos();
    }

    /// Counts one restart. One that lies the whole window back counts no more.
    ///
    /// @param now from [Time#nanos()]
    /// @return false if it is one too many
    boolean admit(long now) {
        for (Long oldest = restarts.peek();
                oldest != null && now - oldest >= windowNanos;
                oldest = restarts.peek()) {
            restarts.remove();
        }
        if (restarts.size() >= most) {
            return false;
        }
        restarts.add(now);
        return true;
    }

    void clear() {
        restarts.clear();
    }
}

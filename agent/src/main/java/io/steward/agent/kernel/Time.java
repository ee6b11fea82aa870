package io.steward.agent.kernel;

import java.time.Duration;
import java.time.Instant;

/// What the kernel knows of time: the clock, and waking up later. Thread-safe.
///
/// All waiting of the kernel goes through this, so that a controlled clock can stand in for the
/// real one.
public interface Time {

    /// The time of day, for what people read.
    Instant now();

    /// A clock that never goes back, for measuring; only differences mean something.
    long nanos();

    /// Runs `task` once, `delay` from now. The task is short and never blocks for long; what it
    /// throws is lost.
    Timer after(Duration delay, Runnable task);

    /// A task that waits for its time.
    interface Timer {
        /// Forgets the task if it has not begun. Doing so twice is harmless.
        void cancel();
    }
}

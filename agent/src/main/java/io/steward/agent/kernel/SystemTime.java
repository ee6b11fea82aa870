package io.steward.agent.kernel;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The machine's clock, and one daemon thread that runs what is due. Thread-safe.
///
/// Whoever makes it closes it, after the kernel that uses it: a task given to a closed one is
/// refused.
public final class SystemTime implements Time, AutoCloseable {
    private final ScheduledThreadPoolExecutor timer;

    public SystemTime() {
        timer =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("steward/timer").factory());
        timer.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Instant now() {
        return Instant.now();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        var waiting = timer.schedule(task, saturatedNanos(delay), TimeUnit.NANOSECONDS);
        return () -> waiting.cancel(false);
    }

    private static long saturatedNanos(Duration delay) {
        return TimeUnit.NANOSECONDS.convert(delay);
    }

    /// Forgets what is not yet due; returns when its thread has ended.
    @Override
    public void close() {
        timer.shutdownNow();
        timer.close();
    }
}

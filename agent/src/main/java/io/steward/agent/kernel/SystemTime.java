package io.steward.agent.kernel;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The machine's clock, and one daemon thread that runs what is due. Thread-safe.
///
/// Whoever makes it closes it, after the kernel that uses it: a task given to a closed one is
/// refused.
public final class SystemTime implements Time, AutoCloseable {
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    private final ScheduledThreadPoolExecutor timer;

    /// Made with the first task.
    private volatile @Nullable Thread thread;

    public SystemTime() {
        timer = new ScheduledThreadPoolExecutor(1, this::thread);
        timer.setRemoveOnCancelPolicy(true);
    }

    private Thread thread(Runnable work) {
        Thread made = Thread.ofPlatform().daemon().name("steward/timer").unstarted(work);
        thread = made;
        return made;
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
        Thread last = thread;
        if (last != null) {
            Threads.join(last, LAST_WAIT);
        }
    }
}

package io.steward.agent.kernel;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// A clock that stands still until a test moves it. What is due runs on the thread that moves it.
final class ManualTime implements Time {
    private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(
                    Comparator.comparingLong((Task task) -> task.due)
                            .thenComparingLong(task -> task.order));
    private long now;
    private long orders;

    private record Task(long due, long order, Runnable work) {}

    @Override
    public synchronized Instant now() {
        return START.plusNanos(now);
    }

    @Override
    public synchronized long nanos() {
        return now;
    }

    @Override
    public synchronized Timer after(Duration delay, Runnable task) {
        var waiting = new Task(now + delay.toNanos(), orders++, task);
        tasks.add(waiting);
        return () -> {
            synchronized (this) {
                tasks.remove(waiting);
            }
        };
    }

    /// Moves on, and runs what becomes due on the way, each at its time.
    void advance(Duration step) {
        long end;
        synchronized (this) {
            end = now + step.toNanos();
        }
        for (Task next = next(end); next != null; next = next(end)) {
            next.work.run();
        }
    }

    private synchronized @Nullable Task next(long end) {
        Task first = tasks.peek();
        if (first == null || first.due > end) {
            now = Math.max(now, end);
            return null;
        }
        now = Math.max(now, first.due);
        return tasks.poll();
    }

    /// How many tasks wait.
    synchronized int waiting() {
        return tasks.size();
    }

    /// The time until the next task is due; null if none waits.
    synchronized @Nullable Duration untilNext() {
        Task first = tasks.peek();
        return first == null ? null : Duration.ofNanos(first.due - now);
    }
}

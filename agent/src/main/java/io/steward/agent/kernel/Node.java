package io.steward.agent.kernel;

import io.steward.agent.kernel.ProcessInfo.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A place in the tree, and where it is in its life. All of it is guarded by the kernel's lock,
/// except what is final or volatile.
abstract sealed class Node permits ProcessCell, SupervisorCell {
    final Core core;
    final @Nullable SupervisorCell parent;
    final String name;
    final String path;

    /// Its place among its siblings.
    final long order;

    /// Whether it is to run when its supervisor does; false after an operator's stop.
    boolean wanted = true;

    /// Taken out of the tree for good.
    boolean removed;

    private Status status = Status.STARTING;
    private Instant since;
    private boolean begun;
    private long restarts;
    private int failures;
    private long begunAt;
    volatile @Nullable ErrorReport lastError;

    /// The restart that waits for its time, or the grace.
    private Time.@Nullable Timer timer;

    /// The number of that; a timer that comes too late to be cancelled finds another.
    private long armed;

    private List<Runnable> whenEnded = new ArrayList<>(0);
    private List<Runnable> whenStarted = new ArrayList<>(0);

    Node(Core core, @Nullable SupervisorCell parent, String name, long order) {
        this.core = core;
        this.parent = parent;
        this.name = name;
        this.path = parent == null ? name : parent.path + "/" + name;
        this.order = order;
        this.since = core.time.now();
    }

    /// Starts it, unless it runs, is not wanted, or the kernel is closing.
    abstract void begin();

    /// Tells it to end; `then` is done (on the agenda) when it has. One that does not run has ended
    /// already.
    abstract void end(Runnable then);

    /// Lets go of everything that is not of the tree: what waits in mailboxes, threads.
    abstract void discard();

    /// Whether this thread is of a process at or below this node.
    abstract boolean holds(Thread thread);

    abstract ProcessInfo snapshot();

    ProcessInfo info() {
        return core.call(this::snapshot);
    }

    ProcessInfo snapshot(ProcessInfo.Kind kind, long handled, int mailbox) {
        return new ProcessInfo(path, kind, status, since, handled, restarts, lastError, mailbox);
    }

    Status status() {
        return status;
    }

    boolean is(Status some) {
        return status == some;
    }

    final void become(Status next) {
        if (status != next) {
            status = next;
            since = core.time.now();
        }
        if (next != Status.STARTING) {
            whenStarted = release(whenStarted);
        }
    }

    /// Counts a start.
    final void countStart() {
        begunAt = core.time.nanos();
        if (begun) {
            restarts++;
        }
        begun = true;
    }

    /// The pause before the restart, after one more failure.
    final Duration nextPause(Backoff backoff) {
        boolean quiet = core.time.nanos() - begunAt >= backoff.resetAfter().toNanos();
        failures = quiet ? 1 : failures + 1;
        return backoff.pause(failures, core.random.getAsDouble());
    }

    final void forgetFailures() {
        failures = 0;
    }

    /// Waits for the restart.
    final void backOff(Duration pause, Runnable then) {
        become(Status.BACKING_OFF);
        arm(pause, then);
    }

    /// Does this after a while, unless something else is armed or it is disarmed before.
    final void arm(Duration delay, Runnable then) {
        disarm();
        long mine = ++armed;
        timer = core.time.after(delay, () -> core.run(() -> due(mine, then)));
    }

    private void due(long which, Runnable then) {
        if (timer != null && armed == which) {
            timer = null;
            then.run();
        }
    }

    final void disarm() {
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
    }

    final void whenEnded(Runnable then) {
        whenEnded.add(then);
    }

    final boolean isAwaited() {
        return !whenEnded.isEmpty();
    }

    final void releaseEnded() {
        whenEnded = release(whenEnded);
    }

    /// Does this as soon as it is neither starting nor about to.
    final void whenStarted(Runnable then) {
        whenStarted.add(then);
        if (status != Status.STARTING) {
            whenStarted = release(whenStarted);
        }
    }

    private List<Runnable> release(List<Runnable> waiting) {
        if (waiting.isEmpty()) {
            return waiting;
        }
        waiting.forEach(core::next);
        return new ArrayList<>(0);
    }

    /// Starts it if its supervisor runs; otherwise it starts with it.
    final void beginIfPossible() {
        if (parent == null || parent.is(Status.RUNNING)) {
            begin();
        }
    }

    /// Records an error of this node. Without the lock.
    final ErrorReport record(
            Severity severity, String doing, String cause, @Nullable Throwable thrown) {
        ErrorReport report = core.book.record(path, severity, doing, cause, thrown);
        lastError = report;
        return report;
    }
}

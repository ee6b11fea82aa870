package io.steward.agent.inbox;

import io.steward.agent.method.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One run of a method, on a thread of its own. Thread-safe.
final class Run implements Runnable {
    private final String method;
    private final String label;
    private final Callable<List<Outcome>> work;
    private final CountDownLatch ended = new CountDownLatch(1);
    private @Nullable Thread thread;
    private boolean interrupted;
    private volatile @Nullable List<Outcome> outcomes;
    private volatile @Nullable Throwable thrown;

    /// @param method its name
    /// @param label what it is a run of, for people
    Run(String method, String label, Callable<List<Outcome>> work) {
        this.method = method;
        this.label = label;
        this.work = work;
    }

    String method() {
        return method;
    }

    String label() {
        return label;
    }

    @Override
    @SuppressWarnings("CatchingUnchecked") // top of a thread: whatever it throws is its outcome
    public void run() {
        Thread mine = Thread.currentThread();
        String name = mine.getName();
        mine.setName("steward/method/" + label);
        synchronized (this) {
            thread = mine;
            if (interrupted) {
                mine.interrupt();
            }
        }
        try {
            outcomes = work.call();
        } catch (Throwable e) {
            thrown = e;
        } finally {
            synchronized (this) {
                thread = null; // why: an interrupt that comes later must not meet another run
            }
            mine.setName(name);
            ended.countDown();
        }
    }

    /// @return whether it has ended
    boolean await(Duration most) throws InterruptedException {
        return ended.await(most.toNanos(), TimeUnit.NANOSECONDS);
    }

    boolean hasEnded() {
        return ended.getCount() == 0;
    }

    /// Tells it to come to its end.
    synchronized void interrupt() {
        interrupted = true;
        if (thread != null) {
            thread.interrupt();
        }
    }

    /// What it gave; null while it runs, or if it threw, or if it gave nothing.
    @Nullable List<Outcome> outcomes() {
        return outcomes;
    }

    /// What it threw; null while it runs, or if it returned.
    @Nullable Throwable thrown() {
        return thrown;
    }
}

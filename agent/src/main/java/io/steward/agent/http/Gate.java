package io.steward.agent.http;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Where requests wait until another message has ended, or a notice has come. At most so many at a
/// time; closing lets all of them go. Thread-safe.
final class Gate {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Semaphore places;
    private long opened;
    private boolean closed;

    Gate(int places) {
        this.places = new Semaphore(places);
    }

    /// Counts up each time; taken before looking, so that no change is missed.
    long ticket() {
        lock.lock();
        try {
            return opened;
        } finally {
            lock.unlock();
        }
    }

    void open() {
        lock.lock();
        try {
            opened++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until it was opened after `ticket` was taken.
    ///
    /// @param deadline by [System#nanoTime]
    /// @return false if the time was over, or the gate is closed
    /// @throws Problem if too many wait already
    boolean passed(long ticket, long deadline) throws InterruptedException {
        if (!places.tryAcquire()) {
            throw Problem.busy("Too many requests wait for messages: try again in a second");
        }
        lock.lock();
        try {
            while (opened == ticket && !closed) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                @SuppressWarnings("unused") // the loop looks at the clock itself
                boolean inTime = changed.await(left, TimeUnit.NANOSECONDS);
            }
            return !closed;
        } finally {
            lock.unlock();
            places.release();
        }
    }
}

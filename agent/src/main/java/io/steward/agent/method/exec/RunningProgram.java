package io.steward.agent.method.exec;

import io.steward.agent.secrets.Mask;
import io.steward.messages.Output;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A program that was spawned, from its start until it is reaped. The poller fills it, one other
/// thread follows it. Descriptors are read and closed under the lock only, so that none is read
/// that was closed and given out again.
final class RunningProgram {
    private final Libc libc;
    private final Poller poller;
    private final int pid;
    private final int pidfd;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Pipe out;
    private final Pipe err;
    private long pidfdKey;
    private boolean exited;
    private boolean woken;
    private boolean reapWhenExited;
    private boolean noted;

    /// @param out the read end of stdout; closed here from now on, as are the others
    RunningProgram(
            Libc libc, Poller poller, int pid, int pidfd, int out, int err, int cap, Mask mask) {
        this.libc = libc;
        this.poller = poller;
        this.pid = pid;
        this.pidfd = pidfd;
        this.out = new Pipe(out, cap, mask);
        this.err = new Pipe(err, cap, mask);
    }

    /// Has the poller look after it.
    ///
    /// @throws IOException if it cannot; whoever started the program has to end it then
    void watch() throws IOException {
        lock.lock();
        try {
            out.key = poller.watch(out.fd, false, out);
            err.key = poller.watch(err.fd, false, err);
            pidfdKey = poller.watch(pidfd, true, buffer -> exited());
        } finally {
            lock.unlock();
        }
    }

    int pid() {
        return pid;
    }

    private void exited() {
        lock.lock();
        try {
            exited = true;
            changed.signalAll();
            if (reapWhenExited) {
                reapNow();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean hasExited() {
        lock.lock();
        try {
            return exited;
        } finally {
            lock.unlock();
        }
    }

    /// Ends the wait of whoever follows it.
    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until it exits, [#wake] is called, or it printed something and `noteOutput` is set.
    ///
    /// @param nanos at most
    void await(long nanos, boolean noteOutput) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!exited && !woken && !(noteOutput && noted) && left > 0) {
                left = changed.awaitNanos(left);
            }
            woken = false;
            noted = false;
        } finally {
            lock.unlock();
        }
    }

    /// Waits for the end of what it prints, at most `nanos`; an interrupt is kept for later.
    void awaitOutputEnd(long nanos) {
        Threads.uninterruptibly(this::outputEnd, nanos);
    }

    private void outputEnd(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while ((out.open || err.open) && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    Output stdout() {
        lock.lock();
        try {
            return out.capture.output();
        } finally {
            lock.unlock();
        }
    }

    Output stderr() {
        lock.lock();
        try {
            return err.capture.output();
        } finally {
            lock.unlock();
        }
    }

    boolean isTruncated() {
        lock.lock();
        try {
            return out.capture.isCut() || err.capture.isCut();
        } finally {
            lock.unlock();
        }
    }

    /// What it printed from these places on.
    byte[][] printedFrom(int outOffset, int errOffset) {
        lock.lock();
        try {
            return new byte[][] {out.capture.from(outOffset), err.capture.from(errOffset)};
        } finally {
            lock.unlock();
        }
    }

    /// Stops reading, and reaps the program; one that cannot be ended is reaped when it ends.
    ///
    /// @return its wait status; -1 if it still runs
    int reap() throws IOException {
        lock.lock();
        try {
            out.close();
            err.close();
            int status = libc.reap(pid);
            if (status >= 0 || exited) {
                poller.forget(pidfdKey);
                libc.close(pidfd);
            } else {
                reapWhenExited = true;
            }
            return status;
        } finally {
            lock.unlock();
        }
    }

    /// Ends a program that nobody follows: KILL to its group; it is reaped when it ends.
    void endUnfollowed() {
        libc.kill(-pid, Signals.KILL);
        try {
            int ignored = reap();
        } catch (IOException alreadyReaped) {
            wake();
        }
    }

    private void reapNow() {
        try {
            libc.reap(pid);
        } catch (IOException alreadyReaped) {
            return;
        } finally {
            poller.forget(pidfdKey);
            libc.close(pidfd);
        }
    }

    /// The read end of one of its pipes.
    private final class Pipe implements Poller.Watched {
        private final int fd;
        private final Capture capture;
        private long key;
        private boolean open = true;

        Pipe(int fd, int cap, Mask mask) {
            this.fd = fd;
            this.capture = new Capture(cap, mask);
        }

        @Override
        public void readable(MemorySegment buffer) {
            lock.lock();
            try {
                if (!open) {
                    return;
                }
                int count = libc.read(fd, buffer);
                if (count > 0) {
                    if (capture.add(buffer, count)) {
                        noted = true;
                        changed.signalAll();
                    }
                } else {
                    close();
                    changed.signalAll();
                }
            } finally {
                lock.unlock();
            }
        }

        void close() {
            if (open) {
                open = false;
                capture.end();
                poller.forget(key);
                libc.close(fd);
            }
        }
    }

    static long nanos(Duration duration) {
        return TimeUnit.MILLISECONDS.toNanos(duration.toMillis());
    }
}

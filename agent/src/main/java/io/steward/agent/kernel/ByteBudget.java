package io.steward.agent.kernel;

import java.util.concurrent.atomic.AtomicLong;

/// How many bytes those who share it may hold in memory. It counts and does not wait. Thread-safe.
public final class ByteBudget {
    private final long limit;
    private final AtomicLong held = new AtomicLong();

    /// @param limit in bytes
    public ByteBudget(long limit) {
        if (limit < 1) {
            throw new IllegalArgumentException("limit is " + limit + ": expected 1 or more");
        }
        this.limit = limit;
    }

    /// @return whether there was room; if not, nothing is counted
    public boolean take(long bytes) {
        while (true) {
            long now = held.get();
            if (bytes > limit - now) {
                return false;
            }
            if (held.compareAndSet(now, now + bytes)) {
                return true;
            }
        }
    }

    /// Takes what there is room for.
    ///
    /// @return how many bytes, at most `most`; 0 when there is no room
    public long takeUpTo(long most) {
        while (true) {
            long now = held.get();
            long room = Math.clamp(limit - now, 0, most);
            if (room == 0 || held.compareAndSet(now, now + room)) {
                return room;
            }
        }
    }

    /// Counts what has to be held, whether there is room or not.
    public void takeAnyway(long bytes) {
        held.addAndGet(bytes);
    }

    /// What was taken is not held any more.
    public void give(long bytes) {
        held.addAndGet(-bytes);
    }

    /// How many bytes there is room for; 0 when more is held than was meant to be.
    public long left() {
        return Math.max(0, limit - held.get());
    }

    /// How many bytes are held.
    public long held() {
        return held.get();
    }
}

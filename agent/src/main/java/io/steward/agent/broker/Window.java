package io.steward.agent.broker;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Bounds how many messages and bytes are in flight. Thread-safe.
final class Window {
    private final int maxMessages;
    private final long maxBytes;
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition room = lock.newCondition();
    private int messages;
    private long bytes;

    Window(int maxMessages, long maxBytes) {
        this.maxMessages = maxMessages;
        this.maxBytes = maxBytes;
    }

    /// Waits for room. One message that is larger than all the room goes alone.
    void enter(long size) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (messages >= maxMessages || (messages > 0 && bytes + size > maxBytes)) {
                room.await();
            }
            messages++;
            bytes += size;
        } finally {
            lock.unlock();
        }
    }

    void leave(long size) {
        lock.lock();
        try {
            messages--;
            bytes -= size;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }
}

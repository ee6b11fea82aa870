package io.steward.agent.method.exec;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// One platform thread that waits (epoll) for all commands at once: for what they print and for
/// their end. So a command costs no thread, and no native call that waits ever holds the carrier of
/// a virtual thread. Thread-safe.
final class Poller implements AutoCloseable {
    private static final int MOST_EVENTS = 256;
    private static final int READ_SIZE = 64 * 1024;
    private static final long STOP = 0;

    private final Libc libc;
    private final int epoll;
    private final int stop;
    private final Map<Long, Watched> watched = new ConcurrentHashMap<>();
    private final AtomicLong lastKey = new AtomicLong(STOP);
    private final Thread thread;

    /// What is called, on the poller's thread, when a descriptor is readable. It must not block.
    interface Watched {
        /// @param buffer to read into; overwritten by the next call
        void readable(MemorySegment buffer);
    }

    Poller(Libc libc) throws IOException {
        this.libc = libc;
        epoll = libc.epollCreate();
        stop = libc.eventfd();
        libc.epollAdd(epoll, stop, STOP, true);
        thread = Thread.ofPlatform().name("steward-exec-poller").daemon().start(this::poll);
    }

    /// Watches `fd` until it is closed; [#forget] goes with the closing.
    ///
    /// @param once whether one call is all
    /// @return the key for [#forget]
    long watch(int fd, boolean once, Watched what) throws IOException {
        long key = lastKey.incrementAndGet();
        watched.put(key, what);
        try {
            libc.epollAdd(epoll, fd, key, once);
        } catch (IOException e) {
            watched.remove(key);
            throw e;
        }
        return key;
    }

    void forget(long key) {
        watched.remove(key);
    }

    private void poll() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate((long) MOST_EVENTS * Libc.EVENT_SIZE, 8);
            MemorySegment buffer = arena.allocate(READ_SIZE);
            while (true) {
                int count = libc.epollWait(epoll, events);
                for (int i = 0; i < count; i++) {
                    long key =
                            events.get(
                                    JAVA_LONG.withByteAlignment(4),
                                    (long) i * Libc.EVENT_SIZE + Libc.EVENT_DATA);
                    if (key == STOP) {
                        return;
                    }
                    Watched what = watched.get(key);
                    if (what != null) {
                        what.readable(buffer);
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Returns after the thread ended.
    @Override
    public void close() {
        try {
            libc.eventfdSignal(stop);
            Threads.join(thread);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            libc.close(stop);
            libc.close(epoll);
        }
    }
}

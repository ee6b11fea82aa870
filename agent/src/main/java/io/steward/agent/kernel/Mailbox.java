package io.steward.agent.kernel;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.SelectClause;
import io.steward.agent.kernel.ProcessContext.Received;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// The messages that wait for a process. Outlives its bodies: what was accepted stays for the next
/// one. Any thread sends; one thread at a time receives.
///
/// The channel itself is unlimited, so that an empty mailbox costs next to nothing however large it
/// may grow; `room` counts what was accepted and not yet received, and holds the closed mark. A
/// sender counts itself in before it puts the message into the channel. So a mailbox that is closed
/// while the count is zero can lose nothing: whoever sends later sees the mark.
final class Mailbox<M> {
    /// What became of a message.
    enum Sent {
        ACCEPTED,
        FULL,
        CLOSED
    }

    private static final int CLOSED = Integer.MIN_VALUE;

    private final int capacity;
    private final Channel<M> channel = Channel.newUnlimitedChannel();
    private final AtomicInteger room = new AtomicInteger();

    /// Senders that wait for room. Written under this object's monitor.
    private volatile int waiting;

    Mailbox(int capacity) {
        this.capacity = capacity;
    }

    Sent offer(M message) {
        while (true) {
            int count = room.get();
            if (count < 0) {
                return Sent.CLOSED;
            }
            if (count >= capacity) {
                return Sent.FULL;
            }
            if (room.compareAndSet(count, count + 1)) {
                Signal.put(channel, message);
                return Sent.ACCEPTED;
            }
        }
    }

    /// Waits while it is full.
    ///
    /// @return false if it is closed
    boolean send(M message) throws InterruptedException {
        while (true) {
            switch (offer(message)) {
                case ACCEPTED -> {
                    return true;
                }
                case CLOSED -> {
                    return false;
                }
                case FULL -> awaitRoom();
            }
        }
    }

    private synchronized void awaitRoom() throws InterruptedException {
        waiting++;
        try {
            while (room.get() >= capacity) {
                wait();
            }
        } finally {
            waiting--;
        }
    }

    /// The next message, or null if none is accepted yet.
    @Nullable M poll() {
        if (size() == 0) {
            return null;
        }
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    // Waits at most for a sender that has counted itself in a moment ago.
                    M message = channel.receive();
                    taken();
                    return message;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// For a select; who gets a message by it calls [#taken()].
    SelectClause<Received<M>> clause() {
        return channel.receiveClause(Received.Item::new);
    }

    /// A message has left the channel.
    void taken() {
        room.decrementAndGet();
        if (waiting > 0) {
            synchronized (this) {
                notify();
            }
        }
    }

    /// How many messages were accepted and not yet received.
    int size() {
        return room.get() & ~CLOSED;
    }

    boolean isClosed() {
        return room.get() < 0;
    }

    /// Closes it if no message is in it.
    ///
    /// @return whether this call has closed it
    boolean closeIfEmpty() {
        boolean closed = room.compareAndSet(0, CLOSED);
        if (closed && waiting > 0) {
            // Senders that have waited for room, and have not been woken since there is some.
            turnAway();
        }
        return closed;
    }

    /// Takes nothing in any more, and turns away those who wait for room.
    void close() {
        room.getAndUpdate(count -> count | CLOSED);
        turnAway();
    }

    private synchronized void turnAway() {
        notifyAll();
    }
}

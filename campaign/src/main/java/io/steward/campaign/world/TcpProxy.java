package io.steward.campaign.world;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A TCP link that can be cut, hung and slowed: listens on a loopback port of its own and passes on
/// to another. Thread-safe. A change holds for the connections there are and for new ones.
public final class TcpProxy implements AutoCloseable {
    private static final int CHUNK = 16 * 1024;

    private enum Mode {
        /// Bytes go through.
        PASS,
        /// Connections are accepted and reset at once.
        CUT,
        /// Connections are accepted, their bytes are swallowed, and nothing is answered: a peer
        /// whose machine has gone without a word.
        BLACKHOLE
    }

    /// @param latency that each piece of data waits before it goes on, in each direction
    /// @param bytesPerSecond of each connection in each direction
    private record Pace(Duration latency, long bytesPerSecond) {
        static final Pace FULL = new Pace(Duration.ZERO, Long.MAX_VALUE);
    }

    private final int target;
    private final ServerSocket listener;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Mode mode = Mode.PASS;
    private Pace pace = Pace.FULL;
    private long left = Long.MAX_VALUE;
    private long passed;
    private boolean closed;

    /// Listens, and passes everything.
    ///
    /// @param target a loopback port; nobody needs to listen there yet
    public TcpProxy(int target) throws IOException {
        this.target = target;
        this.listener = new ServerSocket(0, 256, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().name("proxy to " + target).start(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /// The way to a nats-server through it.
    public URI url() {
        return URI.create("nats://127.0.0.1:" + port());
    }

    /// Passes everything at full speed. Connections that were hung are reset: what they swallowed
    /// cannot be told to anybody any more.
    public void pass() {
        boolean hung;
        lock.lock();
        try {
            hung = mode == Mode.BLACKHOLE;
            become(Mode.PASS, Pace.FULL);
        } finally {
            lock.unlock();
        }
        if (hung) {
            reset();
        }
    }

    /// Resets all connections now, and each new one.
    public void cut() {
        lock.lock();
        try {
            become(Mode.CUT, Pace.FULL);
        } finally {
            lock.unlock();
        }
        reset();
    }

    /// Half-open: connections stay and new ones are accepted, but nothing goes through any more.
    public void blackhole() {
        lock.lock();
        try {
            become(Mode.BLACKHOLE, Pace.FULL);
        } finally {
            lock.unlock();
        }
    }

    /// Passes slowly.
    public void slow(Duration latency, long bytesPerSecond) {
        if (bytesPerSecond <= 0) {
            throw new IllegalArgumentException(
                    "bytes per second: %d, expected at least 1".formatted(bytesPerSecond));
        }
        lock.lock();
        try {
            become(Mode.PASS, new Pace(latency, bytesPerSecond));
        } finally {
            lock.unlock();
        }
    }

    /// Passes so many bytes more, both directions of all connections together, and cuts then: in
    /// the middle of a message, if it so happens.
    public void cutAfter(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes: %d, expected 0 or more".formatted(bytes));
        }
        lock.lock();
        try {
            become(Mode.PASS, Pace.FULL);
            left = bytes;
        } finally {
            lock.unlock();
        }
    }

    /// How many bytes have gone through, both directions together.
    public long passed() {
        lock.lock();
        try {
            return passed;
        } finally {
            lock.unlock();
        }
    }

    private void become(Mode next, Pace at) {
        mode = next;
        pace = at;
        left = Long.MAX_VALUE;
        changed.signalAll();
    }

    private void reset() {
        connections.forEach(Connection::reset);
    }

    private void accept() {
        while (true) {
            Connection made;
            try {
                made = new Connection(listener.accept());
            } catch (IOException e) {
                return; // closed
            }
            connections.add(made);
            made.begin();
        }
    }

    /// May so many bytes go on now? Waits as long as the pace wants.
    ///
    /// @return how many of them may, and whether the link is cut after these
    private Verdict next(int bytes) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Pace now = pace;
            long wait = now.latency.toNanos();
            if (now.bytesPerSecond != Long.MAX_VALUE) {
                wait += TimeUnit.SECONDS.toNanos(bytes) / now.bytesPerSecond;
            }
            while (wait > 0 && mode == Mode.PASS && pace.equals(now) && !closed) {
                wait = changed.awaitNanos(wait);
            }
            if (mode == Mode.BLACKHOLE) {
                return new Verdict(0, false);
            }
            if (mode == Mode.CUT || closed) {
                return new Verdict(0, true);
            }
            int may = (int) Math.min(bytes, left);
            if (left != Long.MAX_VALUE) {
                left -= may;
            }
            passed += may;
            boolean cut = may < bytes;
            if (cut) {
                become(Mode.CUT, Pace.FULL);
            }
            return new Verdict(may, cut);
        } finally {
            lock.unlock();
        }
    }

    private record Verdict(int bytes, boolean cut) {}

    private Mode mode() {
        lock.lock();
        try {
            return mode;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        reset();
    }

    private final class Connection {
        private final Socket near;
        private final Socket far = new Socket();

        Connection(Socket near) {
            this.near = near;
        }

        void begin() {
            Thread.ofVirtual()
                    .start(() -> {
                        switch (mode()) {
                            case CUT -> reset();
                            case BLACKHOLE -> swallow();
                            case PASS -> connect();
                        }
                    });
        }

        private void connect() {
            try {
                near.setTcpNoDelay(true);
                far.setTcpNoDelay(true);
                far.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), target), 5_000);
            } catch (IOException e) {
                reset(); // nobody listens there, as without a proxy
                return;
            }
            Thread.ofVirtual().start(() -> copy(far, near));
            copy(near, far);
        }

        /// Of a connection that began in a black hole nothing is ever passed on.
        private void swallow() {
            try {
                near.getInputStream().transferTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                // it is over
            }
            reset();
        }

        private void copy(Socket from, Socket to) {
            byte[] buffer = new byte[CHUNK];
            try {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                while (true) {
                    int count = in.read(buffer);
                    if (count < 0) {
                        if (mode() != Mode.BLACKHOLE) {
                            break;
                        }
                        return; // the other side is not told that this one has gone
                    }
                    Verdict verdict = next(count);
                    out.write(buffer, 0, verdict.bytes);
                    if (verdict.cut) {
                        TcpProxy.this.reset();
                        break;
                    }
                }
            } catch (IOException e) {
                // it is over
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            reset();
        }

        /// Ends both sides with RST.
        void reset() {
            connections.remove(this);
            for (Socket socket : new Socket[] {near, far}) {
                try {
                    socket.setSoLinger(true, 0);
                } catch (IOException e) {
                    // it is closed already
                }
                try {
                    socket.close();
                } catch (IOException e) {
                    // it is closed already
                }
            }
        }
    }
}

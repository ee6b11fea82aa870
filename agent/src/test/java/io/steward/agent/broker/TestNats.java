package io.steward.agent.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// A nats-server with JetStream for one test, on a free loopback port that it keeps over restarts.
/// It is the program that `bin/nats-server` finds, or with `-Dsteward.nats=container` the image
/// `nats` on Testcontainers. Every method returns when its effect is there. Not thread-safe.
public final class TestNats implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(30);

    /// How the server is run.
    interface Server {
        void start() throws IOException, InterruptedException;

        /// Ends it with SIGKILL.
        void kill() throws IOException, InterruptedException;

        /// Ends it with SIGTERM.
        void stop() throws IOException, InterruptedException;

        /// Deletes what it has stored; it does not run.
        void wipe() throws IOException;

        void pause() throws IOException, InterruptedException;

        void resume() throws IOException, InterruptedException;

        /// Ends it and leaves nothing behind.
        void remove() throws IOException, InterruptedException;

        /// What it said, for failures.
        String log();
    }

    private final Server server;
    private final int port;
    private boolean paused;

    private TestNats(Server server, int port) {
        this.server = server;
        this.port = port;
    }

    /// An open server that anybody may connect to.
    public static TestNats start() {
        return start("");
    }

    /// @param config further lines of its configuration file, for instance accounts
    public static TestNats start(String config) {
        TestNats nats = null;
        try {
            int port = freePort();
            boolean container = "container".equals(System.getProperty("steward.nats"));
            nats =
                    new TestNats(
                            container
                                    ? new NatsContainer(port, config)
                                    : new NatsProcess(port, config),
                            port);
            nats.restart();
            return nats;
        } catch (RuntimeException | Error e) {
            if (nats != null) {
                nats.close();
            }
            throw e;
        }
    }

    public URI url() {
        return URI.create("nats://127.0.0.1:" + port);
    }

    public int port() {
        return port;
    }

    /// Ends it with SIGKILL.
    public void kill() {
        run(() -> {
            server.kill();
            paused = false;
        });
    }

    /// Ends it with SIGTERM.
    public void stop() {
        resume();
        run(server::stop);
    }

    /// Starts it again, with what it had stored, after it was ended in whatever way; ends it with
    /// SIGTERM first if it runs. Waits until it takes connections.
    public void restart() {
        stop();
        run(server::start);
        awaitReady();
    }

    /// As [#restart()], with nothing stored.
    public void wipeAndRestart() {
        stop();
        run(server::wipe);
        restart();
    }

    /// Freezes it (SIGSTOP): connections stay, nothing is answered.
    public void pause() {
        run(server::pause);
        paused = true;
    }

    /// Lets it go on after [#pause()].
    public void resume() {
        if (paused) {
            paused = false;
            run(server::resume);
        }
    }

    @Override
    public void close() {
        resume();
        run(server::remove);
    }

    private void awaitReady() {
        long end = System.nanoTime() + READY.toNanos();
        while (!answers()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(
                        "nats-server does not answer on port %d after %s; it said:%n%s"
                                .formatted(port, READY, server.log()));
            }
            run(() -> Thread.sleep(10));
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            socket.setSoTimeout(500);
            InputStream in = socket.getInputStream();
            return in.read() == 'I'; // INFO {...
        } catch (IOException e) {
            return false;
        }
    }

    /// A loopback port that nobody listens on now, and that no connection gets by itself: it is
    /// below the ephemeral ports, so it is still free when a server that was killed comes back.
    public static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(12_000, 32_000);
            try (ServerSocket socket =
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // another one
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private interface Step {
        void run() throws IOException, InterruptedException;
    }

    private static void run(Step step) {
        try {
            step.run();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}

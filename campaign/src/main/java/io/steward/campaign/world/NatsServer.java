package io.steward.campaign.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A nats-server with JetStream that keeps its port and its storage over restarts. Used by one
/// thread.
public final class NatsServer implements AutoCloseable {
    private static final Duration READY = Duration.ofSeconds(60);

    private final String program;
    private final String name;
    private final Path folder;
    private final Path storage;
    private final int port;
    private @Nullable Child process;

    /// Writes its configuration; it does not run yet.
    ///
    /// @param program the path of nats-server
    /// @param folder for its configuration and log
    /// @param storage of JetStream; may be on a file system of its own
    /// @param jetStream further lines inside `jetstream { }`, such as `domain: hub`
    /// @param more further lines of the configuration, such as `cluster { ... }`
    public NatsServer(
            String program, String name, Path folder, Path storage, String jetStream, String more)
            throws IOException {
        this(
                program,
                name,
                folder,
                storage,
                """
                jetstream {
                  store_dir: "%s"
                  max_file_store: 1024TB
                  %s
                }
                %s
                """
                        .formatted(storage, jetStream, more));
    }

    /// One that stores nothing, such as a leaf node that only passes on.
    ///
    /// @param more further lines of the configuration
    public static NatsServer withoutJetStream(String program, String name, Path folder, String more)
            throws IOException {
        return new NatsServer(program, name, folder, folder.resolve("storage"), more);
    }

    private NatsServer(String program, String name, Path folder, Path storage, String rest)
            throws IOException {
        this.program = program;
        this.name = name;
        this.folder = Files.createDirectories(folder);
        this.storage = storage;
        this.port = freePort();
        Files.writeString(
                folder.resolve("nats.conf"),
                """
                server_name: "%s"
                listen: "127.0.0.1:%d"
                max_payload: 8MB
                %s
                """
                        .formatted(name, port, rest));
    }

    public String name() {
        return name;
    }

    public int port() {
        return port;
    }

    public URI url() {
        return URI.create("nats://127.0.0.1:" + port);
    }

    public Path storage() {
        return storage;
    }

    public Path log() {
        return folder.resolve("nats.log");
    }

    public boolean isAlive() {
        Child running = process;
        return running != null && running.isAlive();
    }

    public long pid() {
        return running().pid();
    }

    /// Starts it without waiting for it.
    public void launch() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException(name + " runs already");
        }
        process =
                Child.start(
                        new ProcessBuilder(program, "-c", folder.resolve("nats.conf").toString()),
                        log());
    }

    /// Starts it and waits until it takes connections.
    public void start() throws IOException, InterruptedException {
        launch();
        awaitReady();
    }

    public void awaitReady() throws InterruptedException {
        long start = System.nanoTime();
        while (!answers()) {
            if (System.nanoTime() - start > READY.toNanos()) {
                throw new IllegalStateException(
                        "%s does not listen on port %d; see %s".formatted(name, port, log()));
            }
            Thread.sleep(20);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            socket.setSoTimeout(1_000);
            return socket.getInputStream().read() == 'I'; // INFO {...
        } catch (IOException e) {
            return false;
        }
    }

    /// SIGKILL.
    public void kill() throws InterruptedException {
        running().kill();
    }

    /// SIGTERM; SIGKILL if it does not end in 20 seconds.
    public void stop() throws InterruptedException {
        if (!running().terminate(Duration.ofSeconds(20))) {
            running().kill();
        }
    }

    /// SIGSTOP: connections stay, nothing is answered.
    public void pause() throws IOException, InterruptedException {
        running().pause();
    }

    /// SIGCONT.
    public void resume() throws IOException, InterruptedException {
        running().resume();
    }

    /// Deletes all that it has stored; it must not run.
    public void wipe() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException(name + " runs");
        }
        if (!Files.exists(storage)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(storage)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                if (!path.equals(storage)) {
                    Files.delete(path);
                }
            }
        }
    }

    private Child running() {
        Child running = process;
        if (running == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return running;
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

    @Override
    public void close() {
        Child running = process;
        if (running != null) {
            running.close();
        }
    }
}

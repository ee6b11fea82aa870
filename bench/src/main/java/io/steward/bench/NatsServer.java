package io.steward.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// A nats-server with JetStream as a process, configured as the embedded one but for its sync
/// interval and its open door. Used by one thread.
final class NatsServer implements AutoCloseable {
    private static final long READY_NANOS = 30_000_000_000L;

    private final Child process;
    private final int port;
    private final int monitor;

    private NatsServer(Child process, int port, int monitor) {
        this.process = process;
        this.port = port;
        this.monitor = monitor;
    }

    /// @param program the path of nats-server
    /// @param sync the line of its configuration, or nothing for its own default
    static NatsServer start(String program, Path folder, String sync)
            throws IOException, InterruptedException {
        Files.createDirectories(folder);
        int port = freePort();
        int monitor = freePort();
        Path config = folder.resolve("nats.conf");
        Files.writeString(
                config,
                """
                listen: "127.0.0.1:%d"
                http: "127.0.0.1:%d"
                max_payload: 8MB
                jetstream {
                  store_dir: "%s"
                  max_file_store: 1024TB
                  %s
                }
                """
                        .formatted(port, monitor, folder.resolve("storage"), sync));
        Child process =
                Child.start(
                        new ProcessBuilder(program, "-c", config.toString()),
                        folder.resolve("nats.log"));
        NatsServer server = new NatsServer(process, port, monitor);
        server.awaitReady();
        return server;
    }

    /// What `nats-server --version` says.
    static String version(String program) throws IOException, InterruptedException {
        Process asked = new ProcessBuilder(program, "--version").start();
        String said =
                new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        asked.waitFor();
        return said;
    }

    /// What it counts: `in_msgs`, `out_msgs`, `connections`, `subscriptions` and more.
    JsonNode counts() throws IOException {
        try (InputStream in =
                URI.create("http://127.0.0.1:" + monitor + "/varz").toURL().openStream()) {
            return new JsonMapper().readTree(in);
        }
    }

    String url() {
        return "nats://127.0.0.1:" + port;
    }

    long pid() {
        return process.pid();
    }

    private void awaitReady() throws InterruptedException {
        long start = System.nanoTime();
        while (!answers()) {
            if (System.nanoTime() - start > READY_NANOS) {
                close();
                throw new IllegalStateException("nats-server does not listen on port " + port);
            }
            Thread.sleep(10);
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 500);
            return socket.getInputStream().read() == 'I';
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.close();
    }
}

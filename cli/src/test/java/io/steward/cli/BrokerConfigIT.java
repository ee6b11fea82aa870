package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.cli.Steward.Run;
import io.steward.cli.Steward.Running;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A nats-server of one's own, with TLS, started with what `steward broker config` prints.
@Timeout(180)
class BrokerConfigIT {
    private static final String PASSWORD = "for-the-test";

    @TempDir private Path folder;
    private Steward steward;
    private Process server;
    private int port;

    @BeforeEach
    void startTheServer() throws Exception {
        steward = new Steward(folder);
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        makeCertificate();
        Run config =
                steward.run(
                        "broker",
                        "config",
                        "--node",
                        "hub",
                        "--data",
                        steward.data("central").toString(),
                        "--listen",
                        "127.0.0.1:" + port,
                        "--store",
                        folder.resolve("store").toString(),
                        "--tls-cert",
                        "cert.pem",
                        "--tls-key",
                        "key.pem");
        assertThat(config.exit()).as(config.err()).isZero();
        assertThat(config.err()).contains("Made the keys of the fleet");
        Files.writeString(folder.resolve("nats.conf"), config.out());
        startServer();
    }

    @AfterEach
    void stop() throws Exception {
        steward.close();
        server.destroyForcibly().waitFor();
    }

    private void startServer() throws IOException {
        server =
                new ProcessBuilder(program(), "-c", folder.resolve("nats.conf").toString())
                        .redirectErrorStream(true)
                        .redirectOutput(folder.resolve("server.log").toFile())
                        .start();
    }

    /// `bin/nats-server` fetches one, and prints where it is.
    private static String program() throws IOException {
        Process found =
                new ProcessBuilder(Steward.ROOT.resolve("bin/nats-server").toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        return new String(found.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    }

    private void makeCertificate() throws Exception {
        Path store = folder.resolve("cert.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-alias",
                                "server",
                                "-dname",
                                "CN=broker",
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-storetype",
                                "PKCS12",
                                "-keystore",
                                store.toString(),
                                "-storepass",
                                PASSWORD)
                        .inheritIO()
                        .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        pem("cert.pem", "CERTIFICATE", keys.getCertificate("server").getEncoded());
        pem("key.pem", "PRIVATE KEY", keys.getKey("server", PASSWORD.toCharArray()).getEncoded());
    }

    private void pem(String name, String what, byte[] content) throws IOException {
        Files.writeString(
                folder.resolve(name),
                "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
                        .formatted(what, Base64.getMimeEncoder().encodeToString(content)));
    }

    private Running agent(String node, String login, String... more) throws IOException {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "agent",
                                "--node",
                                node,
                                "--data",
                                steward.data(node.equals("hub") ? "central" : node).toString(),
                                "--broker",
                                "tls://%s127.0.0.1:%d".formatted(login, port),
                                "--http",
                                "127.0.0.1:0"));
        command.addAll(List.of(more));
        return steward.start(command.toArray(String[]::new));
    }

    private String[] trusting() {
        return new String[] {"--set", "broker.ca=" + folder.resolve("cert.pem")};
    }

    @Test
    void membersAreLetInThroughTlsAndRevokedOnesAreNot() throws Exception {
        agent("hub", "", trusting()).awaitSaid("hub is ready");
        Run token = steward.run("adopt", "token", "--auto");
        assertThat(token.exit()).as(token.err()).isZero();
        String login = token.out().strip() + "@";

        Running suspicious = agent("ship2", login);
        suspicious.awaitSaid("broker.ca");
        Running ship = agent("ship1", login, trusting());
        ship.awaitSaid("ship1 is ready");
        Run sent = steward.run("send-command", "ship1", "--wait", "60s", "--", "echo", "by TLS");
        assertThat(sent.out()).as(sent.err()).contains("by TLS");

        server.destroyForcibly().waitFor();
        startServer();
        Run again = steward.run("send-command", "ship1", "--wait", "60s", "--", "echo", "again");
        assertThat(again.out()).as(again.err()).contains("again");

        Run revoked = steward.run("adopt", "revoke", "ship1");
        assertThat(revoked.exit()).as(revoked.err()).isZero();
        await().atMost(Steward.LONG).until(() -> ship.said().contains("Authorization"));
    }
}

package io.steward.agent.broker;

import static io.steward.agent.broker.BrokerContract.SHIP;
import static io.steward.agent.broker.BrokerContract.bytes;
import static io.steward.agent.broker.BrokerContract.subject;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.steward.agent.settings.Settings.MailboxSettings;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedNatsIT {
    @TempDir private Path folder;

    private EmbeddedNats embedded() throws IOException {
        return embedded(folder.resolve("nats"), 0, true, "always");
    }

    private static EmbeddedNats embedded(Path folder, int port, boolean fixed, String sync)
            throws IOException {
        return new EmbeddedNats(
                folder,
                Path.of(NatsProcess.program()),
                port,
                fixed,
                sync,
                TestFleet.keys(folder.resolveSibling("fleet")),
                "token");
    }

    private JetStreamBroker connect(URI url) throws IOException {
        return connect(url, TestSettings.mailbox());
    }

    private JetStreamBroker connect(URI url, MailboxSettings mailbox) throws IOException {
        NodeName central = new NodeName("central");
        Path credentials = TestFleet.credentials(folder.resolve("fleet"), central);
        JetStreamBroker broker =
                JetStreamBroker.connect(TestSettings.broker(url).as(credentials), mailbox, central);
        await().until(() -> broker.status().connected());
        return broker;
    }

    @Test
    void itKeepsItsPortItsAccountsAndItsMessagesOverARestart() throws Exception {
        URI url;
        try (EmbeddedNats nats = embedded()) {
            nats.start();
            url = nats.url();
            try (JetStreamBroker broker = connect(url)) {
                broker.mailbox(SHIP);
                broker.publish(subject(SHIP, "a"), "m1", bytes("x")).get(10, TimeUnit.SECONDS);
            }
        }
        assertThat(listens(url)).isFalse();
        try (EmbeddedNats nats = embedded()) {
            nats.start();
            assertThat(nats.url()).isEqualTo(url);
            try (JetStreamBroker broker = connect(url)) {
                assertThat(broker.mailbox(SHIP).fetch(1, BrokerContract.WAIT)).hasSize(1);
            }
        }
    }

    @Test
    void mailboxesMayReserveMoreThanTheDiskHas() throws Exception {
        MailboxSettings huge =
                new MailboxSettings(100, 50L << 40, Duration.ofDays(8), Duration.ofMinutes(2), 1);
        try (EmbeddedNats nats = embedded()) {
            nats.start();
            try (JetStreamBroker broker = connect(nats.url(), huge)) {
                for (int i = 0; i < 10; i++) {
                    broker.mailbox(new NodeName("ship" + i));
                }
            }
        }
    }

    @Test
    void whatWasStoredBeforeThereWereAccountsIsTheFleets() throws Exception {
        try (EmbeddedNats nats = embedded()) {
            nats.start();
            try (JetStreamBroker broker = connect(nats.url())) {
                broker.mailbox(SHIP);
                broker.publish(subject(SHIP, "a"), "m1", bytes("x")).get(10, TimeUnit.SECONDS);
            }
        }
        Path stored = folder.resolve("nats").resolve("jetstream").resolve("jetstream");
        String account = TestFleet.keys(folder.resolve("fleet")).account().text();
        Files.move(stored.resolve(account), stored.resolve("$G"));
        try (EmbeddedNats nats = embedded()) {
            nats.start();
            try (JetStreamBroker broker = connect(nats.url())) {
                assertThat(broker.mailbox(SHIP).fetch(1, BrokerContract.WAIT)).hasSize(1);
            }
        }
    }

    @Test
    void othersCannotReadItsFilesNorConnect() throws Exception {
        try (EmbeddedNats nats = embedded()) {
            nats.start();
            for (String secret : List.of("url", "nats.conf")) {
                Path file = folder.resolve("nats").resolve(secret);
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                        .isEqualTo("rw-------");
            }
            URI open = URI.create("nats://127.0.0.1:" + nats.url().getPort());
            try (JetStreamBroker broker =
                    JetStreamBroker.connect(
                            TestSettings.broker(open),
                            TestSettings.mailbox(),
                            new NodeName("stranger"))) {
                await().until(() ->
                        String.valueOf(broker.status().problem())
                                .contains("Authorization Violation"));
            }
        }
    }

    @Test
    void itCanBeStartedAgainAfterItWasKilled() throws Exception {
        try (EmbeddedNats nats = embedded()) {
            nats.start();
            URI url = nats.url();
            try (JetStreamBroker broker = connect(url)) {
                ProcessHandle server = server(ProcessHandle.current());
                server.destroyForcibly();
                assertThat(nats.waitFor()).isEqualTo(137);
                nats.start();
                assertThat(nats.url()).isEqualTo(url);
                await().until(() -> broker.status().connected());
            }
        }
    }

    private static ProcessHandle server(ProcessHandle of) {
        return of.descendants()
                .filter(each -> each.info().command().orElse("").endsWith("nats-server"))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aServerWhoseKeeperWasKilledDoesNotBlockTheNext() throws Exception {
        try (EmbeddedNats nats = embedded()) {
            nats.start();
            ProcessHandle orphan = server(ProcessHandle.current());
            orphan.parent().orElseThrow().destroyForcibly();
            nats.waitFor();
            assertThat(orphan.isAlive()).isTrue();
            nats.start();
            await().until(() -> !orphan.isAlive());
            connect(nats.url()).close();
        }
    }

    @Test
    void itDoesNotOutliveAKilledAgent() throws Exception {
        Process agent =
                new ProcessBuilder(
                                ProcessHandle.current().info().command().orElseThrow(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                Agent.class.getName(),
                                folder.resolve("nats").toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try {
            URI url = URI.create(agent.inputReader().readLine());
            ProcessHandle server = server(agent.toHandle());
            agent.destroyForcibly().waitFor();
            await().until(() -> !server.isAlive());
            assertThat(listens(url)).isFalse();
            try (EmbeddedNats nats = embedded()) {
                nats.start();
                assertThat(nats.url()).isEqualTo(url);
            }
        } finally {
            agent.destroyForcibly();
        }
    }

    /// Stands for an agent.
    static final class Agent {
        private Agent() {}

        public static void main(String[] args) throws Exception {
            EmbeddedNats nats = embedded(Path.of(args[0]), 0, true, "always");
            nats.start();
            System.out.println(nats.url());
            nats.waitFor();
        }
    }

    @Test
    void aServerThatDoesNotStartSaysWhy() throws Exception {
        try (EmbeddedNats nats = embedded(folder.resolve("nats"), 0, true, "now and then")) {
            assertThatThrownBy(nats::start)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("now and then");
        }
    }

    @Test
    void aPortThatIsTakenIsAnErrorIfItWasAskedForAndElseAnotherIsUsed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            try (EmbeddedNats fixed = embedded(folder.resolve("fixed"), port, true, "always")) {
                assertThatThrownBy(fixed::start)
                        .isInstanceOf(IOException.class)
                        .hasMessageContaining("port " + port)
                        .hasMessageContaining("--broker-port");
            }
            try (EmbeddedNats moves = embedded(folder.resolve("moves"), port, false, "always")) {
                moves.start();
                assertThat(moves.url().getPort()).isNotEqualTo(port);
            }
        }
    }

    @Test
    void twoAgentsCannotHaveOneFolder() throws Exception {
        try (EmbeddedNats _ = embedded()) {
            assertThatThrownBy(this::embedded).hasMessageContaining("another agent");
        }
        embedded().close();
    }

    private static boolean listens(URI url) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), url.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}

package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.settings.Settings.SyslogSettings;
import io.steward.messages.Message;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class SyslogForwardingTest {
    private static final String WRAPPED = "<14>1 2026-11-20T10:00:00Z central nginx - - - ";

    @TempDir Path data;

    private static SyslogForwarding to(String uri) {
        return new SyslogForwarding(
                new SyslogSettings(URI.create(uri)),
                (SSLSocketFactory) SSLSocketFactory.getDefault());
    }

    private static Message message(SyslogForwarding method, String... lines) {
        return Messages.to(method.spec(), Messages.CENTRAL, "nginx", lines);
    }

    private Outcome run(SyslogForwarding method, String... lines) throws IOException {
        return method.run(message(method, lines), Messages.context(data));
    }

    private Path file() {
        return data.resolve("syslog/central/nginx.log");
    }

    private static String frame(String message) {
        return message.getBytes(StandardCharsets.UTF_8).length + " " + message;
    }

    @Test
    void withoutAServerTheLinesAreKept() throws IOException {
        try (SyslogForwarding method =
                new SyslogForwarding(
                        new SyslogSettings(null),
                        (SSLSocketFactory) SSLSocketFactory.getDefault())) {
            assertThat(run(method, "<34>1 - host app - - - x", "plain"))
                    .isEqualTo(Outcome.succeeded());
            assertThat(file()).hasContent("<34>1 - host app - - - x\nplain\n");
        }
    }

    @Test
    void aPlainLineIsWrappedAndASyslogMessageIsNot() {
        SyslogForwarding method = to("udp://127.0.0.1:9");
        List<String> sent = new ArrayList<>();
        SyslogMessage.of(
                        message(
                                method,
                                "<34>1 - host app - - - x",
                                "plain",
                                "a\n\nb",
                                "<999>1 x",
                                "<13>Oct 11 22:14:15 old"))
                .forEach(bytes -> sent.add(new String(bytes, StandardCharsets.UTF_8)));
        assertThat(sent)
                .containsExactly(
                        "<34>1 - host app - - - x",
                        WRAPPED + "plain",
                        WRAPPED + "a",
                        WRAPPED + "b",
                        WRAPPED + "<999>1 x",
                        WRAPPED + "<13>Oct 11 22:14:15 old");
    }

    @Test
    void udpSendsADatagramForEachLine() throws IOException {
        try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress());
                SyslogForwarding method = to("udp://127.0.0.1:" + server.getLocalPort())) {
            assertThat(run(method, "eins", "zwei ü")).isEqualTo(Outcome.succeeded());
            assertThat(datagram(server)).isEqualTo(WRAPPED + "eins");
            assertThat(datagram(server)).isEqualTo(WRAPPED + "zwei ü");
            assertThat(file()).hasContent("eins\nzwei ü\n");
            Outcome tooLong = run(method, "x".repeat(70_000));
            assertThat(((Outcome.Failed) tooLong).reason()).contains("does not fit in a datagram");
        }
    }

    private static String datagram(DatagramSocket server) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[1000], 1000);
        server.setSoTimeout(5_000);
        server.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Test
    void tcpCountsOctetsOnOneConnection() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                SyslogForwarding method = to("tcp://127.0.0.1:" + server.getLocalPort())) {
            List<Outcome> outcomes =
                    method.runAll(
                            List.of(message(method, "eins"), message(method, "zwei ü", "drei")),
                            Messages.context(data));
            assertThat(outcomes).containsOnly(Outcome.succeeded());
            String expected =
                    frame(WRAPPED + "eins") + frame(WRAPPED + "zwei ü") + frame(WRAPPED + "drei");
            try (Socket connection = server.accept()) {
                assertThat(read(connection, expected)).isEqualTo(expected);
            }
        }
    }

    @Test
    void aConnectionThatTheServerClosedIsMadeAgain() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                SyslogForwarding method = to("tcp://127.0.0.1:" + server.getLocalPort())) {
            run(method, "eins");
            server.accept().close();
            assertThat(run(method, "zwei")).isEqualTo(Outcome.succeeded());
            String expected = frame(WRAPPED + "zwei");
            try (Socket connection = server.accept()) {
                assertThat(read(connection, expected)).isEqualTo(expected);
            }
        }
    }

    @Test
    void aServerThatIsNotThereIsTheSendersToKnow() throws IOException {
        int free;
        try (ServerSocket once = new ServerSocket()) {
            once.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            free = once.getLocalPort();
        }
        try (SyslogForwarding method = to("tcp://127.0.0.1:" + free)) {
            Outcome outcome = run(method, "eins");
            assertThat(((Outcome.Failed) outcome).reason())
                    .startsWith("kept, but not sent on to 127.0.0.1:" + free)
                    .contains("refused");
            assertThat(file()).hasContent("eins\n");
        }
    }

    @Test
    void anUnknownSchemeIsRefusedAtTheStart() {
        assertThatThrownBy(() -> to("http://127.0.0.1:1"))
                .hasMessage(
                        "syslog server \"http://127.0.0.1:1\" is not known: expected"
                                + " udp://host:514, tcp://host:601 or tls://host:6514");
    }

    static String read(Socket connection, String expected) throws IOException {
        connection.setSoTimeout(5_000);
        InputStream in = connection.getInputStream();
        int length = expected.getBytes(StandardCharsets.UTF_8).length;
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}

package io.steward.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.settings.Settings.HostAndPort;
import io.steward.agent.settings.Settings.HttpSettings;
import io.steward.agent.settings.Settings.RemoteSettings;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The API as other machines see it. The certificates are for `agent.example`, each with its own
/// key, made by `openssl req -x509 -days 36500`.
class RemoteApiTest {
    @TempDir Path folder;

    private TestAgent agent(@Nullable Path certificate, @Nullable Path key, boolean insecure)
            throws IOException {
        RemoteSettings remote =
                new RemoteSettings(
                        new HostAndPort("127.0.0.1", 0),
                        certificate,
                        key,
                        List.of("Agent.example"),
                        insecure);
        return new TestAgent(
                TestAgent.settings(
                        "central",
                        folder.resolve("data"),
                        new HttpSettings(true, "127.0.0.1", 0, false, remote)),
                folder.resolve("registry"));
    }

    @Test
    void itIsServedWithTlsToWhoHasAnIssuedToken() throws Exception {
        Path certificate = copy("tls-1.pem", "cert.pem");
        try (TestAgent agent = agent(certificate, copy("tls-1.key", "key.pem"), false)) {
            String token = agent.issue("ci", Role.VIEWER);
            assertThat(ask(agent, certificate, "agent.example", token)).startsWith("HTTP/1.1 200");
            assertThat(ask(agent, certificate, "10.1.2.3:8788", token)).startsWith("HTTP/1.1 200");
            assertThat(ask(agent, certificate, "evil.example.org", token))
                    .startsWith("HTTP/1.1 421");
            assertThat(ask(agent, certificate, "localhost", token)).startsWith("HTTP/1.1 421");
            assertThat(ask(agent, certificate, "agent.example", agent.token()))
                    .as("the agent's own token opens nothing from elsewhere")
                    .startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void aRenewedCertificateIsShownAndABadOneIsNot() throws Exception {
        Path first = copy("tls-1.pem", "first.pem");
        Path second = copy("tls-2.pem", "second.pem");
        Path certificate = copy("tls-1.pem", "cert.pem");
        Path key = copy("tls-1.key", "key.pem");
        try (TestAgent agent = agent(certificate, key, false)) {
            String token = agent.issue("ci", Role.VIEWER);
            Files.writeString(certificate, "half");
            Files.setLastModifiedTime(certificate, FileTime.from(Instant.EPOCH));
            agent.advance(Duration.ofMinutes(1));
            assertThat(ask(agent, first, "agent.example", token)).startsWith("HTTP/1.1 200");
            copy("tls-2.pem", "cert.pem");
            copy("tls-2.key", "key.pem");
            agent.advance(Duration.ofMinutes(1));
            assertThat(ask(agent, second, "agent.example", token)).startsWith("HTTP/1.1 200");
            assertThatThrownBy(() -> ask(agent, first, "agent.example", token))
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void withoutTlsItIsServedOnlyIfThatIsAskedFor() throws Exception {
        Path certificate = copy("tls-1.pem", "cert.pem");
        assertThatThrownBy(() -> agent(null, null, false))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("needs http.certificate and http.key")
                .hasMessageContaining("or http.insecure true");
        assertThatThrownBy(() -> agent(certificate, null, true))
                .hasMessageContaining("one of them is missing");
        try (TestAgent agent = agent(null, null, true)) {
            String token = agent.issue("ci", Role.VIEWER);
            try (Socket socket =
                    new Socket(InetAddress.getLoopbackAddress(), agent.api().remotePort())) {
                assertThat(ask(socket, "agent.example", token)).startsWith("HTTP/1.1 200");
            }
        }
    }

    @Test
    void whatIsWrongWithTheFilesIsNamed() throws Exception {
        Path certificate = copy("tls-1.pem", "cert.pem");
        Path key = copy("tls-1.key", "key.pem");
        Path rsa =
                Files.writeString(
                        folder.resolve("rsa.pem"), "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n");
        Files.setPosixFilePermissions(rsa, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(() -> agent(certificate, rsa, false))
                .hasMessageContaining("rsa.pem holds no key in PKCS #8")
                .hasMessageContaining("openssl pkcs8");
        assertThatThrownBy(() -> agent(key, key, false))
                .hasMessageContaining("key.pem holds no certificate");
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> agent(certificate, key, false))
                .hasMessageContaining("may be used by others");
        assertThatThrownBy(() -> agent(folder.resolve("none"), key, false))
                .hasMessageContaining("none");
    }

    private Path copy(String resource, String name) throws IOException {
        try (var in = RemoteApiTest.class.getResourceAsStream(resource)) {
            Path file = folder.resolve(name);
            Files.write(file, java.util.Objects.requireNonNull(in).readAllBytes());
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
            return file;
        }
    }

    private static String ask(TestAgent agent, Path trusted, String host, String token)
            throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        Certificate certificate =
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(trusted)));
        store.setCertificateEntry("agent", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        try (SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(
                                        InetAddress.getLoopbackAddress(),
                                        agent.api().remotePort())) {
            return ask(socket, host, token);
        }
    }

    private static String ask(Socket socket, String host, String token) throws IOException {
        socket.getOutputStream()
                .write(
                        "GET /v1/status HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
                                .formatted(host, token)
                                .getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}

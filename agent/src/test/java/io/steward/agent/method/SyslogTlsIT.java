package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.settings.Settings.SyslogSettings;
import io.steward.messages.Message;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class SyslogTlsIT {
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir Path data;
    private SSLContext context = emptyContext();

    private static SSLContext emptyContext() {
        try {
            return SSLContext.getDefault();
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A certificate for 127.0.0.1 that signs itself, in a context that trusts it.
    @BeforeEach
    void makeCertificate() throws Exception {
        Path file = data.resolve("keys.p12");
        Process keytool =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "keytool")
                                        .toString(),
                                "-genkeypair",
                                "-keyalg",
                                "EC",
                                "-dname",
                                "CN=syslog",
                                "-ext",
                                "san=ip:127.0.0.1",
                                "-keystore",
                                file.toString(),
                                "-storepass",
                                new String(PASSWORD))
                        .redirectErrorStream(true)
                        .start();
        String said =
                new String(
                        keytool.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
        own.init(keys, PASSWORD);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(keys);
        context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    }

    private Outcome send(SSLSocketFactory client, String host, int port) throws IOException {
        try (SyslogForwarding method =
                new SyslogForwarding(
                        new SyslogSettings(URI.create("tls://" + host + ":" + port)), client)) {
            Message message =
                    Messages.to(method.spec(), Messages.CENTRAL, "nginx", "<34>1 - h a - - - x");
            return method.run(message, Messages.context(data));
        }
    }

    private SSLServerSocket server() throws IOException {
        return (SSLServerSocket)
                context.getServerSocketFactory()
                        .createServerSocket(0, 5, InetAddress.getLoopbackAddress());
    }

    @Test
    void tlsCountsOctets() throws Exception {
        String expected = "19 <34>1 - h a - - - x";
        try (SSLServerSocket server = server();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<String> received =
                    CompletableFuture.supplyAsync(
                            () -> {
                                try (Socket connection = server.accept()) {
                                    return SyslogForwardingTest.read(connection, expected);
                                } catch (IOException e) {
                                    throw new CompletionException(e);
                                }
                            },
                            threads);
            assertThat(send(context.getSocketFactory(), "127.0.0.1", server.getLocalPort()))
                    .isEqualTo(Outcome.succeeded());
            assertThat(received.get()).isEqualTo(expected);
        }
    }

    @Test
    void aServerThatIsNotTrustedGetsNothing() throws Exception {
        SSLSocketFactory strangers = (SSLSocketFactory) SSLSocketFactory.getDefault();
        try (SSLServerSocket server = server();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CompletableFuture<Void> served =
                    CompletableFuture.runAsync(
                            () -> {
                                try (Socket connection = server.accept()) {
                                    assertThat(SyslogForwardingTest.read(connection, "x"))
                                            .isEmpty();
                                } catch (IOException refused) {
                                    assertThat(refused).hasMessageContaining("certificate");
                                }
                            },
                            threads);
            Outcome outcome = send(strangers, "127.0.0.1", server.getLocalPort());
            assertThat(((Outcome.Failed) outcome).reason())
                    .startsWith("kept, but not sent on")
                    .contains("certification path");
            served.get();
        }
    }
}

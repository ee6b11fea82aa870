package io.steward.campaign.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class TcpProxyTest {
    private ServerSocket echo;
    private TcpProxy proxy;

    @BeforeEach
    void begin() throws IOException {
        echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::answer);
        proxy = new TcpProxy(echo.getLocalPort());
    }

    @AfterEach
    void end() throws IOException {
        proxy.close();
        echo.close();
    }

    private void answer() {
        while (true) {
            try {
                Socket socket = echo.accept();
                Thread.ofVirtual()
                        .start(() -> {
                            try (socket) {
                                socket.getInputStream().transferTo(socket.getOutputStream());
                            } catch (IOException e) {
                                // cut: that is what is tested
                            }
                        });
            } catch (IOException e) {
                return;
            }
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(5_000);
        return socket;
    }

    private static String said(Socket socket, String what) throws IOException {
        byte[] bytes = what.getBytes(StandardCharsets.UTF_8);
        socket.getOutputStream().write(bytes);
        return new String(socket.getInputStream().readNBytes(bytes.length), StandardCharsets.UTF_8);
    }

    @Test
    void whatIsSaidGoesThroughBothWays() throws Exception {
        try (Socket socket = connect()) {
            assertThat(said(socket, "hello")).isEqualTo("hello");
            assertThat(proxy.passed()).isEqualTo(10);
        }
    }

    @Test
    void aCutResetsTheConnectionsThereAreAndEachNewOneUntilItPassesAgain() throws Exception {
        try (Socket before = connect()) {
            said(before, "hello");
            proxy.cut();
            assertThatThrownBy(() -> before.getInputStream().read())
                    .isInstanceOf(SocketException.class);
            try (Socket during = connect()) {
                assertThatThrownBy(() -> assertThat(during.getInputStream().read()).isEqualTo(-1))
                        .isInstanceOf(SocketException.class);
            }
            proxy.pass();
            try (Socket after = connect()) {
                assertThat(said(after, "again")).isEqualTo("again");
            }
        }
    }

    @Test
    void inABlackHoleConnectionsStayAndNothingIsAnswered() throws Exception {
        try (Socket before = connect()) {
            said(before, "hello");
            proxy.blackhole();
            try (Socket during = connect()) {
                silent(before);
                silent(during);
                proxy.pass();
                assertThatThrownBy(() -> before.getInputStream().read())
                        .isInstanceOf(SocketException.class);
                assertThatThrownBy(() -> during.getInputStream().read())
                        .isInstanceOf(SocketException.class);
            }
            try (Socket after = connect()) {
                assertThat(said(after, "again")).isEqualTo("again");
            }
        }
    }

    private static void silent(Socket socket) throws IOException {
        socket.setSoTimeout(100);
        assertThatThrownBy(() -> said(socket, "anybody there?"))
                .isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(5_000);
    }

    @Test
    void aSlowLinkTakesItsTime() throws Exception {
        proxy.slow(Duration.ofMillis(50), 1_000_000);
        try (Socket socket = connect()) {
            long start = System.nanoTime();
            assertThat(said(socket, "hello")).isEqualTo("hello");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isGreaterThanOrEqualTo(Duration.ofMillis(100));
        }
    }

    @Test
    void itCutsInTheMiddleOfAMessage() throws Exception {
        proxy.cutAfter(7);
        try (Socket socket = connect()) {
            assertThatThrownBy(() -> assertThat(said(socket, "hello")).isEqualTo("hello"))
                    .isInstanceOfAny(SocketException.class, AssertionError.class);
            assertThat(proxy.passed()).isEqualTo(7);
        }
    }
}

package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.http.AgentFile;
import io.steward.agent.http.ApiToken;
import io.steward.cli.Steward.Running;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Callers that never finish what they begin are cut off, and keep no other out. The time for a
/// request is 2 s here and not two minutes.
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileCallersIT {
    private Steward steward;
    private int port;
    private String token = "";

    @BeforeAll
    void startAnAgent(@TempDir Path temporary) throws Exception {
        steward = new Steward(temporary);
        Running up =
                steward.start(
                        Map.of(
                                "JAVA_TOOL_OPTIONS",
                                "-Dsun.net.httpserver.maxReqTime=2"
                                        + " -Dsun.net.httpserver.idleInterval=2"),
                        "up",
                        "--node",
                        "central",
                        "--data",
                        steward.data("central").toString(),
                        "--broker-port",
                        "0",
                        "--http",
                        "127.0.0.1:0");
        up.awaitSaid("Ctrl-C");
        port = AgentFile.read(steward.data("central")).url().getPort();
        token = ApiToken.read(steward.data("central"));
    }

    @AfterAll
    void stop() throws Exception {
        steward.close();
    }

    @Test
    void whoNeverFinishesIsCutOff() throws Exception {
        List<String> begun =
                List.of(
                        "",
                        "POST /v1/mess",
                        "POST /v1/messages HTTP/1.1~Host: localhost~X-1: a~",
                        "POST /v1/messages HTTP/1.1~Host: localhost~Authorization: Bearer"
                                + " TOKEN~Content-Type: application/json~Content-Length: 1000~~[",
                        "POST /v1/messages HTTP/1.1~Host: localhost~Authorization: Bearer"
                                + " TOKEN~Content-Type: application/json~Transfer-Encoding:"
                                + " chunked~~5~[",
                        "POST /v1/messages HTTP/1.1~Host: localhost~Authorization: Bearer"
                                + " wrong~Content-Length: 1000~~[");
        Map<String, Socket> open = new LinkedHashMap<>();
        try {
            for (String each : begun) {
                Socket socket = connect();
                open.put(each, socket);
                socket.setSoTimeout(60_000);
                socket.getOutputStream()
                        .write(
                                each.replace("~", "\r\n")
                                        .replace("TOKEN", token)
                                        .getBytes(StandardCharsets.US_ASCII));
            }
            for (Map.Entry<String, Socket> each : open.entrySet()) {
                assertThat(rest(each.getValue())).as(each.getKey()).doesNotContain("HTTP/1.1 2");
            }
        } finally {
            for (Socket each : open.values()) {
                each.close();
            }
        }
    }

    @Test
    void whoSendsByteAfterByteIsCutOff() throws Exception {
        try (Socket socket = connect()) {
            long begin = System.nanoTime();
            try {
                socket.getOutputStream()
                        .write(
                                "POST /v1/messages HTTP/1.1\r\nX: "
                                        .getBytes(StandardCharsets.US_ASCII));
                while (System.nanoTime() - begin < 60_000_000_000L) {
                    socket.getOutputStream().write('a');
                    Thread.sleep(50);
                }
            } catch (IOException cutOff) {
                return;
            }
            throw new AssertionError("it may send for a minute");
        }
    }

    @Test
    void thousandsOfIdleConnectionsKeepNobodyOutForLong() throws Exception {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 3_000; i++) {
                idle.add(connect());
            }
            org.awaitility.Awaitility.await()
                    .atMost(Steward.LONG)
                    .until(() -> steward.run("status").exit() == 0);
            assertThat(steward.run("send-command", "central", "--", "echo", "hello").out())
                    .isEqualTo("hello\n");
        } finally {
            for (Socket each : idle) {
                each.close();
            }
        }
    }

    @Test
    void whoWaitsForAnAnswerIsNotCutOff() throws Exception {
        assertThat(steward.run("send-command", "central", "--", "sleep", "6").exit()).isZero();
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static String rest(Socket socket) throws IOException {
        try {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (SocketException cutOff) {
            return "";
        }
    }
}

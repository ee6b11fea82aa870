package io.steward.agent.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Many who begin a request and never end it do not keep others out.
class SlowClientsTest {
    private static final int SLOW = 300;

    @TempDir Path folder;

    @Test
    void hundredsOfUnfinishedRequestsDoNotHoldUpOthers() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try (TestAgent agent =
                        new TestAgent(
                                "central", folder.resolve("agent"), folder.resolve("registry"));
                HttpClient http = HttpClient.newHttpClient()) {
            try {
                for (int i = 0; i < SLOW; i++) {
                    slow.add(begin(agent, i));
                }
                for (int i = 0; i < 20; i++) {
                    HttpRequest request =
                            HttpRequest.newBuilder(agent.url().resolve("/v1/status"))
                                    .header("Authorization", "Bearer " + agent.token())
                                    .timeout(Duration.ofSeconds(30))
                                    .build();
                    assertThat(http.send(request, BodyHandlers.ofString()).statusCode())
                            .isEqualTo(200);
                }
            } finally {
                for (Socket each : slow) {
                    each.close();
                }
            }
        }
    }

    /// Every third stops in its headers, the others in their body, half of these with the token.
    private static Socket begin(TestAgent agent, int i) throws IOException {
        String headers =
                """
                POST /v1/messages HTTP/1.1\r
                Host: localhost\r
                Content-Type: application/json\r
                """;
        String rest =
                "Authorization: Bearer %s\r\nContent-Length: 1000\r\n\r\n[{"
                        .formatted(i % 2 == 0 ? agent.token() : "wrong");
        Socket socket = new Socket();
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), agent.url().getPort()),
                10_000);
        socket.getOutputStream()
                .write((i % 3 == 0 ? headers : headers + rest).getBytes(StandardCharsets.UTF_8));
        return socket;
    }
}

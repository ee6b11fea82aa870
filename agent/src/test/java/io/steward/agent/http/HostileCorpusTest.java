package io.steward.agent.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URLEncoder;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Requests that are made to do harm, with a good token and the role admin: each is refused with a
/// reason, and the agent goes on.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HostileCorpusTest {
    private static final int LONGEST_DETAIL = 2_100;

    private TestAgent agent;

    @BeforeAll
    void start(@TempDir Path folder) throws IOException {
        agent = new TestAgent("central", folder.resolve("data"), folder.resolve("registry"));
    }

    @AfterAll
    void stop() {
        agent.close();
    }

    static Stream<String> names() {
        return Stream.of(
                "*",
                ">",
                "a.b",
                "a.>",
                "$JS",
                "$JS.API.STREAM.DELETE.x",
                "_INBOX.x",
                " ",
                "a b",
                "..",
                "../../etc/passwd",
                "/etc/passwd",
                "a/../b",
                "a\\b",
                "C:\\x",
                "a\u0000b",
                "a\r\nX: y",
                "\u001b]0;t\u0007",
                "\u202ea",
                "%2e%2e",
                "@web",
                "~root",
                "a".repeat(65),
                "a".repeat(10_000),
                "\ud83d\ude00",
                "nul\u0000");
    }

    @ParameterizedTest
    @MethodSource("names")
    void aNameThatIsNoneIsRefusedOnEveryRoute(String name) throws Exception {
        for (Route route : agent.api().routes()) {
            if (!route.path().contains("{")) {
                continue;
            }
            String path =
                    route.path()
                            .replaceAll(
                                    "\\{\\w+\\}",
                                    URLEncoder.encode(name, UTF_8).replace("+", "%20"));
            Answer answer = ask(route.method() + " " + path, "", "{}".getBytes(UTF_8));
            String what = "%s %s: %s".formatted(route.method(), path, answer.text());
            if (route.path().equals("/v1/facts/{fact}") && answer.status() == 200) {
                assertThat(answer.json().path("values")).as(what).isEmpty();
            } else {
                assertThat(answer.status()).as(what).isIn(400, 404);
                assertThat(answer.detail()).as(what).isNotEmpty();
            }
            assertThat(answer.detail().length()).as(what).isLessThan(LONGEST_DETAIL);
        }
        assertThat(agent.journal().queued(10)).isEmpty();
    }

    static Stream<Arguments> bombs() {
        return Stream.of(
                Arguments.of("arrays in arrays", "[".repeat(90_000).getBytes(UTF_8)),
                Arguments.of("objects in objects", "{\"a\":".repeat(15_000).getBytes(UTF_8)),
                Arguments.of(
                        "a number of 90,000 digits",
                        ("{\"x\":" + "9".repeat(90_000) + "}").getBytes(UTF_8)),
                Arguments.of("a huge exponent", "{\"x\":1e999999999}".getBytes(UTF_8)),
                Arguments.of("one name twice", "{\"a\":1,\"a\":2}".getBytes(UTF_8)),
                Arguments.of("10,000 names", manyNames().getBytes(UTF_8)),
                Arguments.of(
                        "a name of 90,000 characters",
                        ("{\"" + "a".repeat(90_000) + "\":1}").getBytes(UTF_8)),
                Arguments.of(
                        "a name with controls",
                        "{\"\\u001b]0;t\\u0007\\u0000\\ud800\":1}".getBytes(UTF_8)),
                Arguments.of("NUL", "{\"a\":\"\u0000\"}".getBytes(UTF_8)),
                Arguments.of(
                        "bytes that are no UTF-8", "{\"a\":\"\u00ff\u00fe\"}".getBytes(ISO_8859_1)),
                Arguments.of("an overlong slash", "{\"a\":\"\u00c0\u00af\"}".getBytes(ISO_8859_1)),
                Arguments.of("UTF-16", "{\"a\":1}".getBytes(UTF_16)),
                Arguments.of("two documents", "{} {}".getBytes(UTF_8)),
                Arguments.of("NaN", "{\"a\":NaN}".getBytes(UTF_8)),
                Arguments.of("a comment", "{/* */}x".getBytes(UTF_8)),
                Arguments.of("half", "{\"a\":".getBytes(UTF_8)),
                Arguments.of("null", "null".getBytes(UTF_8)),
                Arguments.of("a number", "1e400".getBytes(UTF_8)),
                Arguments.of("text", "\"x\"".getBytes(UTF_8)));
    }

    private static String manyNames() {
        StringBuilder json = new StringBuilder("{");
        for (int i = 0; i < 10_000; i++) {
            json.append(i == 0 ? "" : ",").append('"').append(i).append("\":1");
        }
        return json.append('}').toString();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("bombs")
    void aBodyThatIsNoneIsRefusedOnEveryRoute(String what, byte[] body) throws Exception {
        for (Route route : agent.api().routes()) {
            if (!route.method().equals("POST")) {
                continue;
            }
            String path =
                    route.path()
                            .replace("{id}", "01K00000000000000000000000")
                            .replaceAll("\\{\\w+\\}", "web");
            Answer answer = ask("POST " + path, "", body);
            String shown = "%s: %s".formatted(path, answer.text());
            assertThat(answer.status()).as(shown).isIn(400, 404, 415, 422);
            assertThat(answer.detail()).as(shown).isNotEmpty();
            assertThat(answer.detail().length()).as(shown).isLessThan(LONGEST_DETAIL);
        }
        assertThat(agent.journal().queued(10)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "Content-Length: -1",
                "Content-Length: 99999999999999999999",
                "Content-Length: 1, 2",
                "Content-Length: 5\\r\\nContent-Length: 6",
                "Transfer-Encoding: gzip",
                "Content-Length: 5\\r\\nTransfer-Encoding: chunked",
                "Transfer-Encoding: chunked\\r\\n\\r\\nFFFFFFFFFFFFFFFF\\r\\n",
                "Transfer-Encoding: chunked\\r\\n\\r\\n-1\\r\\n",
                "Transfer-Encoding: chunked\\r\\n\\r\\nzz\\r\\n",
                "Authorization: Bearer other",
                "Host: evil.example.org",
                "Idempotency-Key: a\\0b",
                ": no name",
                "no colon",
                "X Y: z",
                "Content-Length : 5"
            })
    void headersThatAreNoneDoNothing(String headers) throws Exception {
        String raw = headers.strip().replace("\\r\\n", "\r\n").replace("\\0", "\0");
        String answer = raw("POST /v1/messages HTTP/1.1", raw + "\r\n", new byte[0]);
        assertThat(answer).doesNotStartWith("HTTP/1.1 2");
        assertThat(agent.journal().queued(10)).isEmpty();
        assertAlive();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v1/../../etc/passwd HTTP/1.1",
                "GET /v1/status/../../api-token HTTP/1.1",
                "GET //etc/passwd HTTP/1.1",
                "GET http://evil.example.org/v1/none HTTP/1.1",
                "GET /v1/status\u0000 HTTP/1.1",
                "GET /v1/status%00 HTTP/1.1",
                "GET /healthz/%2e%2e/v1/status HTTP/1.1",
                "GET  HTTP/1.1",
                "GET /v1/status",
                "get /v1/status HTTP/1.1",
                "FOO /v1/status HTTP/1.1",
                "OPTIONS * HTTP/1.1",
                "CONNECT evil.example.org:443 HTTP/1.1"
            })
    void requestsThatAreNoneAreNotServed(String line) throws Exception {
        assertThat(raw(line, "", new byte[0])).doesNotStartWith("HTTP/1.1 2");
        assertAlive();
    }

    static Stream<Arguments> oversized() {
        return Stream.of(
                Arguments.of("a path of 1 MB", "GET /v1/" + "a".repeat(1 << 20) + " HTTP/1.1", ""),
                Arguments.of(
                        "a query of 1 MB",
                        "GET /v1/messages?label=" + "a".repeat(1 << 20) + " HTTP/1.1",
                        ""),
                Arguments.of(
                        "a header of 1 MB",
                        "GET /v1/status HTTP/1.1",
                        "X: " + "a".repeat(1 << 20) + "\r\n"),
                Arguments.of(
                        "a name of a header of 1 MB",
                        "GET /v1/status HTTP/1.1",
                        "a".repeat(1 << 20) + ": x\r\n"),
                Arguments.of(
                        "1,000 headers",
                        "GET /v1/status HTTP/1.1",
                        Stream.iterate(0, i -> i + 1)
                                .limit(1_000)
                                .map(i -> "X-" + i + ": x\r\n")
                                .reduce("", String::concat)),
                Arguments.of(
                        "1,000 parameters",
                        "GET /v1/messages?" + "limit=1&".repeat(1_000) + " HTTP/1.1",
                        ""));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("oversized")
    void whatIsTooLargeIsNotServed(String what, String line, String headers) throws Exception {
        assertThat(raw(line, headers, new byte[0])).as(what).doesNotStartWith("HTTP/1.1 2");
        assertAlive();
    }

    private void assertAlive() throws IOException {
        assertThat(ask("GET /v1/status", "", new byte[0]).status()).isEqualTo(200);
    }

    private record Answer(int status, String text) {
        JsonNode json() throws IOException {
            int body = text.indexOf("\r\n\r\n");
            return Json.read(text.substring(body + 4).getBytes(UTF_8));
        }

        String detail() throws IOException {
            return text.contains("application/problem+json")
                    ? json().path("detail").asText()
                    : text.substring(Math.min(text.length(), text.indexOf("\r\n\r\n") + 4));
        }
    }

    private Answer ask(String what, String headers, byte[] body) throws IOException {
        String text =
                raw(
                        what + " HTTP/1.1",
                        headers
                                + "Content-Type: application/json\r\nContent-Length: "
                                + body.length
                                + "\r\n",
                        body);
        assertThat(text).as(what).startsWith("HTTP/1.1 ");
        return new Answer(Integer.parseInt(text.substring(9, 12)), text);
    }

    /// What is answered until the connection ends; empty if it is closed without an answer.
    private String raw(String line, String headers, byte[] body) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.url().getPort())) {
            socket.setSoTimeout(20_000);
            String host = headers.startsWith("Host:") ? "" : "Host: localhost\r\n";
            String head =
                    "%s\r\n%sAuthorization: Bearer %s\r\nConnection: close\r\n%s\r\n"
                            .formatted(line, host, agent.token(), headers);
            try {
                OutputStream out = socket.getOutputStream();
                out.write(head.getBytes(UTF_8));
                out.write(body);
                out.flush();
                return new String(socket.getInputStream().readAllBytes(), UTF_8);
            } catch (SocketException e) {
                return ""; // why: it was closed while we were still sending
            }
        }
    }
}

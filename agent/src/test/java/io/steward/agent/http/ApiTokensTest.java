package io.steward.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.settings.Settings.HttpSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Who may call which route, with which token.
class ApiTokensTest {
    @TempDir Path folder;
    private TestAgent agent;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws IOException {
        agent = new TestAgent("central", folder.resolve("data"), folder.resolve("registry"));
    }

    @AfterEach
    void stop() {
        agent.close();
        http.close();
    }

    private void restart(FailedAttempts.Bounds bounds) throws IOException {
        agent.close();
        agent =
                new TestAgent(
                        TestAgent.settings(
                                "central",
                                folder.resolve("data"),
                                new HttpSettings(true, "127.0.0.1", 0, false)),
                        folder.resolve("registry"),
                        bounds);
    }

    @Test
    void everyRouteButTheProbesNeedsAToken() throws Exception {
        assertThat(agent.api().routes()).hasSizeGreaterThan(15);
        Set<String> open = new HashSet<>();
        for (Route route : agent.api().routes()) {
            String path = path(route);
            for (String given : new String[] {null, "Bearer wrong", "Basic " + agent.token()}) {
                HttpResponse<String> answer = call(route.method(), path, "{}", given);
                if (route.least() == null) {
                    assertThat(answer.statusCode()).as(path).isEqualTo(200);
                    open.add(path);
                } else {
                    assertThat(answer.statusCode()).as(path).isEqualTo(401);
                    assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Bearer");
                    assertThat(answer.headers().firstValue("Content-Type"))
                            .contains("application/problem+json");
                }
            }
        }
        assertThat(open).containsExactlyInAnyOrder("/healthz", "/readyz");
        assertThat(call("GET", "/v1/no-such-route", null, null).statusCode()).isEqualTo(401);
        assertThat(call("GET", "/v1/no-such-route", null, local()).statusCode()).isEqualTo(404);
    }

    @Test
    void eachRoleMayUseItsRoutesAndThoseOfTheRolesBelowIt() throws Exception {
        Map<Role, String> tokens = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            tokens.put(role, "Bearer " + made(role.word() + "1", role.word(), "1h"));
        }
        for (Route route : agent.api().routes()) {
            Role least = route.least();
            if (least == null) {
                continue;
            }
            String path = path(route);
            String body = path.startsWith("/v1/processes") ? "{\"name\":\"none\"}" : "[]";
            for (Role role : Role.values()) {
                HttpResponse<String> answer =
                        call(route.method(), path, body, String.valueOf(tokens.get(role)));
                String what = "%s %s as %s".formatted(route.method(), path, role.word());
                if (role.includes(least)) {
                    assertThat(answer.statusCode()).as(what).isNotIn(401, 403, 429, 500);
                } else {
                    assertThat(answer.statusCode()).as(what).isEqualTo(403);
                    assertThat(json(answer).path("detail").asText())
                            .isEqualTo(
                                    "The token %s1 has the role %s: %s %s needs %s"
                                            .formatted(
                                                    role.word(),
                                                    role.word(),
                                                    route.method(),
                                                    path,
                                                    least.word()));
                }
            }
        }
    }

    @Test
    void noRouteThatChangesSomethingIsOpenToViewers() {
        assertThat(agent.api().routes())
                .filteredOn(route -> route.least() == Role.VIEWER && !route.method().equals("GET"))
                .extracting(Route::path)
                .containsExactlyInAnyOrder("/v1/messages/outcomes", "/v1/ping");
        assertThat(agent.api().routes())
                .filteredOn(route -> route.path().matches(".*(token|client|adoptions/).*"))
                .isNotEmpty()
                .allSatisfy(route -> assertThat(route.least()).isEqualTo(Role.ADMIN));
    }

    @Test
    void aTokenIsGoodFromItsMakingUntilItsEnd() throws Exception {
        HttpResponse<String> made = make("ci", "viewer", "1h");
        assertThat(made.statusCode()).isEqualTo(201);
        assertThat(json(made).path("by").asText()).isEqualTo("local at central");
        String token = json(made).path("token").asText();
        assertThat(token).startsWith("stw_").hasSize(47);
        assertThat(get("/v1/status", token).statusCode()).isEqualTo(200);
        assertThat(get("/v1/tokens", token).statusCode()).isEqualTo(403);
        HttpResponse<String> listed = call("GET", "/v1/tokens", null, local());
        assertThat(listed.body())
                .contains("\"name\":\"ci\"", "\"role\":\"viewer\"")
                .doesNotContain(token, "sha256");
        restart(FailedAttempts.Bounds.USUAL);
        assertThat(get("/v1/status", token).statusCode()).isEqualTo(200);
        assertThat(call("DELETE", "/v1/tokens/ci", null, local()).statusCode()).isEqualTo(200);
        assertThat(get("/v1/status", token).statusCode()).isEqualTo(401);
        assertThat(get("/v1/status", token).body()).contains("was ended");
        assertThat(call("DELETE", "/v1/tokens/ci", null, local()).body())
                .contains("There is no token \\\"ci\\\"");
        restart(FailedAttempts.Bounds.USUAL);
        assertThat(get("/v1/status", token).statusCode()).isEqualTo(401);
    }

    @Test
    void aTokenEndsAtItsTime() throws Exception {
        String token = made("night", "operator", "1h");
        agent.advance(Duration.ofMinutes(59));
        assertThat(get("/v1/status", token).statusCode()).isEqualTo(200);
        agent.advance(Duration.ofMinutes(1));
        HttpResponse<String> late = get("/v1/status", token);
        assertThat(late.statusCode()).isEqualTo(401);
        assertThat(late.body()).contains("The token night was good until 2");
        assertThat(call("GET", "/v1/tokens", null, local()).body()).contains("\"expired\":true");
        String ever = made("ever", "viewer", "forever");
        agent.advance(Duration.ofDays(36_500));
        assertThat(get("/v1/status", ever).statusCode()).isEqualTo(200);
    }

    @Test
    void itsFileHoldsNoTokenAndIsForTheOwnerOnly() throws Exception {
        String token = made("ci", "admin", "1h");
        Path file = folder.resolve("data").resolve("api-tokens.json");
        assertThat(Files.readString(file)).contains("\"sha256\"").doesNotContain(token);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> restart(FailedAttempts.Bounds.USUAL))
                .hasMessageContaining("may be used by others (rw-r--r--)");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(file, "{\"tokens\":[{\"name\":\"ci\",\"role\":\"god\"}]}");
        assertThatThrownBy(() -> restart(FailedAttempts.Bounds.USUAL))
                .hasMessageContaining("api-tokens.json is not as the agent writes it")
                .hasMessageContaining(
                        "\"god\" is no role: expected one of viewer, operator, admin");
    }

    @Test
    void whatIsWrongWithATokenThatIsAskedForIsNamed() throws Exception {
        made("ci", "viewer", "1h");
        for (String[] each :
                new String[][] {
                    {"ci", "viewer", "1h", "409", "There is a token \"ci\""},
                    {"local", "viewer", "1h", "409", "the agent's own token"},
                    {"a.b", "viewer", "1h", "400", "name: a token's name is as that of a node"},
                    {"../x", "viewer", "1h", "400", "name: a token's name is as that of a node"},
                    {"a", "root", "1h", "400", "role: \"root\" is no role"},
                    {"a", "viewer", "0s", "400", "life: \"0s\""},
                    {"a", "viewer", "1 year", "400", "life: "},
                }) {
            HttpResponse<String> answer = make(each[0], each[1], each[2]);
            assertThat(answer.statusCode()).as(each[0]).isEqualTo(Integer.parseInt(each[3]));
            assertThat(json(answer).path("detail").asText()).contains(each[4]);
        }
    }

    @Test
    void thoseWhoGuessAreToldToWaitAndAGoodTokenIsNot() throws Exception {
        restart(new FailedAttempts.Bounds(5, 1_000, 10, 1));
        String good = agent.token();
        for (int i = 0; i < 5; i++) {
            assertThat(get("/v1/status", "guess" + i).statusCode()).isEqualTo(401);
        }
        assertThat(agent.pauses()).hasSize(5);
        for (int i = 0; i < 5; i++) {
            HttpResponse<String> answer = get("/v1/status", "guess" + i);
            assertThat(answer.statusCode()).isEqualTo(429);
            assertThat(answer.headers().firstValueAsLong("Retry-After").orElse(0))
                    .isBetween(1L, 61L);
            assertThat(json(answer).path("detail").asText()).startsWith("Too many requests came");
            assertThat(get("/v1/status", good).statusCode()).isEqualTo(200);
        }
        assertThat(agent.pauses()).as("only wrong ones wait").hasSize(5);
        agent.advance(Duration.ofMinutes(1));
        assertThat(get("/v1/status", "guess").statusCode()).isEqualTo(401);
    }

    @Test
    void whatAPageOfAnotherSiteAsksForChangesNothing() throws Exception {
        String own = "http://127.0.0.1:" + agent.url().getPort();
        assertThat(raw("POST", "Origin: " + own + "\r\n")).startsWith("HTTP/1.1 404");
        for (String headers :
                new String[] {
                    "Origin: http://evil.example.org\r\n",
                    "Origin: null\r\n",
                    "Origin: " + own + "1\r\n",
                    "Sec-Fetch-Site: cross-site\r\n"
                }) {
            assertThat(raw("POST", headers))
                    .startsWith("HTTP/1.1 403")
                    .contains("The origin is another site")
                    .doesNotContainIgnoringCase("Access-Control");
        }
        assertThat(raw("OPTIONS", "Origin: http://evil.example.org\r\n"))
                .doesNotStartWith("HTTP/1.1 2")
                .doesNotContainIgnoringCase("Access-Control");
    }

    @Test
    void noAnswerIsKeptByOthers() throws Exception {
        for (String path : new String[] {"/healthz", "/v1/status", "/v1/none"}) {
            HttpResponse<String> answer = call("GET", path, null, local());
            assertThat(answer.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(answer.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        }
    }

    @Test
    void aTokenThatIsThereTwiceIsNone() throws Exception {
        assertThat(raw("POST", "Authorization: Bearer other\r\n"))
                .startsWith("HTTP/1.1 401")
                .contains("There are 2 headers Authorization: expected one");
    }

    private String raw(String method, String headers) throws IOException {
        String request =
                "%s /v1/messages/01K00000000000000000000000/resend HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: %s\r\nContent-Length: 0\r\nConnection: close\r\n%s\r\n"
                        .formatted(method, agent.url().getPort(), local(), headers);
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), agent.url().getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String path(Route route) {
        return route.path()
                .replace("{id}", "01K00000000000000000000000")
                .replaceAll("\\{\\w+\\}", "web");
    }

    private String made(String name, String role, String life) throws Exception {
        HttpResponse<String> answer = make(name, role, life);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return json(answer).path("token").asText();
    }

    private HttpResponse<String> make(String name, String role, String life) throws Exception {
        String body =
                Json.object().put("name", name).put("role", role).put("life", life).toString();
        return call("POST", "/v1/tokens", body, local());
    }

    private String local() throws IOException {
        return "Bearer " + agent.token();
    }

    private HttpResponse<String> get(String path, String token) throws Exception {
        return call("GET", path, null, "Bearer " + token);
    }

    private HttpResponse<String> call(
            String method, String path, @Nullable String body, @Nullable String authorization)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(agent.url() + path))
                        .header("Content-Type", "application/json")
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return Json.read(answer.body().getBytes(StandardCharsets.UTF_8));
    }
}

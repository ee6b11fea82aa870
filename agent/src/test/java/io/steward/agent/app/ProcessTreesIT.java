package io.steward.agent.app;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.TestNats;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Of commands that do not want to end nothing is left, whoever ends them: a real agent, real
/// processes, counted in /proc.
class ProcessTreesIT {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final JsonMapper JSON = new JsonMapper();

    /// In the command line of every process of these tests, so that it is found although it has
    /// another parent, session, group and environment than its command.
    private static final String MARK = "%d.%d".formatted(86_000, System.nanoTime());

    private static final String SLEEP = "sleep " + MARK;

    /// Each says `ready` when it is as it should be.
    private static final Map<String, String> SCRIPTS =
            Map.ofEntries(
                    entry("orphans", "for i in 1 2 3; do (SLEEP &); done; echo ready; SLEEP"),
                    entry(
                            "ignoresTerm",
                            "trap '' TERM; bash -c \"trap '' TERM; while :; do SLEEP; done\" & "
                                    + "echo ready; while :; do SLEEP; done"),
                    entry("closesItsStreams", "echo ready; exec >&- 2>&- <&-; SLEEP"),
                    entry(
                            "daemon",
                            "setsid bash -c 'trap \"\" TERM; cd /; setsid SLEEP >/dev/null 2>&1 &';"
                                    + " echo ready; SLEEP"),
                    entry("cleanChild", "env -i setsid SLEEP & echo ready; wait"),
                    entry("printsWithoutEnd", "echo ready; yes 'SLEEP'"),
                    entry(
                            "longLine",
                            "echo ready; head -c 67108864 /dev/zero | tr '\\0' x; echo; SLEEP"),
                    entry("binary", "printf 'ready\\n\\000\\377\\376\\200'; SLEEP"),
                    entry("manyChildren", "for i in {1..200}; do SLEEP & done; echo ready; wait"),
                    entry("stopsItself", "SLEEP & kill -STOP $!; echo ready; kill -STOP $$; SLEEP"),
                    entry(
                            "leavesTheTermToItsChildren",
                            "trap 'exit 0' TERM; (trap '' TERM; SLEEP) & echo ready; wait"));

    @TempDir Path folder;

    @AfterEach
    void nothingIsLeftOfTheTest() throws IOException {
        for (long pid : alive()) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    @Test
    void afterTheTimeoutNothingIsLeftAndTheOutputIsThere() throws Exception {
        try (TestNats nats = TestNats.start();
                TestNode ship = node(nats).start()) {
            Map<String, String> ids = startAll(ship.ready().api(), "8s", "auto");
            Map<String, JsonNode> ended = awaitEnds(ship.api(), ids);
            assertThat(alive()).isEmpty();
            ended.forEach((name, message) -> {
                assertThat(message.path("state").asText()).as(name).isEqualTo("failed");
                assertThat(message.path("reason").asText())
                        .as(name)
                        .isEqualTo("timed out after 8s, its process tree was ended");
            });
            theOutputsAreAsPromised(ended);
            assertThat(ship.data().resolve("running")).isEmptyDirectory();
        }
    }

    @Test
    void afterACancelNothingIsLeftAndTheOutputIsThere() throws Exception {
        try (TestNats nats = TestNats.start();
                TestNode ship = node(nats).start()) {
            Map<String, String> ids = startAll(ship.ready().api(), "10m", "auto");
            for (String id : ids.values()) {
                ship.api().delete("/v1/messages/" + id);
            }
            Map<String, JsonNode> ended = awaitEnds(ship.api(), ids);
            assertThat(alive()).isEmpty();
            ended.forEach((name, message) ->
                    assertThat(message.path("state").asText()).as(name).isEqualTo("cancelled"));
            theOutputsAreAsPromised(ended);
        }
    }

    @Test
    void afterTheAgentWasKilledItsNextStartLeavesNothing() throws Exception {
        try (TestNats nats = TestNats.start();
                TestNode ship = node(nats).start()) {
            Map<String, String> ids = startAll(ship.ready().api(), "10m", "report");
            ship.kill();
            assertThat(alive()).hasSizeGreaterThan(SCRIPTS.size());
            ship.start().ready();
            Map<String, JsonNode> ended = awaitEnds(ship.api(), ids);
            assertThat(alive()).isEmpty();
            ended.forEach((name, message) ->
                    assertThat(message.path("state").asText()).as(name).isEqualTo("interrupted"));
            assertThat(ship.data().resolve("running")).isEmptyDirectory();
        }
    }

    /// Documented in docs/methods.md: what an administrator starts to stay is not hunted.
    @Test
    void whatACommandLeavesBehindThatEndedByItselfStays() throws Exception {
        try (TestNats nats = TestNats.start();
                TestNode ship = node(nats).start()) {
            TestApi api = ship.ready().api();
            String id = send(api, "setsid SLEEP >/dev/null 2>&1 & echo begun", "1m", "auto");
            JsonNode ended = of("service", awaitEnds(api, Map.of("service", id)));
            assertThat(ended.path("state").asText()).isEqualTo("succeeded");
            assertThat(alive()).hasSize(1);
        }
    }

    private TestNode node(TestNats nats) {
        return new TestNode("ship1", folder, nats.url()).with("run.killGrace", "500ms");
    }

    private static void theOutputsAreAsPromised(Map<String, JsonNode> ended) {
        ended.forEach((name, message) ->
                assertThat(new String(stdout(message), StandardCharsets.ISO_8859_1))
                        .as(name)
                        .startsWith("ready\n"));
        JsonNode binary = of("binary", ended);
        assertThat(stdout(binary))
                .isEqualTo("ready\n\0\u00ff\u00fe\u0080".getBytes(StandardCharsets.ISO_8859_1));
        for (String name : List.of("printsWithoutEnd", "longLine")) {
            JsonNode message = of(name, ended);
            assertThat(message.path("ack").path("truncated").asBoolean()).as(name).isTrue();
            assertThat(stdout(message).length).as(name).isBetween(500_000, 1 << 20);
        }
        assertThat(new String(stdout(of("longLine", ended)), StandardCharsets.UTF_8))
                .matches("ready\nx+");
        for (String name : List.of("orphans", "daemon", "manyChildren", "closesItsStreams")) {
            JsonNode message = of(name, ended);
            assertThat(stdout(message)).as(name).hasSize(6);
            assertThat(message.path("ack").path("truncated").asBoolean()).as(name).isFalse();
        }
    }

    private static JsonNode of(String name, Map<String, JsonNode> ended) {
        return Objects.requireNonNull(ended.get(name), name);
    }

    private static byte[] stdout(JsonNode message) {
        JsonNode ack = message.path("ack");
        return ack.has("stdoutBase64")
                ? Base64.getDecoder().decode(ack.path("stdoutBase64").asText())
                : ack.path("stdout").asText().getBytes(StandardCharsets.UTF_8);
    }

    /// Starts every script, all at once, and waits until each is as it should be.
    private static Map<String, String> startAll(TestApi api, String timeout, String onInterrupt)
            throws Exception {
        Map<String, String> ids = new LinkedHashMap<>();
        for (Map.Entry<String, String> script : new TreeMap<>(SCRIPTS).entrySet()) {
            ids.put(script.getKey(), send(api, script.getValue(), timeout, onInterrupt));
        }
        for (String id : ids.values()) {
            await().atMost(LONG)
                    .until(() ->
                            !api.get("/v1/messages/" + id + "/output?wait=1s")
                                    .path("pieces")
                                    .isEmpty());
        }
        return ids;
    }

    private static String send(TestApi api, String script, String timeout, String onInterrupt)
            throws Exception {
        ObjectNode json = JSON.createObjectNode();
        json.put("toNode", "ship1").put("commandOrEvent", "command").put("method", "shellcommand");
        json.putArray("data").add("bash").add("-c").add(script.replace("SLEEP", SLEEP));
        json.put("ordered", false).put("follow", true);
        json.put("methodTimeout", timeout).put("onInterrupt", onInterrupt);
        return api.send(json.toString());
    }

    private static Map<String, JsonNode> awaitEnds(TestApi api, Map<String, String> ids)
            throws Exception {
        Map<String, JsonNode> ended = new TreeMap<>();
        for (Map.Entry<String, String> each : ids.entrySet()) {
            JsonNode message = api.get("/v1/messages/" + each.getValue() + "?wait=60s");
            assertThat(message.path("ended").asBoolean()).as(each.getKey()).isTrue();
            ended.put(each.getKey(), message);
        }
        return ended;
    }

    /// What runs of this test, zombies left out.
    private static List<Long> alive() throws IOException {
        List<Long> pids = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : all.toList()) {
                String name = process.getFileName().toString();
                if (name.chars().allMatch(Character::isDigit) && isOfThisTest(process)) {
                    pids.add(Long.valueOf(name));
                }
            }
        }
        return pids;
    }

    private static boolean isOfThisTest(Path process) {
        try {
            return new String(
                            Files.readAllBytes(process.resolve("cmdline")),
                            StandardCharsets.ISO_8859_1)
                    .contains(MARK);
        } catch (IOException gone) {
            return false;
        }
    }
}

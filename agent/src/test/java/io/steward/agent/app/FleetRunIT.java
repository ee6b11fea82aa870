package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Runs over a [TestFleet], whose `central` is killed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class FleetRunIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int SHIPS = 6;

    private Path folder;
    private TestFleet fleet;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        fleet = new TestFleet(folder, SHIPS, Map.of("http.enabled", "false", "heartbeat", "5s"));
        await().atMost(LONG)
                .until(() ->
                        states("*").values().stream().filter("up"::equals).count() == SHIPS + 1);
    }

    @AfterAll
    void stop() throws Exception {
        fleet.close();
    }

    private Map<String, String> states(String target) throws Exception {
        Map<String, String> states = new TreeMap<>();
        fleet.central()
                .api()
                .get("/v1/nodes?target=" + URLEncoder.encode(target, StandardCharsets.UTF_8))
                .path("nodes")
                .forEach(node ->
                        states.put(node.path("node").asText(), node.path("state").asText()));
        return states;
    }

    private String begin(String target, String plan, String... command) throws Exception {
        List<String> data = new ArrayList<>();
        for (String word : command) {
            data.add("\"" + word + "\"");
        }
        return fleet.central()
                .api()
                .post(
                        "/v1/runs",
                        """
                        {"target": "%s", "plan": %s,
                         "message": {"commandOrEvent": "command", "method": "shellcommand",
                                     "data": [%s]}}
                        """
                                .formatted(target, plan, String.join(", ", data)))
                .path("id")
                .asText();
    }

    private JsonNode run(String id, String wait) throws Exception {
        return fleet.central().api().get("/v1/runs/%s?wait=%s".formatted(id, wait));
    }

    /// The states of its targets; each is there once.
    private Map<String, String> targets(String id) throws Exception {
        Map<String, String> states = new TreeMap<>();
        fleet.central()
                .api()
                .get("/v1/runs/%s/targets?limit=100".formatted(id))
                .path("targets")
                .forEach(target -> {
                    String before =
                            states.put(target.path("node").asText(), target.path("state").asText());
                    assertThat(before).isNull();
                });
        return states;
    }

    private static Map<String, String> all(String state, String... nodes) {
        Map<String, String> map = new TreeMap<>();
        for (String node : nodes) {
            map.put(node, state);
        }
        return map;
    }

    @Test
    void aRunGoesOnWhenItsAgentWasKilledAndEveryCommandRunsOnce() throws Exception {
        Path witness = folder.resolve("witness");
        String id =
                begin(
                        "ship*",
                        "{\"batch\": 2, \"pause\": \"1s\"}",
                        "sh",
                        "-c",
                        "echo $STEWARD_MESSAGE_ID >> " + witness + "; sleep 0.5");
        await().atMost(LONG).until(() -> Files.exists(witness));
        fleet.central().kill();
        fleet.central().start().ready();
        await().atMost(LONG).until(() -> run(id, "0s").path("phase").asText().equals("sent"));
        await().atMost(LONG).until(() -> run(id, "5s").path("settled").asBoolean());
        assertThat(targets(id))
                .isEqualTo(all("succeeded", "ship1", "ship2", "ship3", "ship4", "ship5", "ship6"));
        assertThat(Files.readAllLines(witness)).hasSize(SHIPS).doesNotHaveDuplicates();
        await().atMost(LONG).until(() -> run(id, "0s").path("ended").isTextual());
    }

    @Test
    void theCanaryStopsTheRunAndTheRestIsRunOnceTheCauseIsMended() throws Exception {
        Path mended = folder.resolve("mended");
        String[] command = {"test", "-e", mended.toString()};
        String id = begin("cloud=eu", "{\"canary\": 1}", command);
        JsonNode run = run(id, "30s");
        assertThat(run.path("phase").asText()).isEqualTo("stopped");
        assertThat(run.path("reason").asText()).contains("1 of 3 targets failed");
        assertThat(targets(id))
                .containsEntry("ship1", "failed")
                .containsEntry("ship3", "unsent")
                .containsEntry("ship5", "unsent");
        Files.createFile(mended);
        String again =
                fleet.central()
                        .api()
                        .post(
                                "/v1/runs/%s/again".formatted(id),
                                "{\"failed\": true, \"missing\": true}")
                        .path("id")
                        .asText();
        assertThat(run(again, "30s").path("settled").asBoolean()).isTrue();
        assertThat(targets(again)).isEqualTo(all("succeeded", "ship1", "ship3", "ship5"));
    }

    @Test
    void aNodeThatIsDownHoldsNobodyUpAndCatchesUpByItself() throws Exception {
        fleet.stopShip("ship2");
        assertThat(states("ship2")).containsEntry("ship2", "stopped");
        String id = begin("cloud=us", "{\"batch\": 1}", "true");
        JsonNode run = run(id, "30s");
        assertThat(run.path("settled").asBoolean()).isTrue();
        assertThat(run.path("away")).hasSize(1);
        assertThat(targets(id))
                .containsEntry("ship4", "succeeded")
                .containsEntry("ship6", "succeeded");
        String onlyUp = begin("cloud=us", "{\"onlyUp\": true}", "true");
        assertThat(run(onlyUp, "30s").path("counts").path("leftOut").asInt()).isEqualTo(1);
        fleet.startShip("ship2");
        await().atMost(LONG).until(() -> run(id, "5s").path("ended").isTextual());
        assertThat(targets(id)).isEqualTo(all("succeeded", "ship2", "ship4", "ship6"));
        assertThat(targets(onlyUp)).containsEntry("ship2", "left-out");
    }

    @Test
    void aNameThatNobodyHasHeardOfIsUnknownAndNotAway() throws Exception {
        JsonNode begun =
                fleet.central()
                        .api()
                        .post(
                                "/v1/runs",
                                """
                                {"nodes": ["ship1", "ship8"], "plan": {"batch": 1},
                                 "message": {"commandOrEvent": "command", "method": "noop"}}
                                """);
        assertThat(begun.path("unknown")).extracting(JsonNode::asText).containsExactly("ship8");
        String id = begun.path("id").asText();
        JsonNode run = run(id, "30s");
        assertThat(run.path("settled").asBoolean()).isTrue();
        assertThat(run.path("away")).isEmpty();
        assertThat(run.path("unknown")).extracting(JsonNode::asText).containsExactly("ship8");
        assertThat(run.path("counts").path("unknown").asInt()).isEqualTo(1);
        assertThat(run.path("counts").path("queued").asInt()).isZero();
        JsonNode ends = fleet.central().api().get("/v1/runs/%s/ends".formatted(id));
        assertThat(ends.path("targets"))
                .extracting(target -> target.path("node").asText())
                .containsExactly("ship1");
        assertThat(change(id, "abort?cancel=true").path("phase").asText()).isEqualTo("sent");
        await().atMost(LONG).until(() -> run(id, "1s").path("ended").isTextual());
    }

    @Test
    void aRunIsPausedResumedAndAborted() throws Exception {
        String id = begin("ship*", "{\"batch\": 1, \"pause\": \"1s\"}", "true");
        assertThat(change(id, "pause").path("phase").asText()).isEqualTo("paused");
        int sent = SHIPS - run(id, "0s").path("counts").path("unsent").asInt();
        assertThat(run(id, "3s").path("settled").asBoolean()).isFalse();
        assertThat(SHIPS - run(id, "0s").path("counts").path("unsent").asInt())
                .isBetween(sent, sent + 1);
        assertThat(change(id, "resume").path("phase").asText()).isEqualTo("running");
        await().atMost(LONG)
                .until(() -> SHIPS - run(id, "0s").path("counts").path("unsent").asInt() > sent);
        change(id, "abort");
        JsonNode run = run(id, "30s");
        assertThat(run.path("phase").asText()).isEqualTo("aborted");
        assertThat(run.path("settled").asBoolean()).isTrue();
        assertThat(targets(id)).hasSize(SHIPS).containsValue("unsent");
    }

    private void tag(String node, String changes) throws Exception {
        fleet.central()
                .send(
                        """
                        {"toNode": "%s", "commandOrEvent": "command", "method": "tag", "data": [%s]}
                        """
                                .formatted(node, changes));
    }

    private JsonNode change(String id, String what) throws Exception {
        return fleet.central().api().post("/v1/runs/%s/%s".formatted(id, what), "{}");
    }

    @Test
    void tagsAndFactsAreTargetsAndTagsStayOverARestart() throws Exception {
        tag("ship6", "\"+web\", \"cloud=asia\"");
        await().atMost(LONG).until(() -> states("tag=web").containsKey("ship6"));
        fleet.stopShip("ship6");
        fleet.startShip("ship6");
        await().atMost(LONG)
                .until(() -> states("cloud=asia and tag=web and state=up").containsKey("ship6"));
        tag("ship6", "\"-web\", \"cloud=us\"");
        await().atMost(LONG).until(() -> states("cloud=us").size() == SHIPS / 2);
        assertThat(states("cloud=eu").keySet()).containsExactly("ship1", "ship3", "ship5");
        await().atMost(LONG).until(() -> states("memory.mb>0").size() == SHIPS + 1);
        assertThat(states("cpu.count>100000")).isEmpty();
    }
}

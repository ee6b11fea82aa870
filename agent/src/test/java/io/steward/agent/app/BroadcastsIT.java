package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.broker.TestNats;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.SettingsLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Notices to a small fleet with a real broker: `central` is a process that is killed, the ships
/// are agents in this one, in two clouds.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class BroadcastsIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int SHIPS = 4;
    private static final int KILLS = Integer.getInteger("steward.kills", 3);

    private Path folder;
    private TestNats nats;
    private TestNode central;
    private final Map<String, Agent> ships = new HashMap<>();

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        nats = TestNats.start();
        central = new TestNode("central", folder, nats.url()).start();
        for (int i = 1; i <= SHIPS; i++) {
            startShip("ship" + i);
        }
        central.ready();
        // a new node hears of what is said from its first connection on
        await().atMost(LONG)
                .until(() -> {
                    say("ready", "", "");
                    boolean all = true;
                    for (String ship : ships.keySet()) {
                        all &= !heard(ship, "ready").isEmpty();
                    }
                    return all;
                });
    }

    @AfterAll
    void stop() throws Exception {
        for (Agent ship : ships.values()) {
            ship.close();
        }
        try (TestNats _ = nats) {
            central.close();
        }
    }

    private void startShip(String name) throws Exception {
        Map<String, String> flags = new TreeMap<>();
        flags.put("node", name);
        flags.put("data", folder.resolve(name).toString());
        flags.put("broker.url", nats.url().toString());
        flags.put("http.address", "127.0.0.1:0");
        flags.put("cloud", Integer.parseInt(name.substring(4)) % 2 == 0 ? "us" : "eu");
        ships.put(
                name, Agent.start(new SettingsLoader().load(flags, Map.of(), folder, Mode.AGENT)));
    }

    private void say(String topic, String text, String target) throws Exception {
        var _ =
                central.api()
                        .post(
                                "/v1/broadcasts",
                                """
                                {"topic": "%s", "data": ["%s"], "target": "%s"}
                                """
                                        .formatted(topic, text, target));
    }

    /// What a ship was told, in order.
    private List<String> heard(String ship, String topic) throws Exception {
        List<String> texts = new ArrayList<>();
        for (JsonNode notice :
                TestApi.of(folder.resolve(ship))
                        .get("/v1/broadcasts?limit=1000&topic=" + topic)
                        .path("notices")) {
            texts.add(notice.path("data").path(0).asText());
        }
        return texts;
    }

    private void awaitHeard(String ship, String topic, List<String> texts) {
        await(ship + " has heard of " + topic)
                .atMost(LONG)
                .untilAsserted(() -> assertThat(heard(ship, topic)).isEqualTo(texts));
    }

    @Test
    void aNoticeReachesThoseItMeansAndEachOnce() throws Exception {
        for (int i = 0; i < 20; i++) {
            say("clouds", "eu" + i, "cloud=eu");
            say("clouds", "fact" + i, "ship4 and cpu.count>0");
        }
        say("clouds", "end", "");
        List<String> eu = new ArrayList<>(IntStream.range(0, 20).mapToObj(i -> "eu" + i).toList());
        eu.add("end");
        List<String> fact =
                new ArrayList<>(IntStream.range(0, 20).mapToObj(i -> "fact" + i).toList());
        fact.add("end");
        awaitHeard("ship1", "clouds", eu);
        awaitHeard("ship3", "clouds", eu);
        awaitHeard("ship2", "clouds", List.of("end"));
        awaitHeard("ship4", "clouds", fact);
        awaitHeard("central", "clouds", List.of("end"));
    }

    @Test
    void aNodeThatWasAwayHearsOfItWhenItIsBack() throws Exception {
        Objects.requireNonNull(ships.remove("ship2")).close();
        say("away", "one", "cloud=us");
        say("away", "not here", "cloud=eu");
        say("away", "two", "");
        awaitHeard("ship4", "away", List.of("one", "two"));
        startShip("ship2");
        awaitHeard("ship2", "away", List.of("one", "two"));
    }

    @Test
    void whatIsSaidWhileTheBrokerIsAwayGoesOutWhenItIsBack() throws Exception {
        nats.kill();
        say("later", "one", "ship*");
        say("later", "two", "ship*");
        assertThat(heard("ship1", "later")).isEmpty();
        nats.restart();
        for (String ship : ships.keySet()) {
            awaitHeard(ship, "later", List.of("one", "two"));
        }
    }

    @Test
    void whatWasAcceptedIsNotLostWithItsSender() throws Exception {
        List<String> said = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            for (String each : List.of("a", "b", "c")) {
                say("killed", each + i, "");
                said.add(each + i);
            }
            central.kill();
            central.start().ready();
        }
        nats.kill();
        say("killed", "cut off", "");
        said.add("cut off");
        central.kill();
        nats.restart();
        central.start().ready();
        for (String ship : ships.keySet()) {
            awaitHeard(ship, "killed", said);
        }
        awaitHeard("central", "killed", said);
    }
}

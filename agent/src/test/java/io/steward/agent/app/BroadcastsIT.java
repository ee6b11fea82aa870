package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Notices to a [TestFleet], whose `central` and whose broker are killed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class BroadcastsIT {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int SHIPS = 4;
    private static final int KILLS = Integer.getInteger("steward.kills", 3);

    private TestFleet fleet;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        fleet = new TestFleet(folder, SHIPS, Map.of("http.address", "127.0.0.1:0"));
        // a new node hears of what is said from its first connection on
        await().atMost(LONG)
                .until(() -> {
                    say("ready", "", "");
                    boolean all = true;
                    for (String ship : fleet.ships()) {
                        all &= !heard(ship, "ready").isEmpty();
                    }
                    return all;
                });
    }

    @AfterAll
    void stop() throws Exception {
        fleet.close();
    }

    private void say(String topic, String text, String target) throws Exception {
        var _ =
                fleet.central()
                        .api()
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
                fleet.api(ship).get("/v1/broadcasts?limit=1000&topic=" + topic).path("notices")) {
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
        fleet.stopShip("ship2");
        say("away", "one", "cloud=us");
        say("away", "not here", "cloud=eu");
        say("away", "two", "");
        awaitHeard("ship4", "away", List.of("one", "two"));
        fleet.startShip("ship2");
        awaitHeard("ship2", "away", List.of("one", "two"));
    }

    @Test
    void whatIsSaidWhileTheBrokerIsAwayGoesOutWhenItIsBack() throws Exception {
        fleet.nats().kill();
        say("later", "one", "ship*");
        say("later", "two", "ship*");
        assertThat(heard("ship1", "later")).isEmpty();
        fleet.nats().restart();
        for (String ship : fleet.ships()) {
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
            fleet.central().kill();
            fleet.central().start().ready();
        }
        fleet.nats().kill();
        say("killed", "cut off", "");
        said.add("cut off");
        fleet.central().kill();
        fleet.nats().restart();
        fleet.central().start().ready();
        for (String ship : fleet.ships()) {
            awaitHeard(ship, "killed", said);
        }
        awaitHeard("central", "killed", said);
    }
}

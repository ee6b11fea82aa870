package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.broker.TestNats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent that fires schedules dies, also in the middle of a firing, and is started again.
class ScheduleKillIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int FIRINGS = 30;

    @TempDir Path folder;

    @Test
    void noFiringIsLostOrSentTwiceWheneverTheAgentDies() throws Exception {
        try (TestNats nats = TestNats.start();
                TestNode central =
                        new TestNode("central", folder, nats.url())
                                .running(CrashingAgent.class)
                                .start()) {
            central.ready();
            central.send(everySecond("all") + everySecond("skip"));
            await().atMost(LONG).until(() -> fired(central, "all") >= 2);
            for (String crash : List.of("fire before 2", "fire after 2", "fire after 3")) {
                central.kill();
                Files.writeString(central.data().resolve("crash"), crash);
                central.start();
                await("the agent dies at " + crash).atMost(LONG).until(() -> !central.isAlive());
                assertThat(central.data().resolve("crash")).doesNotExist();
            }
            central.kill(); // why: it left its address behind
            Thread.sleep(3_000); // why: firings are missed
            central.start().ready();
            await().atMost(LONG).until(() -> ended(central, "all") && ended(central, "skip"));

            JsonNode all = schedule(central, "all");
            Instant begun = Instant.parse(all.path("begun").asText());
            List<Instant> every =
                    IntStream.rangeClosed(1, FIRINGS).mapToObj(begun::plusSeconds).toList();
            assertThat(all.path("firings").asInt()).isEqualTo(FIRINGS);
            assertThat(all.path("skipped").asInt()).isZero();
            central.awaitSent(
                    FIRINGS + schedule(central, "skip").path("firings").asInt(),
                    "textlogging",
                    LONG);
            assertThat(sentFor(central, "all")).isEqualTo(every);

            JsonNode skip = schedule(central, "skip");
            assertThat(skip.path("firings").asInt() + skip.path("skipped").asInt())
                    .isEqualTo(FIRINGS);
            assertThat(skip.path("skipped").asInt()).isGreaterThanOrEqualTo(2);
            assertThat(sentFor(central, "skip"))
                    .doesNotHaveDuplicates()
                    .isSorted()
                    .hasSize(skip.path("firings").asInt());
            List<String> logged =
                    Files.readAllLines(central.data().resolve("logs/central/all.log"));
            assertThat(logged.stream().distinct()).hasSize(1);
            assertThat(logged).hasSize(FIRINGS);
        }
    }

    private static String everySecond(String name) {
        return """
        {"toNode": "central", "commandOrEvent": "event", "method": "textlogging",
         "domain": "%1$s", "data": ["%1$s"],
         "schedule": {"name": "%1$s", "every": "1s", "end": "%2$ds", "catchUp": "%1$s"}}
        """
                .formatted(name, FIRINGS);
    }

    private static JsonNode schedule(TestNode node, String name)
            throws IOException, InterruptedException {
        return node.api().get("/v1/schedules/" + name);
    }

    private static int fired(TestNode node, String name) {
        return sentFor(node, name).size();
    }

    private static boolean ended(TestNode node, String name)
            throws IOException, InterruptedException {
        return schedule(node, name).path("state").asText().equals("ended");
    }

    /// The times of the firings whose messages have ended, as they were accepted.
    private static List<Instant> sentFor(TestNode node, String name) {
        return node.sent("textlogging").stream()
                .map(line -> line.path("message"))
                .filter(message -> message.path("labels").path("schedule").asText().equals(name))
                .sorted(Comparator.comparing((JsonNode message) -> message.path("id").asText()))
                .map(message -> Instant.parse(message.path("labels").path("scheduledFor").asText()))
                .toList();
    }
}

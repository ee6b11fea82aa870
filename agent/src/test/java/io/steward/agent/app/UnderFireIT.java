package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.steward.agent.broker.TestNats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Methods that do what methods must not: the agent lives or is started again, every message ends
/// once, and operators are told.
class UnderFireIT {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int STORM = 2_000;

    /// How often the agent ends at most: out of memory twice, exit, halt, killed twice.
    private static final int ENDS = 6;

    /// Where the word of [Witness#command] stands in the data.
    private static final int WORD = 4;

    private static final List<String> THROWN =
            List.of(
                    "runtime",
                    "checked",
                    "interrupted",
                    "overflow",
                    "mute",
                    "long",
                    "circle",
                    "null");

    @TempDir Path folder;

    @Test
    void methodsThatThrowOrNeverReturnHarmNobodyElse() throws Exception {
        try (TwoNodes nodes = TwoNodes.ready(folder, UnderFireIT::fierce)) {
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            StringBuilder input = new StringBuilder();
            for (int i = 0; i < 4; i++) {
                input.append(command("hangs", "busy" + i, "busy", "'methodTimeout': '1s'"));
            }
            input.append(command("hangs", "deaf", "deaf", "'methodTimeout': '1s'"));
            input.append(command("hangs", "deaf", "next", "'methodTimeout': '1s'"));
            THROWN.forEach(what -> input.append(command("throws", what, what, "'maxAttempts': 2")));
            THROWN.forEach(what -> input.append(command("throws", what, "good", "'retries': 0")));
            Witness witness = new Witness(folder);
            for (int i = 0; i < 20; i++) {
                input.append(witness.command("ship1", "beside" + i, "w" + i));
            }
            long begin = System.nanoTime();
            for (int i = 0; i < STORM; i++) {
                input.append(command("throws", "storm" + i % 50, "number" + i, "'retries': 0"));
            }
            central.send(input.toString());
            central.awaitTaken();

            List<JsonNode> thrown = central.awaitSent(2 * THROWN.size() + STORM, "throws", LONG);
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            assertThat(states(thrown, "good")).containsOnly("succeeded").hasSize(THROWN.size());
            for (String what : THROWN) {
                assertThat(states(thrown, what)).as(what).containsExactly("failed");
            }
            assertThat(reason(thrown, "overflow")).contains("ended its process 2 times");
            assertThat(reason(thrown, "long")).hasSizeLessThan(5_000);
            assertThat(reason(thrown, "interrupted")).contains("nobody has interrupted it");
            central.awaitSent(20, "shellcommand", LONG);
            assertThat(witness.seen()).hasSize(20);

            List<JsonNode> hung = central.awaitSent(6, "hangs", LONG);
            assertThat(states(hung, "busy")).hasSize(4).containsOnly("failed");
            assertThat(states(hung, "deaf")).containsExactly("failed");
            assertThat(states(hung, "next")).containsExactly("succeeded");
            assertThat(reason(hung, "deaf")).contains("timed out after 1s", "may still run");
            assertThat(starts())
                    .as("none of them ran twice")
                    .filteredOn("hangs busy"::equals)
                    .hasSize(4);

            central.send(
                    """
                    {"toNode": "ship1", "commandOrEvent": "command", "method": "processlist"}
                    """);
            JsonNode list =
                    JSON.readTree(
                            central.awaitSent(1, "processlist", LONG)
                                    .getFirst()
                                    .path("ack")
                                    .path("stdout")
                                    .asText());
            assertThat(paths(list)).filteredOn(path -> path.endsWith("~stuck")).hasSize(5);
            assertThat(list.toString()).contains("its thread is left behind");

            long reported = errorlogs(central);
            assertThat(reported)
                    .as("of %d errors in %s", STORM, took)
                    .isBetween(10L, 21 * (took.toSeconds() + 30));
            assertThat(ship.isAlive()).isTrue();
        }
    }

    @Test
    void whatEndsTheAgentIsStartedNoMoreOftenThanItMay() throws Exception {
        try (TestNats nats = TestNats.start();
                TestNode central = new TestNode("central", folder, nats.url()).start();
                TestNode ship =
                        fierce(new TestNode("ship1", folder, nats.url()))
                                .as(FierceMethods.class, "-XX:+ExitOnOutOfMemoryError")) {
            central.ready();
            Witness witness = new Witness(folder);
            StringBuilder input = new StringBuilder();
            for (int i = 0; i < 100; i++) {
                input.append(witness.command("ship1", "order", "w" + i));
            }
            input.append(command("oom", "memory", "eat", "'maxAttempts': 2"));
            central.send(input.toString());
            keepUp(central, ship, 1, "oom");
            central.send(
                    command("exits", "code", "exit", "'onInterrupt': 'report'")
                            + command("exits", "code", "good", "'retries': 0"));
            keepUp(central, ship, 2, "exits");
            central.send(
                    command("exits", "code", "halt", "'onInterrupt': 'report'")
                            + command("exits", "code", "good", "'retries': 0"));
            keepUp(central, ship, 4, "exits");
            String kill =
                    """
                    {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand", "domain": "kill",
                     "data": ["sh", "-c", "echo shellcommand kill >> %s; kill -9 $PPID; sleep 5"], "maxAttempts": 2}
                    """
                            .formatted(folder.resolve("starts.txt"));
            central.send(kill + witness.command("ship1", "kill", "after"));
            keepUp(central, ship, 102, "shellcommand");

            assertThat(states(central.sent("oom"), "eat")).containsExactly("interrupted");
            assertThat(central.sent("oom").getFirst().path("ack").path("attempt").asInt())
                    .isEqualTo(2);
            assertThat(states(central.sent("exits"), "exit")).containsExactly("interrupted");
            assertThat(states(central.sent("exits"), "halt")).containsExactly("interrupted");
            assertThat(states(central.sent("exits"), "good"))
                    .containsExactly("succeeded", "succeeded");
            assertThat(starts())
                    .containsExactly(
                            "oom eat",
                            "oom eat",
                            "exits exit",
                            "exits good",
                            "exits halt",
                            "exits good",
                            "shellcommand kill",
                            "shellcommand kill");
            List<String> seen = witness.seen();
            assertThat(seen.stream().filter(each -> each.startsWith("w")).distinct())
                    .as("in the order of their subject")
                    .containsExactlyElementsOf(
                            IntStream.range(0, 100).mapToObj(i -> "w" + i).toList());
            assertThat(seen).contains("after");
            int again = 0;
            for (JsonNode line : central.sent("shellcommand")) {
                JsonNode data = line.path("message").path("data");
                if (data.size() > WORD) {
                    String word = data.path(WORD).asText();
                    int attempt = line.path("ack").path("attempt").asInt();
                    assertThat(Collections.frequency(seen, word))
                            .as("%s ran no more often than it says", word)
                            .isBetween(1, attempt);
                    again += attempt - 1;
                }
            }
            assertThat(again)
                    .as("only the one of its subject that ran when the agent died is run again")
                    .isBetween(0, ENDS);
            assertThat(central.sent().stream().map(line -> line.path("message").path("id")))
                    .doesNotHaveDuplicates();
        }
    }

    private static TestNode fierce(TestNode node) {
        return node.as(FierceMethods.class, "-Xmx96m")
                .with("run.killGrace", "1s")
                .with("run.shutdownGrace", "1s");
    }

    /// Starts the agent again whenever it has ended, as systemd does, until so many have ended.
    private static void keepUp(TestNode central, TestNode ship, int count, String method)
            throws IOException {
        await(count + " " + method + " have ended")
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> {
                    if (!ship.isAlive()) {
                        ship.start();
                    }
                    return central.sent(method).size() >= count;
                });
    }

    private static String command(String method, String domain, String how, String more) {
        return """
        {"toNode": "ship1", "commandOrEvent": "command", "method": "%s", "domain": "%s", "data": ["%s"], %s}
        """
                .formatted(method, domain, how, more.replace('\'', '"'));
    }

    private List<String> starts() throws IOException {
        return Files.readAllLines(folder.resolve("starts.txt"));
    }

    private static List<JsonNode> of(List<JsonNode> lines, String how) {
        return lines.stream()
                .filter(line -> line.path("message").path("data").path(0).asText().equals(how))
                .toList();
    }

    private static List<String> states(List<JsonNode> lines, String how) {
        return of(lines, how).stream().map(line -> line.path("state").asText()).toList();
    }

    private static String reason(List<JsonNode> lines, String how) {
        return of(lines, how).getFirst().path("ack").path("reason").asText();
    }

    private static List<String> paths(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(row -> row.path("path").asText())
                .toList();
    }

    private static long errorlogs(TestNode central) throws IOException {
        Path errors = central.data().resolve("errors.jsonl");
        return Files.exists(errors) ? Files.readAllLines(errors).size() : 0;
    }
}

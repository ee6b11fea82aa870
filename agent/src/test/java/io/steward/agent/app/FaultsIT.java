package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.broker.TestNats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is promised holds when things die: real agents as processes, a real broker, SIGKILL.
class FaultsIT {
    private static final int MANY = Integer.getInteger("steward.commands", 400);
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir Path folder;

    @Test
    void whatWasSentToANodeThatIsAwayEndsOnceAndInOrderThoughTheSenderIsKilled() throws Exception {
        try (TwoNodes nodes = TwoNodes.ready(folder)) {
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            ship.stop();
            sendMany(central, "ship1");
            central.kill();
            central.start().ready();
            ship.start().ready();
            everythingEndedOnceAndInOrder(central, ship);
        }
    }

    @Test
    void theBrokerIsGoneForAWhileInTheMiddle() throws Exception {
        try (TwoNodes nodes = TwoNodes.ready(folder)) {
            TestNats nats = nodes.nats();
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            sendMany(central, "ship1");
            await().atMost(LONG).until(() -> ship.received().size() > 100);
            nats.kill();
            Thread.sleep(3_000);
            nats.restart();
            everythingEndedOnceAndInOrder(central, ship);
        }
    }

    @Test
    void theBrokersStorageIsDeletedWhileMessagesWait() throws Exception {
        try (TwoNodes nodes = TwoNodes.ready(folder)) {
            TestNats nats = nodes.nats();
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            ship.stop();
            sendMany(central, "ship1");
            nats.wipeAndRestart();
            ship.start().ready();
            everythingEndedOnceAndInOrder(central, ship);
        }
    }

    @Test
    void theReceiverIsKilledWhileACommandRuns() throws Exception {
        try (TwoNodes nodes = TwoNodes.ready(folder)) {
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            Path starts = folder.resolve("starts.txt");
            central.send(slow("rerun", starts) + slow("report", starts));
            await().atMost(LONG)
                    .until(() -> Files.exists(starts) && Files.readAllLines(starts).size() == 2);
            Thread.sleep(
                    1_500); // the output so far is kept of commands that run longer than a second
            ship.kill();
            ship.start().ready();
            List<JsonNode> ended = central.awaitSent(2, "shellcommand", LONG);
            JsonNode rerun = ofDomain(ended, "rerun");
            JsonNode report = ofDomain(ended, "report");
            assertThat(rerun.path("state").asText()).isEqualTo("succeeded");
            assertThat(rerun.path("ack").path("attempt").asInt()).isEqualTo(2);
            assertThat(report.path("state").asText()).isEqualTo("interrupted");
            assertThat(report.path("ack").path("attempt").asInt()).isEqualTo(1);
            assertThat(report.path("ack").path("stdout").asText()).isEqualTo("begun\n");
            assertThat(Files.readAllLines(starts))
                    .containsExactlyInAnyOrder("rerun", "report", "rerun");
        }
    }

    @Test
    void theReceiverIsKilledAgainAndAgain() throws Exception {
        try (TwoNodes nodes = TwoNodes.ready(folder)) {
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            Witness witness = new Witness(folder);
            central.send(
                    IntStream.range(0, MANY)
                            .mapToObj(i -> witness.command("ship1", "operatingsystem", "c" + i))
                            .collect(Collectors.joining()));
            for (int kills = 0; kills < 5; kills++) {
                int before = witness.seen().size();
                await().atMost(LONG)
                        .until(() -> witness.seen().size() >= Math.min(MANY, before + 60));
                ship.kill();
                ship.start();
            }
            List<JsonNode> ended = central.awaitSent(MANY, "shellcommand", LONG);
            assertThat(ended)
                    .hasSize(MANY)
                    .allMatch(line -> line.path("state").asText().equals("succeeded"));
            long runAgain =
                    ended.stream()
                            .mapToInt(line -> line.path("ack").path("attempt").asInt() - 1)
                            .sum();
            assertThat(witness.seen()).hasSizeBetween(MANY, (int) (MANY + runAgain));
            assertThat(witness.seen().stream().distinct()).hasSize(MANY);
            assertThat(witness.seen().stream().distinct().toList())
                    .isEqualTo(IntStream.range(0, MANY).mapToObj(i -> "c" + i).toList());
        }
    }

    @Test
    void whatIsAppendedToInmsgIsTakenOnceThoughTheAgentIsKilledAgainAndAgain() throws Exception {
        try (TwoNodes nodes = TwoNodes.ready(folder)) {
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            Path log = ship.data().resolve("logs/central/textlog.log");
            Process writer =
                    new ProcessBuilder(
                                    "sh",
                                    "-c",
                                    """
                                    i=0
                                    while [ $i -lt 300 ]; do
                                      echo '[{"toNode": "ship1", "commandOrEvent": "event", "method": "textlogging",
                                        "data": ["line '$i'"]}]' >> "$1"
                                      i=$((i + 1))
                                      [ $((i % 3)) -ne 0 ] || sleep 0.1
                                    done
                                    """,
                                    "sh",
                                    central.data().resolve("inmsg.txt").toString())
                            .inheritIO()
                            .start();
            for (int kills = 1; kills <= 5; kills++) {
                int seen = kills * 30;
                await().atMost(LONG)
                        .until(() -> Files.exists(log) && Files.readAllLines(log).size() >= seen);
                central.kill();
                central.start();
            }
            assertThat(writer.waitFor()).isZero();
            List<JsonNode> ended = central.awaitSent(300, "textlogging", LONG);
            assertThat(ended).hasSize(300);
            assertThat(Files.readAllLines(log))
                    .isEqualTo(IntStream.range(0, 300).mapToObj(i -> "line " + i).toList());
            assertThat(central.data().resolve("inmsg.txt")).isEmptyFile();
        }
    }

    private static String slow(String onInterrupt, Path starts) {
        return """
        {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand", "domain": "%s",
         "data": ["sh", "-c", "echo begun; echo %s >> %s; sleep 4"], "onInterrupt": "%s", "ackTimeout": "2s"}
        """
                .formatted(onInterrupt, onInterrupt, starts, onInterrupt);
    }

    private static JsonNode ofDomain(List<JsonNode> lines, String domain) {
        return lines.stream()
                .filter(line -> line.path("message").path("domain").asText().equals(domain))
                .findFirst()
                .orElseThrow();
    }

    /// As many commands and as many events, in turns.
    private void sendMany(TestNode from, String to) throws Exception {
        Witness witness = new Witness(folder);
        StringBuilder input = new StringBuilder();
        for (int i = 0; i < MANY; i++) {
            input.append(witness.command(to, "operatingsystem", "c" + i));
            input.append(
                    """
                    {"toNode": "%s", "commandOrEvent": "event", "method": "textlogging", "data": ["e%d"], "ackTimeout": "2s"}
                    """
                            .formatted(to, i));
        }
        from.send(input.toString());
        from.awaitTaken();
    }

    private void everythingEndedOnceAndInOrder(TestNode from, TestNode to) throws Exception {
        List<JsonNode> commands = from.awaitSent(MANY, "shellcommand", LONG);
        List<JsonNode> events = from.awaitSent(MANY, "textlogging", LONG);
        assertThat(commands)
                .hasSize(MANY)
                .allMatch(line -> line.path("state").asText().equals("succeeded"));
        assertThat(events)
                .hasSize(MANY)
                .allMatch(line -> line.path("state").asText().equals("succeeded"));
        assertThat(
                        from.sent().stream()
                                .map(line -> line.path("message").path("id").asText())
                                .distinct())
                .hasSize(from.sent().size());
        assertThat(new Witness(folder).seen())
                .isEqualTo(IntStream.range(0, MANY).mapToObj(i -> "c" + i).toList());
        assertThat(Files.readAllLines(to.data().resolve("logs/central/textlog.log")))
                .isEqualTo(IntStream.range(0, MANY).mapToObj(i -> "e" + i).toList());
        await().atMost(LONG).until(() -> to.received().size() >= 2 * MANY);
        assertThat(to.received()).hasSize(2 * MANY);
    }
}

package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.broker.TestNats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Two agents with one name and two data folders: one of them has it.
@Execution(ExecutionMode.CONCURRENT)
class OneAgentIT {
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir Path folder;

    private TestNode ship(String which, TestNats nats) {
        return new TestNode("ship1", folder.resolve(which), nats.url());
    }

    private void send(TestNode central, int from, int to, String program) throws Exception {
        Path witness = new Witness(folder).file();
        central.send(
                IntStream.range(from, to)
                        .mapToObj(i ->
                                """
                                {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand",
                                 "data": ["sh", "-c", "%s echo c%d >> %s"], "ackTimeout": "2s"}
                                """
                                        .formatted(program, i, witness))
                        .collect(Collectors.joining()));
    }

    private static List<String> words(int to) {
        return IntStream.range(0, to).mapToObj(i -> "c" + i).toList();
    }

    private static void awaitLog(TestNode node, String text) {
        await("the log says: " + text)
                .atMost(LONG)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> node.log().contains(text));
    }

    private void awaitEnded(TestNode central, int count) {
        assertThat(central.awaitSent(count, "shellcommand", LONG))
                .hasSize(count)
                .allMatch(line -> line.path("state").asText().equals("succeeded"));
    }

    @Test
    void theSecondIsRefusedAndBothAreToldUntilTheFirstStops() throws Exception {
        try (TestNats nats = TestNats.start();
                TestNode central = new TestNode("central", folder, nats.url()).start();
                TestNode first = ship("first", nats).start()) {
            central.ready();
            first.ready();
            awaitLog(first, "this agent has the name ship1");
            try (TestNode second = ship("second", nats).start()) {
                second.ready();
                awaitLog(second, "in use by another agent");
                awaitLog(first, "another agent wants it too");
                send(central, 0, 500, "");
                awaitEnded(central, 500);
                assertThat(new Witness(folder).seen()).isEqualTo(words(500));
                assertThat(second.received()).isEmpty();
                assertThat(first.received()).hasSize(500);
                first.stop();
                awaitLog(second, "this agent has the name ship1");
                send(central, 500, 520, "");
                awaitEnded(central, 520);
                assertThat(new Witness(folder).seen()).isEqualTo(words(520));
                assertThat(second.received()).hasSize(20);
            }
        }
    }

    @Test
    void aFirstThatIsKilledHasItBackAtOnceOrIsFollowed() throws Exception {
        try (TestNats nats = TestNats.start();
                TestNode central = new TestNode("central", folder, nats.url()).start();
                TestNode first = ship("first", nats).start();
                TestNode second = ship("second", nats)) {
            central.ready();
            first.ready();
            awaitLog(first, "this agent has the name ship1");
            first.kill();
            send(central, 0, 10, "");
            first.start();
            await().atMost(LONG).until(() -> first.received().size() == 10);
            assertThat(first.log())
                    .as("it does not wait until it is taken to be dead")
                    .doesNotContain("in use by another agent");
            awaitEnded(central, 10); // else what has run without its answer being out runs again
            first.kill();
            send(central, 10, 60, "");
            second.start().ready();
            awaitLog(second, "taken over from another agent that has not answered");
            awaitEnded(central, 60);
            assertThat(new Witness(folder).seen()).isEqualTo(words(60));
            assertThat(second.received()).hasSize(50);
            first.start();
            awaitLog(first, "in use by another agent");
            assertThat(new Witness(folder).seen()).hasSize(60);
        }
    }

    /// A command that was run: what it wrote down by itself.
    private record Ran(String word, int attempt, long agent) {
        /// For the shell; `%d` is the number of the message.
        static final String WRITES = "echo c%d $STEWARD_ATTEMPT $PPID >> %s;";

        static Ran of(String line) {
            String[] parts = line.split(" ");
            return new Ran(parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
        }
    }

    /// Commands that write down at their start by which agent they are run.
    private void sendSlow(TestNode central, int from, int to) throws Exception {
        for (int i = from; i < to; i++) {
            central.send(
                    """
                    {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand",
                     "data": ["sh", "-c", "%s sleep 0.1"], "ackTimeout": "2s"}
                    """
                            .formatted(Ran.WRITES.formatted(i, runs())));
        }
    }

    private Path runs() {
        return folder.resolve("runs.txt");
    }

    private List<Ran> ran() throws IOException {
        return Files.exists(runs())
                ? Files.readAllLines(runs()).stream().map(Ran::of).toList()
                : List.of();
    }

    private List<Ran> ranBy(TestNode node) throws IOException {
        return ran().stream().filter(each -> each.agent() == node.pid()).toList();
    }

    /// The words of the commands whose end a node knows.
    private static Set<String> ended(List<JsonNode> lines) {
        return lines.stream()
                .map(line -> line.path("message").path("data").path(2).asText())
                .map(script -> script.split(" ")[1])
                .collect(Collectors.toSet());
    }

    /// All were run, and none twice but for those of `inFlight`, whose second run says so.
    private void assertRanOnceBut(Set<String> inFlight, int count) throws IOException {
        Map<String, List<Ran>> byWord = ran().stream().collect(Collectors.groupingBy(Ran::word));
        assertThat(byWord.keySet()).containsExactlyInAnyOrderElementsOf(words(count));
        for (Map.Entry<String, List<Ran>> each : byWord.entrySet()) {
            if (each.getValue().size() > 1) {
                assertThat(inFlight).as("may run twice").contains(each.getKey());
                assertThat(each.getValue().stream().map(Ran::attempt))
                        .as("attempts of " + each.getKey())
                        .containsExactlyInAnyOrder(1, 2);
            }
        }
    }

    @Test
    void aFirstThatWasFrozenTakesAndRunsNothingMore() throws Exception {
        try (TestNats nats = TestNats.start();
                TestNode central = new TestNode("central", folder, nats.url()).start();
                TestNode first = ship("first", nats).start()) {
            central.ready();
            first.ready();
            sendSlow(central, 0, 200);
            await().atMost(LONG).until(() -> ran().size() >= 20);
            first.signal("STOP");
            try (TestNode second = ship("second", nats).start()) {
                second.ready();
                Set<String> known = ended(central.sent("shellcommand"));
                List<Ran> before = ranBy(first);
                awaitLog(second, "taken over from another agent that has not answered");
                sendSlow(central, 200, 220);
                await().atMost(LONG).until(() -> ran().toString().contains("c219"));
                first.signal("CONT");
                awaitLog(first, "taken over by another agent");
                sendSlow(central, 220, 240);
                awaitEnded(central, 240);
                // what ran, or was on its way to its start or its answer out, of which nobody can
                // know
                Set<String> inFlight =
                        ranBy(first).stream().map(Ran::word).collect(Collectors.toSet());
                inFlight.removeAll(known);
                assertThat(inFlight).hasSizeLessThanOrEqualTo(3);
                assertThat(ranBy(first).size()).isBetween(before.size(), before.size() + 1);
                assertRanOnceBut(inFlight, 240);
                assertThat(second.received().size()).isGreaterThan(150);
            } finally {
                first.signal("CONT");
            }
        }
    }

    @Test
    void aFirstThatIsBackAfterAnotherRunsNothingThatTheOtherOneWasGiven() throws Exception {
        try (TestNats nats = TestNats.start();
                TestNode central = new TestNode("central", folder, nats.url()).start();
                TestNode first = ship("first", nats).start();
                TestNode second = ship("second", nats)) {
            central.ready();
            first.ready();
            sendSlow(central, 0, 100);
            await().atMost(LONG).until(() -> ran().size() >= 20);
            Set<String> inFlight = ranBy(first).stream().map(Ran::word).collect(Collectors.toSet());
            first.kill();
            inFlight.addAll(ranBy(first).stream().map(Ran::word).toList());
            inFlight.removeAll(ended(central.sent("shellcommand")));
            second.start().ready();
            awaitEnded(central, 100);
            assertThat(second.received().size()).isGreaterThan(50);
            second.stop();
            first.start();
            awaitLog(first, "messages of ship1");
            sendSlow(central, 100, 110);
            awaitEnded(central, 110);
            assertRanOnceBut(inFlight, 110);
            assertThat(first.log().split("this agent has the name ship1")).hasSize(3);
        }
    }
}

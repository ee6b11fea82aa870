package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.TestNats;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Two agents with one name and two data folders: one of them has it.
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
            await().atMost(Duration.ofSeconds(25)).until(() -> first.received().size() == 10);
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

    @Test
    @org.junit.jupiter.api.Disabled(
            "two of 240 ran twice where one at most is explained: find out which before enabling"
                    + " it")
    void aFirstThatWasFrozenTakesAndRunsNothingMore() throws Exception {
        try (TestNats nats = TestNats.start();
                TestNode central = new TestNode("central", folder, nats.url()).start();
                TestNode first = ship("first", nats).start()) {
            central.ready();
            first.ready();
            Witness witness = new Witness(folder);
            send(central, 0, 200, "sleep 0.1;");
            await().atMost(LONG).until(() -> witness.seen().size() >= 20);
            first.signal("STOP");
            try (TestNode second = ship("second", nats).start()) {
                second.ready();
                awaitLog(second, "taken over from another agent that has not answered");
                send(central, 200, 220, "");
                await().atMost(LONG).until(() -> witness.seen().contains("c219"));
                first.signal("CONT");
                awaitLog(first, "taken over by another agent");
                send(central, 220, 240, "");
                awaitEnded(central, 240);
                assertThat(witness.seen().stream().distinct())
                        .containsExactlyInAnyOrderElementsOf(words(240));
                // the one that ran while it was frozen, of which nobody can know
                assertThat(witness.seen().size()).isBetween(240, 241);
                assertThat(second.received().size()).isGreaterThan(150);
            } finally {
                first.signal("CONT");
            }
        }
    }
}

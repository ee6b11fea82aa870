package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.app.CrashingAgent.Step;
import io.steward.agent.broker.TestNats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent dies at each step of the way of a message (`steward.crashes` times, once if not set),
/// while messages go on coming: each ends once, in order, and is run again only where its answer
/// says so.
class CrashPointsIT {
    private static final int CRASHES = Integer.getInteger("steward.crashes", 1);
    private static final long SEED = Long.getLong("steward.seed", 1);
    private static final int MOST_CALLS = 6;
    private static final int WAITING = 300;
    private static final Duration LONG = Duration.ofMinutes(2);

    private static final List<String> SENDER =
            List.of(
                    "accept before",
                    "accept after",
                    "publish before",
                    "publish after",
                    "published before",
                    "published after",
                    "acknowledged before",
                    "acknowledged after",
                    "acknowledge before",
                    "logged before",
                    "logged after");

    private static final List<String> RECEIVER =
            List.of(
                    "fetch after",
                    "receive before",
                    "receive after",
                    "acknowledge before",
                    "acknowledge after",
                    "started before",
                    "started after",
                    "finishedAll before",
                    "finishedAll after",
                    "publish before",
                    "publish after",
                    "published after",
                    "logged before");

    @TempDir Path folder;

    private final Random random = new Random(SEED);
    private int sent;

    @Test
    void theSenderDiesAtEachStep() throws Exception {
        diesAtEachStep("central", SENDER);
    }

    @Test
    void theReceiverDiesAtEachStep() throws Exception {
        diesAtEachStep("ship1", RECEIVER);
    }

    private void diesAtEachStep(String victimName, List<String> steps) throws Exception {
        List<Step> crashes = new ArrayList<>();
        for (int i = 0; i < CRASHES; i++) {
            steps.forEach(
                    step -> crashes.add(Step.parse(step + " " + (1 + random.nextInt(MOST_CALLS)))));
        }
        try (TestNats nats = TestNats.start();
                TestNode central = node("central", nats).start();
                TestNode ship = node("ship1", nats).start()) {
            central.ready();
            ship.ready();
            TestNode victim = victimName.equals("central") ? central : ship;
            for (Step crash : crashes) {
                victim.kill();
                Files.writeString(victim.data().resolve("crash"), crash.toString());
                victim.start();
                await("the agent dies at " + crash)
                        .atMost(LONG)
                        .pollInterval(Duration.ofMillis(50))
                        .until(() -> {
                            if (victim.isAlive()) {
                                keepComing(central);
                            }
                            return !victim.isAlive();
                        });
                assertThat(victim.data().resolve("crash"))
                        .as("file of the crash at %s", crash)
                        .doesNotExist();
            }
            victim.start().ready();
            everythingEnded(central, ship, crashes.size() * 2);
        }
    }

    private TestNode node(String name, TestNats nats) {
        return new TestNode(name, folder, nats.url())
                .running(CrashingAgent.class)
                .with("processedLog.maxBytes", "64MiB");
    }

    /// One more of each, as long as not too many wait.
    private void keepComing(TestNode central) throws IOException {
        String[] waiting = central.data().resolve("inbox").toFile().list();
        if (sent - central.sent("shellcommand").size() > WAITING
                || (waiting != null && waiting.length > WAITING)) {
            return;
        }
        central.send(
                """
                {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand", "ackTimeout": "2s",
                 "data": ["sh", "-c", "echo $1 >> $2", "sh", "%d", "%s"], "maxAttempts": 100}
                {"toNode": "ship1", "commandOrEvent": "event", "method": "textlogging", "ackTimeout": "2s",
                 "data": ["%d"], "maxAttempts": 100}
                """
                        .formatted(sent, witness(), sent));
        sent++;
    }

    private Path witness() {
        return folder.resolve("witness.txt");
    }

    private void everythingEnded(TestNode central, TestNode ship, int kills) throws Exception {
        List<JsonNode> commands = central.awaitSent(sent, "shellcommand", LONG);
        List<JsonNode> events = central.awaitSent(sent, "textlogging", LONG);
        List<JsonNode> all = new ArrayList<>(commands);
        all.addAll(events);
        assertThat(all)
                .hasSize(2 * sent)
                .allMatch(line -> line.path("state").asText().equals("succeeded"));
        await().atMost(LONG).until(() -> ship.received().size() >= 2 * sent);
        assertThat(ids(ship.received())).doesNotHaveDuplicates().hasSize(2 * sent);
        assertThat(ids(central.sent())).doesNotHaveDuplicates();

        List<String> numbers = IntStream.range(0, sent).mapToObj(Integer::toString).toList();
        List<String> ran = Files.readAllLines(witness());
        List<String> logged = Files.readAllLines(ship.data().resolve("logs/central/textlog.log"));
        assertThat(ran.stream().distinct().toList())
                .as("the order of running against that of accepting")
                .isEqualTo(
                        commands.stream()
                                .sorted(
                                        Comparator.comparing(
                                                line -> line.path("message").path("id").asText()))
                                .map(line -> line.path("message").path("data").path(4).asText())
                                .toList());
        assertThat(ran.stream().distinct().toList()).isEqualTo(numbers);
        assertThat(logged.stream().distinct().toList()).isEqualTo(numbers);
        Map<String, Integer> runs = new HashMap<>();
        ran.forEach(number -> runs.merge(number, 1, Integer::sum));
        int again = 0;
        for (JsonNode line : commands) {
            String number = line.path("message").path("data").path(4).asText();
            int attempts = line.path("ack").path("attempt").asInt();
            assertThat(runs.get(number)).as("runs of command %s", number).isBetween(1, attempts);
            again += attempts - 1;
        }
        assertThat(again).as("runs that were started again").isLessThanOrEqualTo(kills);
    }

    private static List<String> ids(List<JsonNode> lines) {
        return lines.stream().map(line -> line.path("message").path("id").asText()).toList();
    }
}

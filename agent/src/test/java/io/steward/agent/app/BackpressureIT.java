package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.TestNats;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Nodes that have more to do than they can: real agents as processes with small heaps.
class BackpressureIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final Pattern NUMBER = Pattern.compile("\"n\":\"(\\d+)\"");
    private static final Pattern SEQUENCE = Pattern.compile("\"seq\":(\\d+)");

    /// How many events the flood has; with more, the figures it prints say more.
    private static final int FLOOD = Integer.getInteger("steward.flood", 2_000);

    private static final int PART = 20_000;

    @TempDir Path folder;

    @Test
    void aFullNodeHearsItsAnswersAndIsLookedAfterAndLosesNothing() throws Exception {
        try (TwoNodes nodes =
                TwoNodes.ready(
                        folder,
                        node -> node.withHeap("96m").with("journal.maxUnfinished", "200"))) {
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            String path = stopFloodsProcess(central);
            central.send(events("flood", 0, 1_500, "x".repeat(4_000)));
            await().atMost(LONG).until(() -> unfinished(ship) >= 200);
            central.send(events("other", 0, 1, "waits for its turn"));

            central.send(command("processlist", "") + command("cancel", "\"" + NEVER_SENT + "\""));
            assertThat(central.awaitSent(1, "processlist", LONG))
                    .allMatch(line -> line.path("state").asText().equals("succeeded"));
            assertThat(central.awaitSent(1, "cancel", LONG).getFirst().path("state").asText())
                    .isEqualTo("succeeded");
            ship.send(
                    """
                    {"toNode": "central", "commandOrEvent": "event", "method": "textlogging", "domain": "ship",
                     "data": ["from a full node"]}
                    """);
            assertThat(ship.awaitSent(1, "textlogging", LONG).getFirst().path("state").asText())
                    .isEqualTo("succeeded");
            assertThat(central.sent("textlogging"))
                    .describedAs("what has to wait does")
                    .noneMatch(
                            line -> line.path("message").path("domain").asText().equals("other"));

            central.send(command("processstart", "\"" + path + "\""));
            central.awaitSent(1 + 1_500 + 1, "textlogging", LONG);
            assertThat(numbers(ship, "flood")).isEqualTo(range(1_500));
        }
    }

    @Test
    void largeMessagesThatWaitDoNotFillTheMemory() throws Exception {
        int count = 80;
        try (TwoNodes nodes =
                TwoNodes.ready(
                        folder, node -> node.withHeap("96m"), node -> node.withHeap("64m"))) {
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            String path = stopFloodsProcess(central);
            for (int i = 0; i < count; i += 4) {
                central.send(events("flood", i, i + 4, "x".repeat(700_000)));
            }
            await().atMost(LONG).until(() -> unfinished(ship) >= count);
            central.send(command("processstart", "\"" + path + "\""));
            await().atMost(LONG).until(() -> numbers(central, "flood").size() >= count);
            assertThat(numbers(ship, "flood")).hasSize(count).isEqualTo(numbers(central, "flood"));
            assertThat(ship.log()).doesNotContain("OutOfMemoryError");
            assertThat(central.log()).doesNotContain("OutOfMemoryError");
        }
    }

    @Test
    void aFullOutboxLeavesInputsWhereTheyAreUntilThereIsRoom() throws Exception {
        try (TwoNodes nodes =
                TwoNodes.ready(
                        folder, node -> node.with("journal.maxQueued", "1000"), node -> node)) {
            TestNats nats = nodes.nats();
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            nats.kill();
            central.send(events("flood", 0, 900, "x"));
            central.awaitTaken();
            central.send(events("flood", 900, 1_800, "x"));
            await().atMost(LONG).until(() -> central.log().contains("journal.maxQueued"));
            try (Stream<Path> kept = Files.list(central.data().resolve("inbox/.taking"))) {
                assertThat(kept.filter(file -> file.toString().endsWith(".json"))).hasSize(1);
            }
            nats.restart();
            central.awaitSent(1_800, "textlogging", LONG);
            assertThat(numbers(ship, "flood")).isEqualTo(range(1_800));
        }
    }

    /// Into an agent whose broker is away, and from there to one that has to do it all: prints how
    /// long it took and what memory it needed.
    @Test
    void aFloodPassesThroughSmallHeaps() throws Exception {
        Duration most = Duration.ofSeconds(120 + FLOOD / 200);
        String heap = "128m";
        String room = String.valueOf(FLOOD + 1_000);
        try (TwoNodes nodes =
                TwoNodes.ready(
                        folder,
                        node -> node.withHeap(heap).with("journal.maxQueued", room),
                        node -> node.withHeap(heap).with("mailbox.maxMessages", room))) {
            TestNats nats = nodes.nats();
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            nats.kill();
            long begin = System.nanoTime();
            int parts = 0;
            for (int from = 0; from < FLOOD; from += PART) {
                central.send(events("flood", from, Math.min(FLOOD, from + PART), "event"));
                parts++;
            }
            int all = parts;
            await().atMost(most)
                    .until(() -> {
                        String[] done = central.data().resolve("inbox/done").toFile().list();
                        return done != null && done.length >= all;
                    });
            System.out.printf(
                    "flood: %,d events accepted, the broker away: %s, peak of the sender %d MiB"
                            + " with -Xmx%s%n",
                    FLOOD, since(begin), central.peakMemory() >> 20, heap);
            begin = System.nanoTime();
            nats.restart();
            await().atMost(most)
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> lastSequence(central) >= FLOOD && lastSequence(ship) >= FLOOD);
            System.out.printf(
                    "flood: %,d events run, and answered: %s, peak of the sender %d MiB, of the"
                            + " receiver %d MiB%n",
                    FLOOD, since(begin), central.peakMemory() >> 20, ship.peakMemory() >> 20);
            assertThat(ship.log() + central.log()).doesNotContain("OutOfMemoryError");
            assertThat(written(ship)).isEqualTo(range(FLOOD));
        }
    }

    /// What the flood has left in the log of its receiver.
    private static List<Integer> written(TestNode node) throws IOException {
        try (Stream<String> lines = Files.lines(node.data().resolve("logs/central/flood.log"))) {
            return lines.map(line -> Integer.valueOf(line.substring(line.lastIndexOf(' ') + 1)))
                    .toList();
        }
    }

    private static Duration since(long begin) {
        return Duration.ofMillis((System.nanoTime() - begin) / 1_000_000);
    }

    private static final String NEVER_SENT = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

    /// Has the subscriber of the domain `flood` stopped, so that nothing of it ends.
    ///
    /// @return the path of the process
    private static String stopFloodsProcess(TestNode central) throws IOException {
        String path = "root/inbox/ship1.event.textlogging.flood";
        central.send(
                """
                {"toNode": "ship1", "commandOrEvent": "event", "method": "textlogging", "domain": "flood",
                 "data": ["first"]}
                """);
        central.awaitSent(1, "textlogging", LONG);
        central.send(command("processstop", "\"" + path + "\""));
        central.awaitSent(1, "processstop", LONG);
        return path;
    }

    private static String events(String domain, int from, int to, String text) {
        return IntStream.range(from, to)
                .mapToObj(i ->
                        """
                        {"toNode":"ship1","commandOrEvent":"event","method":"textlogging","domain":"%2$s","labels":{"n":"%1$d"},"data":["%3$s %1$d"]}
                        """
                                .formatted(i, domain, text))
                .collect(Collectors.joining());
    }

    private static String command(String method, String data) {
        return """
        {"toNode": "ship1", "commandOrEvent": "command", "method": "%s", "data": [%s]}
        """
                .formatted(method, data);
    }

    private static long unfinished(TestNode node) throws Exception {
        return node.status().path("unfinished").asLong();
    }

    /// The numbers of the events of a domain in a node's processed log, in the order of ending.
    private static List<Integer> numbers(TestNode node, String domain) throws IOException {
        try (Stream<String> lines =
                Files.lines(node.data().resolve("processed.jsonl"), StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.contains("\"domain\":\"" + domain + "\""))
                    .map(NUMBER::matcher)
                    .filter(Matcher::find)
                    .map(found -> Integer.valueOf(found.group(1)))
                    .toList();
        }
    }

    private static List<Integer> range(int count) {
        return IntStream.range(0, count).boxed().toList();
    }

    /// That of the last line of its processed log; 0 while the log has none.
    private static long lastSequence(TestNode node) throws IOException {
        try (RandomAccessFile file =
                new RandomAccessFile(node.data().resolve("processed.jsonl").toFile(), "r")) {
            byte[] end = new byte[(int) Math.min(8_192, file.length())];
            file.seek(file.length() - end.length);
            file.readFully(end);
            Matcher found = SEQUENCE.matcher(new String(end, StandardCharsets.UTF_8));
            long last = 0;
            while (found.find()) {
                last = Long.parseLong(found.group(1));
            }
            return last;
        } catch (FileNotFoundException beingRotated) {
            return 0;
        }
    }
}

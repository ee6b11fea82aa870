package io.steward.campaign.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Commands and events from one agent to another, whose effects are written down outside the
/// product; and the counts of what became of them. Used by one thread.
final class Traffic {
    private static final JsonMapper JSON = new JsonMapper();

    private final AgentNode from;
    private final AgentNode to;
    private final Path witness;
    private int sent;
    private int inputs;

    /// @param witness a folder where the effects are written down
    Traffic(AgentNode from, AgentNode to, Path witness) {
        this.from = from;
        this.to = to;
        this.witness = witness.resolve(from.name() + "-" + to.name() + ".txt");
    }

    /// Sends so many commands and as many events, in turns, as one input. The sender need not run.
    void send(int count) throws IOException {
        StringBuilder input = new StringBuilder();
        for (int i = sent; i < sent + count; i++) {
            input.append(
                    """
                    {"toNode": "%s", "commandOrEvent": "command", "method": "shellcommand", "ackTimeout": "2s",
                     "data": ["sh", "-c", "echo c%d >> '%s'"], "onInterrupt": "report"}
                    {"toNode": "%s", "commandOrEvent": "event", "method": "textlogging", "data": ["e%d"], "ackTimeout": "2s"}
                    """
                            .formatted(to.name(), i, witness, to.name(), i));
        }
        Path folder = Files.createDirectories(from.data().resolve("inbox"));
        String name = "%s-%05d.json".formatted(to.name(), ++inputs);
        Path temporary = folder.resolve(name + ".tmp");
        Files.writeString(temporary, input);
        Files.move(temporary, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        sent += count;
    }

    /// How many commands have had their effect.
    int effects() {
        return seen(witness).size();
    }

    void awaitEffects(int count, Duration most) {
        await("%d commands from %s to %s have run".formatted(count, from.name(), to.name()))
                .atMost(most)
                .until(() -> effects() >= count);
    }

    /// Waits until all have ended on both sides, and asserts that nothing is lost, twice, out of
    /// order, missing or repeated in the processed logs.
    void awaitZeros(Duration most) {
        awaitEnds(most);
        Map<String, Integer> states = new TreeMap<>();
        processed(from, "sent", to)
                .forEach(line -> states.merge(line.path("state").asText(), 1, Integer::sum));
        assertThat(states).isEqualTo(Map.of("succeeded", 2 * sent));
        nothingRepeated();
        assertThat(seen(witness)).isEqualTo(expected("c"));
        assertThat(seen(textlog())).isEqualTo(expected("e"));
    }

    private void awaitEnds(Duration most) {
        await("%s has seen the end of all %d".formatted(from.name(), 2 * sent))
                .atMost(most)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> processed(from, "sent", to).size() >= 2 * sent);
        await("%s has all %d in its processed log".formatted(to.name(), 2 * sent))
                .atMost(most)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> processed(to, "received", from).size() >= 2 * sent);
    }

    /// As [#awaitZeros], for a receiver that has died: what it was just doing, one message of each
    /// subject, may be interrupted, and its effect be missing.
    ///
    /// @param deaths how often it has died
    void awaitZerosBut(int deaths, Duration most) {
        awaitEnds(most);
        List<JsonNode> ends = processed(from, "sent", to);
        long interrupted = ends.stream().filter(Traffic::isInterrupted).count();
        assertThat(ends).allMatch(line -> isInterrupted(line) || isSucceeded(line));
        assertThat(interrupted).isLessThanOrEqualTo(2L * deaths);
        nothingRepeated();
        for (String kind : List.of("c", "e")) {
            List<String> seen = seen(kind.equals("c") ? witness : textlog());
            List<String> left = new ArrayList<>(expected(kind));
            left.retainAll(Set.copyOf(seen));
            if (kind.equals("c")) {
                assertThat(seen).isEqualTo(left);
            } else { // a line may be written twice when its writer dies
                assertThat(seen.stream().distinct().toList()).isEqualTo(left);
            }
            assertThat(sent - left.size()).isLessThanOrEqualTo((int) interrupted);
        }
    }

    private static boolean isInterrupted(JsonNode line) {
        return line.path("state").asText().equals("interrupted");
    }

    private static boolean isSucceeded(JsonNode line) {
        return line.path("state").asText().equals("succeeded");
    }

    private Path textlog() {
        return to.data().resolve("logs/" + from.name() + "/textlog.log");
    }

    private List<String> expected(String kind) {
        return IntStream.range(0, sent).mapToObj(i -> kind + i).toList();
    }

    private void nothingRepeated() {
        assertThat(repeated(processed(from, "sent", to))).isEmpty();
        assertThat(repeated(processed(to, "received", from))).isEmpty();
    }

    private static List<String> repeated(List<JsonNode> lines) {
        Map<String, Integer> counts = new HashMap<>();
        lines.forEach(line -> counts.merge(line.at("/message/id").asText(), 1, Integer::sum));
        return counts.entrySet().stream()
                .filter(each -> each.getValue() != 1)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static List<String> seen(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<JsonNode> processed(AgentNode at, String direction, AgentNode other) {
        Path log = at.data().resolve("processed.jsonl");
        if (!Files.exists(log)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(log, StandardCharsets.UTF_8)) {
            return lines.filter(line -> line.endsWith("}")) // the last may not be whole yet
                    .map(Traffic::parse)
                    .filter(line -> line.path("direction").asText().equals(direction))
                    .filter(line -> {
                        JsonNode message = line.path("message");
                        String method = message.path("method").asText();
                        return (method.equals("shellcommand") || method.equals("textlogging"))
                                && message.path(direction.equals("sent") ? "to" : "from")
                                        .asText()
                                        .equals(other.name());
                    })
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JsonNode parse(String line) {
        try {
            return JSON.readTree(line);
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }
}

package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// An agent that is told to stop (SIGTERM) while commands run: those that end in the grace time
/// have ended, of the others nothing goes on, and the next start decides as after a crash.
class StopIT {
    private static final Duration LONG = Duration.ofMinutes(2);
    private static final int EACH = 10;

    @TempDir Path folder;

    @Test
    void whatRunsIsGivenItsGraceThenEndedAndDecidedUponByTheNextStart() throws Exception {
        try (TwoNodes nodes =
                TwoNodes.ready(
                        folder,
                        node -> node.with("run.shutdownGrace", "5s").with("run.killGrace", "1s"))) {
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            StringBuilder input = new StringBuilder();
            for (int i = 0; i < EACH; i++) {
                input.append(command("auto", "[ $STEWARD_ATTEMPT -gt 1 ] || sleep 600"));
                input.append(command("report", "sleep 600"));
            }
            input.append(command("rerun", "sleep 2"));
            central.send(input.toString());
            await().atMost(LONG).until(() -> starts().size() == 2 * EACH + 1);
            List<Long> pids = starts().stream().map(Long::valueOf).toList();

            int exitCode = ship.stop();

            assertThat(exitCode).isIn(0, 128 + 15);
            assertThat(pids).noneMatch(pid -> ProcessHandle.of(pid).isPresent());
            assertThat(states(ship.received(), "rerun")).containsExactly("succeeded");
            assertThat(states(ship.received(), "auto")).isEmpty();

            ship.start().ready();
            List<JsonNode> ended = central.awaitSent(2 * EACH + 1, "shellcommand", LONG);
            assertThat(states(ended, "rerun")).containsExactly("succeeded");
            assertThat(states(ended, "report")).hasSize(EACH).containsOnly("interrupted");
            assertThat(states(ended, "auto")).hasSize(EACH).containsOnly("succeeded");
            assertThat(ended)
                    .filteredOn(line -> onInterrupt(line).equals("auto"))
                    .allMatch(line -> line.path("ack").path("attempt").asInt() == 2);
            assertThat(starts()).hasSize(3 * EACH + 1);
        }
    }

    private String command(String onInterrupt, String then) {
        return """
        {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand", "ordered": false,
         "onInterrupt": "%s", "labels": {"what": "%s"}, "data": ["sh", "-c", "echo $$ >> %s; %s"]}
        """
                .formatted(onInterrupt, onInterrupt, file(), then);
    }

    private Path file() {
        return folder.resolve("starts.txt");
    }

    private List<String> starts() throws IOException {
        return Files.exists(file()) ? Files.readAllLines(file()) : List.of();
    }

    private static String onInterrupt(JsonNode line) {
        return line.path("message").path("labels").path("what").asText();
    }

    private static List<String> states(List<JsonNode> lines, String onInterrupt) {
        return lines.stream()
                .filter(line -> onInterrupt(line).equals(onInterrupt))
                .map(line -> line.path("state").asText())
                .toList();
    }
}

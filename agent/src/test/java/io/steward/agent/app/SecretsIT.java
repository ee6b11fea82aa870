package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.audit.AuditVerifier;
import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A secret is used by a command and is in no file of any node but its own, whatever dies.
class SecretsIT {
    private static final String VALUE = "correct-horse-battery-staple";
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir Path folder;

    @Test
    void theValueIsInNoFileAlsoAfterAKillInTheMiddle() throws Exception {
        try (TwoNodes nodes = TwoNodes.ready(folder)) {
            TestNode central = nodes.central();
            TestNode ship = nodes.ship();
            Path secrets = ship.data().resolve("secrets");
            PrivateFile.folders(secrets);
            PrivateFile.replace(secrets.resolve("db"), VALUE + "\n");
            Path running = folder.resolve("runs");
            central.send(
                    """
                    {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand", "follow": true,
                     "data": ["sh", "-c", "echo told $1; printf correct-horse; sleep 0.3; echo -battery-staple >&2; printf '%%s' \\"$1\\" | wc -c; echo on >> %s; sleep 2", "x", "secret://db"],
                     "onInterrupt": "rerun"}
                    {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand",
                     "data": ["sh", "-c", "true", "x", "secret://unknown"]}
                    """
                            .formatted(running));
            await().atMost(LONG).until(() -> Files.exists(running));
            ship.kill();
            assertNowhere();
            ship.start();
            List<JsonNode> ended = central.awaitSent(2, "shellcommand", LONG);
            assertThat(ended.toString())
                    .contains("told ***")
                    .contains("secret://db")
                    .contains("this node has no such secret");
            assertNowhere();
            ship.stop();
            central.stop();
            assertNowhere();
            assertThat(AuditVerifier.ofFolder(ship.data()).findings()).isEmpty();
            assertThat(AuditVerifier.ofFolder(central.data()).findings()).isEmpty();
        }
    }

    private void assertNowhere() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file :
                    files.filter(Files::isRegularFile)
                            .filter(path -> !path.endsWith(Path.of("secrets", "db")))
                            .toList()) {
                assertThat(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(VALUE);
            }
        }
    }
}

package io.steward.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Processed;
import io.steward.messages.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that writes an audit log with SIGKILL again and again (`steward.kills` times, 4
/// if not set).
class AuditKillIT {
    private static final int KILLS = Integer.getInteger("steward.kills", 4);

    @TempDir Path folder;
    private final Set<String> told = new HashSet<>();
    private final Random random = new Random(1);

    @Test
    void nothingIsInTheJournalThatIsNotInTheLogAndTheChainHolds() throws Exception {
        for (int kill = 1; kill <= KILLS; kill++) {
            int before = told.size();
            runAndKill();
            assertThat(told.size()).as("told before kill %d", kill).isGreaterThan(before);
            check(kill);
        }
    }

    private void runAndKill() throws IOException, InterruptedException {
        Process victim =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-Xmx256m",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                AuditVictim.class.getName(),
                                folder.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader out = victim.inputReader(StandardCharsets.UTF_8)) {
            int lines = 20 + random.nextInt(400);
            String line = out.readLine();
            for (int i = 0; line != null; i++) {
                if (line.split(" ").length == 2 && line.split(" ")[1].length() == 26) {
                    told.add(line);
                }
                if (i == lines) {
                    victim.toHandle().destroyForcibly();
                }
                line = out.readLine();
            }
        } finally {
            victim.destroyForcibly();
            assertThat(victim.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void check(int kill) throws IOException {
        assertThat(AuditVerifier.ofFolder(folder).findings()).as("kill %d", kill).isEmpty();
        try (Trail trail = new Trail(folder, 20_000, 10_000)) {
            new AuditedEnds(trail.journal, trail.log).writeNew();
            List<JsonNode> lines = AuditReader.last(folder, 0, null);
            Set<String> logged = new HashSet<>();
            int ends = 0;
            for (JsonNode line : lines) {
                if (line.has("id")) {
                    logged.add(line.path("kind").asText() + " " + line.path("id").asText());
                }
                ends += line.path("kind").asText().equals("ended") ? 1 : 0;
            }
            assertThat(logged).as("kill %d", kill).containsAll(told);
            Journal store = trail.store;
            for (Message queued : store.queued(1_000_000)) {
                assertThat(logged).contains("sent " + queued.id());
            }
            store.unfinished(null, 1_000_000)
                    .forEach(
                            each -> assertThat(logged).contains("received " + each.message().id()));
            List<Processed> processed = store.processedAfter(0, 1_000_000);
            assertThat(ends)
                    .as("each end once")
                    .isEqualTo(
                            (int)
                                    processed.stream()
                                            .filter(each ->
                                                    each.entry().direction() == Direction.RECEIVED)
                                            .count());
        }
        assertThat(AuditVerifier.ofFolder(folder).findings()).as("after %d", kill).isEmpty();
    }
}

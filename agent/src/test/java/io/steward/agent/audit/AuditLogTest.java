package io.steward.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Incoming;
import io.steward.agent.journal.JournalException;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;

    private List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(folder.resolve(AuditFiles.NAME))) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private static List<String> kinds(List<JsonNode> lines) {
        return lines.stream().map(line -> line.path("kind").asText()).toList();
    }

    @Test
    void theFileIsPrivateAndBeginsWithARandomStart() throws IOException {
        try (Trail trail = new Trail(folder)) {
            trail.send(1);
        }
        Path file = folder.resolve(AuditFiles.NAME);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(kinds(lines())).containsExactly("begin", "sent");
        assertThat(lines().getFirst().path("start").asText()).hasSize(44);
    }

    @Test
    void aSentMessageIsNamedWithWhoAskedAndWithoutItsData() throws Exception {
        Message message;
        try (Trail trail = new Trail(folder)) {
            message = trail.command(Trail.CENTRAL, Trail.SHIP, "bash", "-c", "secret words");
            Asker.api("night-shift")
                    .does(() -> trail.journal.accept(null, List.of(message)).join());
            Message other = trail.command(Trail.CENTRAL, Trail.SHIP, "ls");
            trail.journal.accept("inbox:17", List.of(other)).join();
            trail.journal.accept("inbox:17", List.of(other)).join();
        }
        List<JsonNode> lines = lines();
        assertThat(kinds(lines)).as("what is offered twice is sent once").hasSize(3);
        JsonNode sent = lines.get(1);
        assertThat(sent.path("by").asText()).isEqualTo("api");
        assertThat(sent.path("who").asText()).isEqualTo("night-shift");
        assertThat(sent.path("id").asText()).isEqualTo(message.id().value());
        assertThat(sent.path("to").asText()).isEqualTo("ship1");
        assertThat(sent.path("method").asText()).isEqualTo("shellcommand");
        assertThat(sent.path("program").asText()).isEqualTo("bash");
        assertThat(sent.path("data").asText())
                .isEqualTo(Hash.of(List.of("bash", "-c", "secret words")));
        assertThat(Files.readString(folder.resolve(AuditFiles.NAME))).doesNotContain("secret");
        assertThat(lines.get(2).path("by").asText()).isEqualTo("file");
        assertThat(lines.get(2).path("who").asText()).isEqualTo("inbox:17");
    }

    @Test
    void aReceivedMessageIsNamedWithTheDecisionAndItsEnd() throws IOException {
        try (Trail trail = new Trail(folder)) {
            Message good = trail.command(Trail.SHIP, Trail.CENTRAL, "ls");
            Message bad = trail.command(Trail.SHIP, Trail.CENTRAL, "rm");
            trail.journal
                    .receive(
                            List.of(
                                    new Incoming(good, "h1", 1, Trail.now()),
                                    new Incoming(
                                            bad,
                                            "h2",
                                            2,
                                            Trail.now(),
                                            bad.expiresAt(),
                                            0,
                                            "rule no-rm of its policy denies it")))
                    .join();
            trail.journal.deadLetter(trail.letter()).join();
            Ack failed =
                    new Ack(
                            good.id(),
                            Trail.CENTRAL,
                            State.FAILED,
                            "exit code 3",
                            3,
                            null,
                            io.steward.messages.Output.EMPTY,
                            io.steward.messages.Output.EMPTY,
                            0,
                            0,
                            false,
                            null,
                            null,
                            1,
                            null);
            trail.journal.finished(good.id(), failed, null, List.of(), Trail.now()).join();
            AuditedEnds ends = new AuditedEnds(trail.journal, trail.log);
            ends.writeNew();
            ends.writeNew();
        }
        List<JsonNode> lines = lines();
        assertThat(kinds(lines))
                .containsExactly("begin", "received", "received", "rejected", "ended", "ended");
        assertThat(lines.get(1).path("decision").asText()).isEqualTo("allowed");
        assertThat(lines.get(2).path("decision").asText()).isEqualTo("refused");
        assertThat(lines.get(2).path("why").asText()).contains("no-rm");
        assertThat(lines.get(3).path("why").asText()).isEqualTo("forged");
        assertThat(lines.get(4).path("state").asText()).isEqualTo("refused");
        assertThat(lines.get(5).path("state").asText()).isEqualTo("failed");
        assertThat(lines.get(5).path("exit").asInt()).isEqualTo(3);
    }

    @Test
    void theEndsGoOnWhereTheyWereLeft() throws IOException {
        try (Trail trail = new Trail(folder, 300, 100)) {
            end(trail, 1);
            new AuditedEnds(trail.journal, trail.log).writeNew();
            trail.send(5); // rotates
            end(trail, 2);
        }
        try (Trail trail = new Trail(folder, 300, 100)) {
            new AuditedEnds(trail.journal, trail.log).writeNew();
            assertThat(trail.store.processedAfter(0, 10)).hasSize(2);
        }
        List<String> all = new ArrayList<>();
        for (Path file : AuditFiles.all(folder)) {
            all.addAll(Files.readAllLines(file));
        }
        assertThat(all.stream().filter(line -> line.contains("\"kind\":\"ended\""))).hasSize(2);
        assertThat(AuditVerifier.ofFolder(folder).findings()).isEmpty();
    }

    private static void end(Trail trail, long sequence) {
        Message message = trail.command(Trail.SHIP, Trail.CENTRAL, "ls");
        trail.journal.receive(List.of(new Incoming(message, "h", sequence, Trail.now()))).join();
        trail.journal
                .finished(
                        message.id(),
                        Ack.of(message.id(), Trail.CENTRAL, State.SUCCEEDED, null),
                        null,
                        List.of(),
                        Trail.now())
                .join();
    }

    @Test
    void aLogThatBeginsLeavesOutWhatHadEndedBefore() throws IOException {
        try (Trail trail = new Trail(folder)) {
            end(trail, 1);
        }
        Files.delete(folder.resolve(AuditFiles.NAME));
        try (Trail trail = new Trail(folder)) {
            end(trail, 2);
            new AuditedEnds(trail.journal, trail.log).writeNew();
        }
        assertThat(kinds(lines())).containsExactly("begin", "lost", "received", "ended");
        assertThat(lines().getLast().path("ended").asLong()).isEqualTo(2);
    }

    @Test
    void aRotatedFileIsCheckedByItself() throws IOException {
        try (Trail trail = new Trail(folder, 2_000, 3)) {
            trail.send(40);
        }
        for (Path file : AuditFiles.all(folder)) {
            assertThat(AuditVerifier.ofFiles(List.of(file)).findings()).isEmpty();
        }
    }

    @Test
    void theChainGoesOnFromFileToFileAndOldOnesAreRemovedAsTheLogSays() throws IOException {
        for (int start = 0; start < 3; start++) {
            try (Trail trail = new Trail(folder, 2_000, 3)) {
                trail.send(40);
            }
            assertThat(AuditVerifier.ofFolder(folder).findings()).isEmpty();
        }
        List<Path> files = AuditFiles.all(folder);
        assertThat(files).hasSize(4);
        Path third = files.get(2);
        Files.delete(third);
        assertThat(AuditVerifier.ofFolder(folder).findings())
                .first()
                .satisfies(found -> {
                    assertThat(found.file()).isEqualTo(files.get(3));
                    assertThat(found.line()).isEqualTo(1);
                    assertThat(found.what()).contains("missing");
                });
        Files.delete(files.get(0));
        assertThat(AuditVerifier.ofFolder(folder).findings())
                .as("the oldest, which no line says was removed")
                .first()
                .satisfies(found -> assertThat(found.what()).contains("the lines before"));
    }

    @Test
    void aTornLineIsCutOffAndALineSaysSo() throws IOException {
        try (Trail trail = new Trail(folder)) {
            trail.send(2);
        }
        Files.writeString(
                folder.resolve(AuditFiles.NAME), "{\"n\":4,\"at", StandardOpenOption.APPEND);
        assertThat(AuditVerifier.ofFolder(folder).isIntact()).isTrue();
        try (Trail trail = new Trail(folder)) {
            trail.send(1);
        }
        assertThat(kinds(lines())).containsExactly("begin", "sent", "sent", "cut", "sent");
        assertThat(lines().get(3).path("bytes").asInt()).isEqualTo(10);
        assertThat(AuditVerifier.ofFolder(folder).findings()).isEmpty();
    }

    @Test
    void linesAtTheEndThatNobodyHasWrittenAreCutOffToo() throws IOException {
        try (Trail trail = new Trail(folder)) {
            trail.send(2);
        }
        Files.write(
                folder.resolve(AuditFiles.NAME),
                new byte[] {0, 0, 0, '\n', 0, '\n'},
                StandardOpenOption.APPEND);
        try (Trail trail = new Trail(folder)) {
            trail.send(1);
        }
        assertThat(kinds(lines())).containsExactly("begin", "sent", "sent", "cut", "sent");
        assertThat(lines().get(3).path("bytes").asInt()).isEqualTo(6);
    }

    @Test
    void whatWasCutOffWhileTheAgentWasStoppedIsSaidForEver() throws IOException {
        try (Trail trail = new Trail(folder)) {
            trail.send(9);
        }
        Path file = folder.resolve(AuditFiles.NAME);
        Files.write(file, Files.readAllLines(file).subList(0, 4));
        try (Trail trail = new Trail(folder)) {
            trail.send(20);
        }
        assertThat(AuditVerifier.ofFolder(folder).findings())
                .containsExactly(
                        new Finding(
                                file,
                                5,
                                "when the agent was started, the lines up to n=10 were missing,"
                                        + " which the journal knew"));
    }

    @Test
    void aFileThatIsNoneIsNotWrittenTo() throws IOException {
        Path file = folder.resolve(AuditFiles.NAME);
        Files.writeString(file, "hello\n");
        assertThatThrownBy(() -> new Trail(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("audit.jsonl: there is no line of an audit log in it");
        assertThat(Files.readString(file)).isEqualTo("hello\n");
    }

    @Test
    void whatCannotBeWrittenDownIsNotTaken() throws IOException {
        try (Trail trail = new Trail(folder, 100, 5)) {
            trail.send(1);
            // a folder where the next file is to be: as good as a disk that takes nothing
            Path aside = folder.resolve("aside");
            Path file = folder.resolve(AuditFiles.NAME);
            Files.move(file, aside);
            Files.createDirectory(file);
            Files.createFile(file.resolve("full"));
            Message message = trail.command(Trail.CENTRAL, Trail.SHIP, "ls");
            assertThatThrownBy(() -> trail.journal.accept(null, List.of(message)).join())
                    .hasCauseInstanceOf(JournalException.class)
                    .hasMessageContaining("audit log")
                    .hasMessageContaining("cannot be written");
            assertThat(trail.store.sent(message.id())).isEmpty();
            removeWhatIsNone();
            Files.move(aside, file);
            trail.journal.accept(null, List.of(message)).join();
            assertThat(trail.store.counts().get(Direction.SENT))
                    .isEqualTo(Map.of(State.QUEUED, 2L));
        }
        assertThat(AuditVerifier.ofFolder(folder).findings()).isEmpty();
    }

    private void removeWhatIsNone() throws IOException {
        List<Path> there;
        try (Stream<Path> all = Files.list(folder)) {
            there = all.filter(path -> path.toString().endsWith(".jsonl")).toList();
        }
        for (Path path : there) {
            if (Files.isDirectory(path)) {
                Files.delete(path.resolve("full"));
                Files.delete(path);
            } else if (Files.size(path) == 0) {
                Files.delete(path);
            }
        }
    }
}

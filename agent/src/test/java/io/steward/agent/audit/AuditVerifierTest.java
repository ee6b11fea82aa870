package io.steward.agent.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.audit.AuditVerifier.Report;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Does to a real log what somebody would do who wants to hide something, and looks which line is
/// blamed.
class AuditVerifierTest {
    private static final int LINES = 30;
    private static final int ROUNDS = Integer.getInteger("steward.audits", 400);

    @TempDir Path folder;
    private final Random random = new Random(Long.getLong("steward.audit.seed", 1));
    private Path file;
    private List<String> lines;

    @BeforeEach
    void write() throws IOException {
        try (Trail trail = new Trail(folder)) {
            trail.send(LINES - 1);
        }
        file = folder.resolve(AuditFiles.NAME);
        lines = Files.readAllLines(file);
        assertThat(lines).hasSize(LINES);
    }

    private Report verify(List<String> changed) throws IOException {
        Files.writeString(
                file,
                changed.isEmpty() ? "" : String.join("\n", changed) + "\n",
                StandardCharsets.ISO_8859_1);
        return AuditVerifier.ofFolder(folder);
    }

    private static void assertBlamed(Report report, int line, String as) {
        assertThat(report.findings()).as(as).isNotEmpty();
        assertThat(report.findings().getFirst().line()).as(as + ": %s", report).isEqualTo(line);
    }

    @Test
    void aLogThatNobodyTouchedIsIntact() throws IOException {
        Report report = verify(lines);
        assertThat(report.findings()).isEmpty();
        assertThat(report).isEqualTo(new Report(LINES, 1, LINES, true, List.of()));
    }

    @Test
    void aChangedByteIsFoundInItsLine() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            int at = random.nextInt(LINES);
            byte[] line = lines.get(at).getBytes(StandardCharsets.ISO_8859_1);
            int place = random.nextInt(line.length);
            line[place] ^= (byte) (1 << random.nextInt(7));
            if (line[place] == '\n') {
                continue; // that is a line more, see below
            }
            List<String> changed = new ArrayList<>(lines);
            changed.set(at, new String(line, StandardCharsets.ISO_8859_1));
            Report report = verify(changed);
            String as = "byte %d of line %d: %s".formatted(place, at + 1, changed.get(at));
            assertBlamed(report, at + 1, as);
            assertThat(report.findings()).as(as + " %s", report).hasSize(1);
        }
    }

    @Test
    void aRemovedLineIsMissedWhereItWas() throws IOException {
        for (int at = 0; at < LINES; at++) {
            List<String> changed = new ArrayList<>(lines);
            changed.remove(at);
            Report report = verify(changed);
            assertBlamed(report, at + 1, "line " + (at + 1));
            assertThat(report.findings()).hasSize(1);
        }
    }

    @Test
    void severalRemovedLinesAreCounted() throws IOException {
        List<String> changed = new ArrayList<>(lines);
        changed.subList(9, 14).clear();
        assertThat(verify(changed).findings())
                .containsExactly(
                        new Finding(
                                file, 10, "5 line(s) before it are missing: n=15 follows on n=9"));
    }

    @Test
    void swappedLinesAreFoundAtTheFirstOfThem() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            int one = random.nextInt(LINES - 1);
            int other = one + 1 + random.nextInt(LINES - one - 1);
            List<String> changed = new ArrayList<>(lines);
            changed.set(one, lines.get(other));
            changed.set(other, lines.get(one));
            assertBlamed(verify(changed), one + 1, "lines %d, %d".formatted(one + 1, other + 1));
        }
    }

    @Test
    void aRepeatedLineIsFoundWhereItIsRepeated() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            int which = random.nextInt(LINES);
            int to = which + 1 + random.nextInt(LINES - which);
            List<String> changed = new ArrayList<>(lines);
            changed.add(to, lines.get(which));
            Report report = verify(changed);
            assertBlamed(report, to + 1, "line %d at %d".formatted(which + 1, to + 1));
            assertThat(report.findings()).hasSize(1);
        }
    }

    @Test
    void anInsertedLineIsFoundEvenIfItFitsTheOneBefore() throws IOException {
        for (int at = 1; at <= LINES; at++) {
            AuditLine before =
                    AuditLine.of(lines.get(at - 1).getBytes(StandardCharsets.UTF_8)).orElseThrow();
            byte[] forged =
                    AuditLine.bytes(
                            before.n() + 1, Trail.now(), AuditEntry.of("sent"), before.hash());
            List<String> changed = new ArrayList<>(lines);
            changed.add(at, new String(forged, StandardCharsets.UTF_8).strip());
            assertBlamed(verify(changed), at + 1, "before line " + (at + 1));
        }
    }

    @Test
    void aLineThatWasAddedWhileTheAgentWasStoppedIsFoundThenAndForEver() throws IOException {
        AuditLine last =
                AuditLine.of(lines.getLast().getBytes(StandardCharsets.UTF_8)).orElseThrow();
        byte[] forged =
                AuditLine.bytes(last.n() + 1, Trail.now(), AuditEntry.of("sent"), last.hash());
        Files.write(file, forged, StandardOpenOption.APPEND);
        assertThat(AuditVerifier.ofFolder(folder).findings())
                .containsExactly(
                        new Finding(
                                file,
                                LINES + 1,
                                "was added: the agent has stopped at n=30, and has written nothing"
                                        + " since"));
        for (int start = 0; start < 2; start++) {
            try (Trail trail = new Trail(folder)) {
                trail.send(1);
            }
            assertThat(AuditVerifier.ofFolder(folder).findings())
                    .containsExactly(
                            new Finding(
                                    file,
                                    LINES + 2,
                                    "when the agent was started, the lines n=31 to n=31 were there,"
                                            + " which it has not written"));
        }
    }

    @Test
    void whatAnAgentHasWrittenThatDidNotStopInOrderWasNotAdded() throws IOException {
        try (Trail trail = new Trail(folder)) {
            trail.send(1);
            assertThat(trail.store.kept(Head.STOPPED)).contains("");
            assertThat(AuditVerifier.ofFolder(folder).isIntact()).isTrue();
        }
    }

    @Test
    void aLineThatIsNoneIsFound() throws IOException {
        for (int at = 0; at <= LINES; at++) {
            List<String> changed = new ArrayList<>(lines);
            changed.add(at, "{\"n\":1}");
            Report report = verify(changed);
            assertBlamed(report, at + 1, "at " + at);
            assertThat(report.findings()).hasSize(1);
        }
    }

    @Test
    void anEndThatWasCutOffIsSeenByWhatTheJournalKnows() throws IOException {
        for (int left = 0; left < LINES; left++) {
            Report report = verify(lines.subList(0, left));
            assertThat(report.findings())
                    .containsExactly(
                            new Finding(
                                    file,
                                    left + 1,
                                    "the end is cut off: the last line is n=%d, and the journal knows of n=30"
                                            .formatted(left)));
        }
        Files.delete(file);
        assertThat(AuditVerifier.ofFolder(folder).findings())
                .containsExactly(
                        new Finding(file, 1, "it is missing: the journal knows of line n=30"));
    }

    @Test
    void aChainThatWasMadeAnewIsSeenByWhatTheJournalKnows() throws IOException {
        List<String> changed = new ArrayList<>(lines.subList(0, 1));
        Head head =
                AuditLine.of(lines.getFirst().getBytes(StandardCharsets.UTF_8))
                        .orElseThrow()
                        .head();
        while (changed.size() < LINES) {
            byte[] line =
                    AuditLine.bytes(head.n() + 1, Trail.now(), AuditEntry.of("sent"), head.hash());
            String text = new String(line, StandardCharsets.UTF_8).strip();
            changed.add(text);
            head = AuditLine.of(text.getBytes(StandardCharsets.UTF_8)).orElseThrow().head();
        }
        assertThat(verify(changed).findings())
                .containsExactly(
                        new Finding(
                                file, LINES, "was changed: the journal knows another hash of it"));
    }

    @Test
    void withoutTheJournalTheFilesAreCheckedAlone() throws IOException {
        Files.write(file, lines.subList(0, 20));
        assertThat(AuditVerifier.ofFiles(List.of(file)).isIntact()).isTrue();
        Files.write(file, lines.subList(5, 20));
        assertThat(AuditVerifier.ofFiles(List.of(file)).findings())
                .containsExactly(new Finding(file, 1, "the lines before n=6 are missing"));
    }
}

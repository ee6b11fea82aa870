package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.journal.Journal.Processed;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Kills a writing process with SIGKILL again and again (`steward.kills` times, 20 if not set) and
/// counts.
class JournalKillIT {
    private static final int KILLS = Integer.getInteger("steward.kills", 20);

    @TempDir Path folder;
    private final Set<MessageId> sent = new HashSet<>();
    private final Set<MessageId> received = new HashSet<>();
    private final Set<MessageId> ended = new HashSet<>();
    private final Random random = new Random(1);

    @Test
    void whatWasToldAsWrittenIsThereOnceHoweverOftenTheProcessIsKilled() throws Exception {
        for (int kill = 1; kill <= KILLS; kill++) {
            int before = ended.size();
            runAndKill();
            assertThat(ended.size()).as("ended before kill %d", kill).isGreaterThan(before);
            try (Journal journal =
                    SqliteJournal.open(folder.resolve("journal.db"), Clock.systemUTC())) {
                check(journal, kill);
            }
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
                                JournalVictim.class.getName(),
                                folder.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        try (BufferedReader out = victim.inputReader(StandardCharsets.UTF_8)) {
            int lines = 20 + random.nextInt(600);
            String line = out.readLine();
            for (int i = 0; line != null; i++) {
                told(line);
                if (i == lines) {
                    // SIGKILL; by its handle, so that what it had printed can be read to its end
                    victim.toHandle().destroyForcibly();
                }
                line = out.readLine();
            }
        } finally {
            victim.destroyForcibly();
            assertThat(victim.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void told(String line) {
        String[] words = line.split(" ");
        if (words.length != 2 || words[1].length() != 26) {
            return; // the last line, torn by the kill
        }
        MessageId id = new MessageId(words[1]);
        switch (words[0]) {
            case "sent" -> sent.add(id);
            case "received" -> received.add(id);
            case "ended" -> ended.add(id);
            default -> throw new IllegalStateException("the process said \"" + line + "\"");
        }
    }

    private void check(Journal journal, int kill) throws IOException {
        List<MessageId> queued = new ArrayList<>();
        for (Message message : journal.queued(1_000_000)) {
            if (!message.subject().isAck()) {
                queued.add(message.id());
            }
        }
        assertThat(queued).as("queued after kill %d", kill).doesNotHaveDuplicates();
        assertThat(new HashSet<>(queued)).as("queued after kill %d", kill).containsAll(sent);
        List<Processed> processed = journal.processedAfter(0, 1_000_000);
        List<MessageId> ids = processed.stream().map(row -> row.entry().message().id()).toList();
        assertThat(ids).as("ended after kill %d", kill).doesNotHaveDuplicates();
        assertThat(new HashSet<>(ids)).as("ended after kill %d", kill).containsAll(ended);
        List<Long> gapless = LongStream.rangeClosed(1, processed.size()).boxed().toList();
        assertThat(processed.stream().map(Processed::sequence).toList()).isEqualTo(gapless);
        Set<MessageId> known = new HashSet<>(ids);
        journal.unfinished(null, 1_000_000).forEach(each -> known.add(each.message().id()));
        assertThat(known).as("received after kill %d", kill).containsAll(received);
        try (ProcessedLog log =
                ProcessedLog.open(
                        folder.resolve("processed.jsonl"),
                        journal,
                        Samples.CENTRAL,
                        100_000,
                        1_000,
                        Clock.systemUTC())) {
            log.writeNew();
        }
        assertThat(logged()).as("log after kill %d", kill).isEqualTo(gapless);
    }

    /// The sequences of all lines of the processed log, in the order of its files.
    private List<Long> logged() throws IOException {
        List<Long> sequences = new ArrayList<>();
        List<Path> rotated;
        try (Stream<Path> files = Files.list(folder)) {
            rotated =
                    files.filter(path -> path.toString().endsWith(".gz"))
                            .sorted(Comparator.comparingLong(JournalKillIT::last))
                            .toList();
        }
        for (Path path : rotated) {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
                add(sequences, in.readAllBytes());
            }
        }
        add(sequences, Files.readAllBytes(folder.resolve("processed.jsonl")));
        return sequences;
    }

    private static long last(Path path) {
        return Long.parseLong(path.toString().replaceAll(".*-(\\d+)\\.jsonl\\.gz$", "$1"));
    }

    private static void add(List<Long> sequences, byte[] lines) {
        new String(lines, StandardCharsets.UTF_8)
                .lines()
                .forEach(line ->
                        sequences.add(
                                ProcessedLine.sequenceOf(line.getBytes(StandardCharsets.UTF_8))));
    }
}

package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.steward.messages.Envelope;
import io.steward.messages.Message;
import io.steward.messages.State;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessedLogTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir Path folder;
    private final Samples samples = new Samples();
    private final MemoryJournal journal = new MemoryJournal(samples.clock());
    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("processed.jsonl");
    }

    private ProcessedLog open(long maxBytes, int keep) throws IOException {
        return ProcessedLog.open(file, journal, Samples.CENTRAL, maxBytes, keep, samples.clock());
    }

    private void write(long maxBytes, int keep) throws IOException {
        try (ProcessedLog log = open(maxBytes, keep)) {
            log.writeNew();
        }
    }

    private Message end(State state) {
        Message message = samples.command(Samples.SHIP, Map.of("ticket", "42"));
        journal.accept(null, List.of(message)).join();
        samples.pass(Duration.ofSeconds(1));
        journal.acknowledged(List.of(samples.ack(message, state)), samples.now()).join();
        return message;
    }

    private void end(int count) {
        for (int i = 0; i < count; i++) {
            end(State.SUCCEEDED);
        }
    }

    private static List<Long> sequences(Stream<String> lines) {
        return lines.map(ProcessedLogTest::sequence).toList();
    }

    private static long sequence(String line) {
        return ProcessedLine.sequenceOf(line.getBytes(StandardCharsets.UTF_8));
    }

    /// Of all files, the oldest first.
    private List<Long> allSequences() throws IOException {
        List<Long> all = new ArrayList<>();
        for (Path path : rotated()) {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(path))) {
                all.addAll(
                        sequences(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines()));
            }
        }
        all.addAll(sequences(Files.readAllLines(file).stream()));
        return all;
    }

    private List<Path> rotated() throws IOException {
        try (Stream<Path> paths = Files.list(folder)) {
            return paths.filter(path -> path.toString().endsWith(".gz")).sorted().toList();
        }
    }

    private static List<Long> upTo(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }

    @Test
    void aLineHasAllThatIsNeededToMakeTheMessageAgain() throws Exception {
        Message message = end(State.FAILED);
        write(1_000_000, 3);
        JsonNode line = JSON.readTree(Files.readString(file));
        assertThat(line.path("seq").asLong()).isEqualTo(1);
        assertThat(line.path("at").asText()).isEqualTo("2026-01-01T00:00:01.000Z");
        assertThat(line.path("node").asText()).isEqualTo("central");
        assertThat(line.path("direction").asText()).isEqualTo("sent");
        assertThat(line.path("state").asText()).isEqualTo("failed");
        assertThat(Envelope.fromJson(line.path("message"))).isEqualTo(message);
        assertThat(Envelope.ackFromJson(line.path("ack")).exitCode()).isEqualTo(2);
        assertThat(line.path("states").path("queued").asText())
                .isEqualTo("2026-01-01T00:00:00.000Z");
        assertThat(line.path("states").path("failed").asText())
                .isEqualTo("2026-01-01T00:00:01.012Z");
    }

    @Test
    void aMessageThatEndedWithoutAnAckHasANullThere() throws Exception {
        Message message = samples.command();
        journal.accept(null, List.of(message)).join();
        journal.endSent(
                        message.id(),
                        List.of(State.QUEUED),
                        State.EXPIRED,
                        "too old",
                        samples.now())
                .join();
        write(1_000_000, 3);
        assertThat(JSON.readTree(Files.readString(file)).path("ack").isNull()).isTrue();
    }

    @Test
    void itGoesOnWhereItWasLeft() throws Exception {
        end(3);
        write(1_000_000, 3);
        end(2);
        write(1_000_000, 3);
        write(1_000_000, 3);
        assertThat(allSequences()).isEqualTo(upTo(5));
    }

    @Test
    void wheneverItIsCutOffNoLineIsLostAndNoneIsThereTwice() throws Exception {
        end(3);
        write(1_000_000, 3);
        byte[] whole = Files.readAllBytes(file);
        for (int length = 0; length <= whole.length; length += 37) {
            Files.write(file, Arrays.copyOf(whole, length));
            write(1_000_000, 3);
            assertThat(Files.readAllBytes(file)).isEqualTo(whole);
        }
    }

    @Test
    void rotatedFilesAreCompressedAndNothingIsMissingAcrossThem() throws Exception {
        for (int i = 0; i < 8; i++) {
            end(3);
            write(2_000, 100);
        }
        assertThat(rotated()).hasSizeGreaterThan(2);
        assertThat(allSequences()).isEqualTo(upTo(24));
        assertThat(rotated().getFirst().getFileName().toString())
                .matches("processed-\\d{8}T\\d{6}Z-\\d+\\.jsonl\\.gz");
    }

    @Test
    void onlyTheNewestRotatedFilesAreKept() throws Exception {
        for (int i = 0; i < 8; i++) {
            end(1);
            write(1, 2);
        }
        assertThat(rotated()).hasSize(2);
        assertThat(allSequences()).containsExactly(7L, 8L);
    }

    @Test
    void aCrashWhileCompressingIsMadeGood() throws Exception {
        end(2);
        write(1, 5);
        Path compressed = rotated().getFirst();
        byte[] plain;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(compressed))) {
            plain = in.readAllBytes();
        }
        Files.write(Path.of(compressed.toString().replace(".gz", "")), plain);
        Files.write(Path.of(compressed + ".part"), new byte[] {31});
        Files.write(compressed, new byte[] {31, 8}); // as if it had not been renamed but written
        write(1_000_000, 5);
        assertThat(allSequences()).isEqualTo(upTo(2));
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).hasSize(2);
        }
    }

    @Test
    void aCrashBetweenRotatingAndBeginningANewFileLosesNothing() throws Exception {
        end(2);
        write(1_000_000, 5);
        Files.move(file, folder.resolve("processed-20260101T000000Z-2.jsonl"));
        end(1);
        write(1_000_000, 5);
        assertThat(allSequences()).isEqualTo(upTo(3));
    }

    @Test
    void nothingIsPrunedThatIsNotInTheLog() throws Exception {
        end(2);
        samples.pass(Duration.ofDays(30));
        assertThat(journal.prune(samples.now())).isZero();
        write(1_000_000, 3);
        end(1);
        samples.pass(Duration.ofDays(30));
        assertThat(journal.prune(samples.now())).isEqualTo(2);
        write(1_000_000, 3);
        assertThat(allSequences()).isEqualTo(upTo(3));
    }

    @Test
    void aFileThatIsNotAProcessedLogIsNotTouched() throws Exception {
        Files.writeString(file, "hello\nworld", StandardOpenOption.CREATE);
        assertThatThrownBy(() -> open(1_000, 3))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("move the file away");
        assertThat(Files.readString(file)).isEqualTo("hello\nworld");
    }

    @Test
    @SuppressWarnings("try") // closed early, so that writing fails
    void anErrorInBetweenIsMadeGoodByTheNextCall() throws Exception {
        end(3);
        try (ProcessedLog log = open(1_000_000, 3)) {
            log.writeNew();
            end(2);
            log.close(); // so that writing fails
            assertThatThrownBy(log::writeNew).isInstanceOf(IOException.class);
            Files.writeString(file, "{\"seq\":4,\"at", StandardOpenOption.APPEND);
            log.writeNew();
        }
        assertThat(allSequences()).isEqualTo(upTo(5));
    }
}

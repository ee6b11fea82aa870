package io.steward.agent.journal;

import io.steward.fuzz.Finding;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/// Any bytes where the journal keeps a message or an ACK, and as a processed log that was cut off:
/// read, or called damaged.
public final class JournalFuzz {
    private static final Path FILE = Path.of("processed.jsonl");
    private static final FileChannel LOG = log();

    private JournalFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws IOException {
        try {
            Message message = Codec.message(input);
            Finding.unlessSame("message", Codec.message(Codec.encode(message)), message);
        } catch (JournalException e) {
            isDamage(e);
        }
        try {
            Ack ack = Codec.ack(input);
            Finding.unlessSame("ACK", Codec.ack(Codec.encode(ack)), ack);
        } catch (JournalException e) {
            isDamage(e);
        }
        LOG.truncate(0);
        LOG.write(ByteBuffer.wrap(input), 0);
        try {
            long sequence = LogTail.repair(FILE, LOG);
            byte[] kept = kept();
            if (sequence < 0 || !Arrays.equals(kept, Arrays.copyOf(input, kept.length))) {
                throw new Finding("a repaired log is not the start of it, up to " + sequence);
            }
            if (kept.length > 0 && kept[kept.length - 1] != '\n') {
                throw new Finding("a repaired log ends with half a line");
            }
            Finding.unlessSame("repaired again", LogTail.repair(FILE, LOG), sequence);
        } catch (IOException e) {
            Finding.unlessReadable(e.getMessage());
            Finding.unlessSame("a log of another is left alone", LOG.size(), (long) input.length);
        }
    }

    private static void isDamage(JournalException e) {
        Finding.unlessSame("kind", e.kind(), JournalException.Kind.DAMAGED);
        Finding.unlessReadable(e.getMessage());
    }

    private static byte[] kept() throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) LOG.size());
        while (bytes.hasRemaining() && LOG.read(bytes, bytes.position()) >= 0) {}
        return bytes.array();
    }

    private static FileChannel log() {
        try {
            return FileChannel.open(
                    Files.createTempFile("steward-fuzz", ".jsonl"),
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.DELETE_ON_CLOSE);
        } catch (IOException e) {
            throw new UncheckedIOException("a file for the log", e);
        }
    }
}

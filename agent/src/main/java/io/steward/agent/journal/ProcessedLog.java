package io.steward.agent.journal;

import io.steward.agent.journal.Journal.Processed;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The file `processed.jsonl`: one line of JSON for every message that reached its end, in the
/// order of ending (see [ProcessedLine] for the fields). The journal is the truth and this follows
/// it: the sequence of the last whole line on the disk tells where to go on, so that a crash
/// neither loses nor repeats a line. For one thread at a time.
///
/// When the file has reached `maxBytes` it becomes `processed-<UTC time>-<sequence of its last
/// line>.jsonl`, which is then compressed to `.jsonl.gz`; the newest `keep` of those are kept.
public final class ProcessedLog implements AutoCloseable {
    private static final int PAGE = 500;

    private final Path file;
    private final Journal journal;
    private final NodeName node;
    private final long maxBytes;
    private final RotatedLogs rotated;
    private @Nullable FileChannel channel; // null after an error, until the next call
    private long sequence;

    private ProcessedLog(
            Path file, Journal journal, NodeName node, long maxBytes, RotatedLogs rotated) {
        this.file = file;
        this.journal = journal;
        this.node = node;
        this.maxBytes = maxBytes;
        this.rotated = rotated;
    }

    /// Opens the log where it was left: a torn last line is cut off. Tells the journal what the log
    /// holds.
    ///
    /// @param maxBytes size at which the file is rotated; a file is larger by one page of lines at
    ///   most
    /// @param keep how many rotated files are kept
    /// @param clock for the names of rotated files
    public static ProcessedLog open(
            Path file, Journal journal, NodeName node, long maxBytes, int keep, InstantSource clock)
            throws IOException {
        ProcessedLog log =
                new ProcessedLog(file, journal, node, maxBytes, new RotatedLogs(file, keep, clock));
        log.goOn();
        return log;
    }

    /// Opens the file and finds out where to go on.
    private void goOn() throws IOException {
        FileChannel opened = channel(file);
        try {
            sequence = Math.max(LogTail.repair(file, opened), rotated.lastSequence());
            opened.force(true); // what an earlier process wrote may not be on the disk yet
        } catch (IOException | RuntimeException e) {
            opened.close();
            throw e;
        }
        channel = opened;
        journal.logged(sequence);
    }

    private static FileChannel channel(Path file) throws IOException {
        JournalFile.createPrivate(file);
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel.position(channel.size());
        return channel;
    }

    /// Writes every line that is new, and tells the journal once it is on the disk. Then rotates
    /// and compresses what is due. Blocks.
    ///
    /// @throws IOException if the file cannot be written; what is missing is written by the next
    ///   call
    public void writeNew() throws IOException {
        if (channel == null) {
            goOn();
        }
        try {
            for (List<Processed> page = page(); !page.isEmpty(); page = page()) {
                write(page);
            }
        } catch (IOException | RuntimeException e) {
            closeAfter(e);
            throw e;
        }
        rotated.compress();
    }

    private List<Processed> page() {
        return journal.processedAfter(sequence, PAGE, Page.BYTES);
    }

    private void write(List<Processed> page) throws IOException {
        FileChannel out = Objects.requireNonNull(channel);
        for (Processed processed : page) {
            ByteBuffer line = ByteBuffer.wrap(ProcessedLine.of(processed, node));
            while (line.hasRemaining()) {
                out.write(line);
            }
        }
        out.force(false);
        sequence = page.getLast().sequence();
        journal.logged(sequence);
        if (out.size() >= maxBytes) {
            out.close();
            rotated.rotate(sequence);
            channel = channel(file);
        }
    }

    /// The next call looks at the file anew, so that a line of which a part was written is made
    /// good.
    private void closeAfter(Exception cause) {
        try {
            close();
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
        channel = null;
    }

    @Override
    public void close() throws IOException {
        if (channel != null) {
            channel.close();
        }
    }
}

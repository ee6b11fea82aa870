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
    private FileChannel channel;
    private long sequence;

    private ProcessedLog(
            Path file,
            Journal journal,
            NodeName node,
            long maxBytes,
            RotatedLogs rotated,
            FileChannel channel,
            long sequence) {
        this.file = file;
        this.journal = journal;
        this.node = node;
        this.maxBytes = maxBytes;
        this.rotated = rotated;
        this.channel = channel;
        this.sequence = sequence;
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
        RotatedLogs rotated = new RotatedLogs(file, keep, clock);
        FileChannel channel = channel(file);
        try {
            long last = Math.max(LogTail.repair(file, channel), rotated.lastSequence());
            ProcessedLog log =
                    new ProcessedLog(file, journal, node, maxBytes, rotated, channel, last);
            journal.logged(last);
            return log;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
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
        if (!channel.isOpen()) {
            channel = channel(file); // an earlier call failed between closing and opening
            LogTail.repair(file, channel);
        }
        List<Processed> page = journal.processedAfter(sequence, PAGE);
        while (!page.isEmpty()) {
            write(page);
            if (channel.size() >= maxBytes) {
                channel.close();
                rotated.rotate(sequence);
                channel = channel(file);
            }
            page = page.size() < PAGE ? List.of() : journal.processedAfter(sequence, PAGE);
        }
        rotated.compress();
    }

    private void write(List<Processed> page) throws IOException {
        long start = channel.size();
        try {
            for (Processed processed : page) {
                ByteBuffer line = ByteBuffer.wrap(ProcessedLine.of(processed, node));
                while (line.hasRemaining()) {
                    channel.write(line);
                }
            }
            channel.force(false);
        } catch (IOException | RuntimeException e) {
            cutBackTo(start, e);
            throw e;
        }
        sequence = page.getLast().sequence();
        journal.logged(sequence);
    }

    /// Takes away what was written of a page that failed, so that it is not there twice.
    private void cutBackTo(long size, Exception cause) {
        try {
            channel.truncate(size);
            channel.position(size);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

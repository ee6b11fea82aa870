package io.steward.agent.journal;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/// Finds the last whole line of a log that may have been cut off anywhere.
final class LogTail {
    private static final int CHUNK = 64 * 1_024;

    private LogTail() {}

    /// Cuts off what stands behind the last line feed, and leaves the channel at the end.
    ///
    /// @return the sequence of the last line; 0 if there is none
    /// @throws IOException if the last line is not one of a processed log: it is not this agent's
    ///   file, and nothing is changed in it
    static long repair(Path file, FileChannel channel) throws IOException {
        long end = lastLineFeed(channel, channel.size()) + 1;
        long sequence = 0;
        if (end > 0) {
            long start = lastLineFeed(channel, end - 1) + 1;
            byte[] line = read(channel, start, Math.toIntExact(end - start));
            try {
                sequence = ProcessedLine.sequenceOf(line);
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        "processed log %s: the last line, at byte %d, is not one of this log: %s; move the file away, and a new one is begun"
                                .formatted(file, start, e.getMessage()),
                        e);
            }
        }
        if (end < channel.size()) {
            channel.truncate(end);
            channel.force(true);
        }
        channel.position(end);
        return sequence;
    }

    /// Where the last line feed before `end` is; -1 if there is none.
    private static long lastLineFeed(FileChannel channel, long end) throws IOException {
        long before = end;
        while (before > 0) {
            long start = Math.max(0, before - CHUNK);
            byte[] bytes = read(channel, start, (int) (before - start));
            for (int i = bytes.length - 1; i >= 0; i--) {
                if (bytes[i] == '\n') {
                    return start + i;
                }
            }
            before = start;
        }
        return -1;
    }

    private static byte[] read(FileChannel channel, long start, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, start + buffer.position()) < 0) {
                throw new EOFException("the processed log became shorter while it was read");
            }
        }
        return buffer.array();
    }
}

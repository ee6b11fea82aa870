package io.steward.agent.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// The file `journal.db.lock`: locked by the process that has the journal open. Its content says
/// how the journal was left: nothing (there has been none), `clean`, or `open` (the process died).
final class JournalLock implements AutoCloseable {

    /// How the journal was left.
    enum Left {
        NONE,
        CLEAN,
        OPEN
    }

    private final FileChannel channel;
    private final Left left;

    private JournalLock(FileChannel channel, Left left) {
        this.channel = channel;
        this.left = left;
    }

    /// @throws JournalException if another process, or another journal of this one, has it
    static JournalLock take(Path file) throws IOException {
        Path path = file.resolveSibling(file.getFileName() + ".lock");
        JournalFile.createPrivate(path);
        FileChannel channel =
                FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            if (tryLock(channel) == null) {
                throw new JournalException(
                        JournalException.Kind.OTHER,
                        "journal %s is in use by another agent (its lock file is %s): stop that one first, or give this one another data folder"
                                .formatted(file, path));
            }
            return new JournalLock(channel, read(channel));
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static Left read(FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(16);
        channel.read(bytes, 0);
        return switch (new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII)
                .strip()) {
            case "" -> Left.NONE;
            case "clean" -> Left.CLEAN;
            default -> Left.OPEN;
        };
    }

    Left left() {
        return left;
    }

    void mark(Left state) throws IOException {
        String word =
                switch (state) {
                    case NONE -> "";
                    case CLEAN -> "clean\n";
                    case OPEN -> "open\n";
                };
        ByteBuffer bytes = ByteBuffer.wrap(word.getBytes(StandardCharsets.US_ASCII));
        int length = bytes.remaining();
        channel.write(bytes, 0);
        channel.truncate(length);
        channel.force(true);
    }

    /// Also releases the lock.
    @Override
    public void close() throws IOException {
        channel.close();
    }
}

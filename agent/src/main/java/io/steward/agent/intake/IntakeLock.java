package io.steward.agent.intake;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Keeps a second agent from taking the same inputs: the claims of one are not the leftovers of the
/// other. Held until it is closed, or the agent dies. The file stays.
final class IntakeLock implements AutoCloseable {
    private final Path file;
    private @Nullable FileChannel channel;
    private @Nullable FileLock lock;

    IntakeLock(Path file) {
        this.file = file;
    }

    /// Does not wait.
    ///
    /// @return whether it is held now
    boolean tryHold() throws IOException {
        if (lock != null) {
            return true;
        }
        FileChannel opened =
                FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        LinkOption.NOFOLLOW_LINKS);
        try {
            lock = opened.tryLock();
        } catch (OverlappingFileLockException e) {
            lock = null;
        }
        if (lock == null) {
            opened.close();
            return false;
        }
        channel = opened;
        return true;
    }

    @Override
    public void close() throws IOException {
        lock = null;
        if (channel != null) {
            channel.close();
            channel = null;
        }
    }
}

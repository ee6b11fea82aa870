package io.steward.agent.intake;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// What intake needs of the file system beyond `java.nio.file`: leases, a rename that never
/// replaces, folders made durable. On Linux through the kernel's calls, elsewhere the portable next
/// best. Thread-safe.
final class FileSystemCalls implements WriterProbe {
    private final @Nullable Linux linux;

    FileSystemCalls() {
        this(Linux.isHere() ? new Linux() : null);
    }

    /// @param linux null to do without
    FileSystemCalls(@Nullable Linux linux) {
        this.linux = linux;
    }

    @Override
    public State probe(Path file) {
        if (linux == null) {
            return State.UNKNOWN;
        }
        return switch (linux.tryReadLease(file)) {
            case 0 -> State.NONE;
            case Linux.EAGAIN -> State.WRITING;
            // why: EINVAL where the file system has no leases, EACCES where the file is another
            // user's and the agent is not root
            default -> State.UNKNOWN;
        };
    }

    /// Renames `from` to `to` within one file system.
    ///
    /// @throws FileAlreadyExistsException if something has that name; it is left as it is
    void renameNoReplace(Path from, Path to) throws IOException {
        if (linux != null) {
            switch (linux.renameNoReplace(from, to)) {
                case 0 -> {
                    return;
                }
                case Linux.EEXIST -> throw new FileAlreadyExistsException(to.toString());
                case Linux.ENOENT -> throw new NoSuchFileException(from.toString());
                default -> {}
            }
        }
        // why: not atomic, but in every state between at least one of the names has the file
        Files.createLink(to, from);
        Files.delete(from);
    }

    /// Makes the names in a folder durable, as far as the system can.
    void sync(Path folder) throws IOException {
        if (linux == null) {
            return;
        }
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}

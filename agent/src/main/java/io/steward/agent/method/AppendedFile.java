package io.steward.agent.method;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/// One open file of lines. Not thread-safe.
final class AppendedFile implements AutoCloseable {
    private static final Set<OpenOption> OPTIONS =
            Set.of(
                    StandardOpenOption.CREATE,
                    StandardOpenOption.READ,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS);

    private final Path path;
    private final FileChannel channel;
    private long size;

    private AppendedFile(Path path, FileChannel channel, long size) {
        this.path = path;
        this.channel = channel;
        this.size = size;
    }

    /// Opens the file, making it and its folders (for the agent's user and group) where they are
    /// not there. A last line that a crash cut off is ended, so that the next one stands by itself.
    static AppendedFile open(Path path) throws IOException {
        Path folder = path.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException(path + " is not a file in a folder");
        }
        Files.createDirectories(folder, permissions(folder, "rwxr-x---"));
        boolean fresh = !Files.exists(path, LinkOption.NOFOLLOW_LINKS);
        FileChannel channel = FileChannel.open(path, OPTIONS, permissions(folder, "rw-r-----"));
        try {
            if (fresh) {
                sync(folder);
            }
            AppendedFile file = new AppendedFile(path, channel, channel.size());
            file.endTornLine();
            return file;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    boolean isAt(Path other) {
        return path.equals(other);
    }

    boolean isFull(int more, long maxBytes) {
        return size > 0 && size + more > maxBytes;
    }

    void append(byte[] bytes) throws IOException {
        try {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            long at = size;
            while (buffer.hasRemaining()) {
                at += channel.write(buffer, at);
            }
            channel.force(false);
            size = at;
        } catch (IOException e) {
            try {
                channel.truncate(size);
            } catch (IOException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    private void endTornLine() throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        if (size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n') {
            append(new byte[] {'\n'});
        }
    }

    /// Makes the names in a folder durable.
    static void sync(Path folder) throws IOException {
        try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
            directory.force(true);
        }
    }

    private static FileAttribute<?>[] permissions(Path folder, String permissions) {
        if (!folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return new FileAttribute<?>[0];
        }
        return new FileAttribute<?>[] {
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
        };
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}

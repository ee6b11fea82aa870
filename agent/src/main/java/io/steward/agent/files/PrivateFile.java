package io.steward.agent.files;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/// Files (mode 0600) and folders (0700) that only their owner may use, from the moment they exist:
/// who can read them can act as this agent, and who can write them can have commands run.
public final class PrivateFile {
    private static final Set<PosixFilePermission> OTHERS =
            EnumSet.complementOf(
                    EnumSet.of(
                            PosixFilePermission.OWNER_READ,
                            PosixFilePermission.OWNER_WRITE,
                            PosixFilePermission.OWNER_EXECUTE));

    private PrivateFile() {}

    /// Makes an empty file.
    ///
    /// @throws FileAlreadyExistsException if there is one
    public static void create(Path file) throws IOException {
        Files.createFile(file, attributes(file));
    }

    /// With which a file is made.
    public static FileAttribute<?>[] attributes(Path file) {
        return only(file, "rw-------");
    }

    /// Makes the folder, and those above it, where they are missing.
    ///
    /// @throws IOException if it cannot be made, or something else has its name
    public static void folders(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            return;
        }
        try {
            Files.createDirectories(folder, only(folder, "rwx------"));
        } catch (FileAlreadyExistsException e) {
            FileSystemException said =
                    new FileSystemException(
                            folder.toString(), null, "is there and is not a folder");
            said.initCause(e);
            throw said;
        }
    }

    /// Replaces a file in one step; what was there before stays if that fails.
    public static void replace(Path file, String content) throws IOException {
        replace(file, content, false);
    }

    /// As [#replace], and what was written is there after a power cut.
    public static void keep(Path file, String content) throws IOException {
        replace(file, content, true);
    }

    private static void replace(Path file, String content, boolean durable) throws IOException {
        Path temporary =
                file.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(temporary);
        create(temporary);
        try {
            Files.writeString(temporary, content, StandardCharsets.UTF_8);
            if (durable) {
                sync(temporary, StandardOpenOption.WRITE);
            }
            Files.move(
                    temporary,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            Path folder = file.toAbsolutePath().getParent();
            if (durable && folder != null) {
                sync(folder, StandardOpenOption.READ);
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /// Gives a file another name in one step, which holds after a power cut.
    public static void move(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path folder = to.toAbsolutePath().getParent();
        if (folder != null) {
            sync(folder, StandardOpenOption.READ);
        }
    }

    private static void sync(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    /// The text of a file that holds a secret, without the spaces around it.
    ///
    /// @throws java.nio.file.NoSuchFileException if there is none
    /// @throws IOException if others may read or write it, or it is no file
    public static String secret(Path file) throws IOException {
        if (isPosix(file)) {
            Set<PosixFilePermission> has =
                    Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS);
            if (has.stream().anyMatch(OTHERS::contains)) {
                throw new IOException(
                        "%s may be used by others (%s): what is secret is a file of mode 0600; if nobody has read it, chmod 600 it"
                                .formatted(file, PosixFilePermissions.toString(has)));
            }
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(file + " is not a file: expected one of mode 0600");
        }
        return Files.readString(file, StandardCharsets.UTF_8).strip();
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static FileAttribute<?>[] only(Path path, String permissions) {
        return isPosix(path)
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }
}

package io.steward.agent.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/// Who besides the agent's user may write where the agent takes what it is to do. Where a file
/// system has no permissions of POSIX, nothing is found.
public final class Ownership {
    private Ownership() {}

    /// What is wrong with a folder in which the agent alone is to write: another user than its own
    /// or root owns it, or the group or others may write into it.
    ///
    /// @return empty if nothing is, or there is no such folder
    /// @throws IOException if it cannot be looked at
    public static Optional<String> problem(Path folder) throws IOException {
        if (!isPosix(folder) || !Files.isDirectory(folder)) {
            return Optional.empty();
        }
        String user = System.getProperty("user.name", "?");
        String owner = Files.getOwner(folder).getName();
        // why: a user without a name is "?" to Java
        if (!user.equals("?") && !owner.equals(user) && !owner.equals("root")) {
            return Optional.of(
                    "%s belongs to %s: expected %s or root (chown %s %s)"
                            .formatted(folder, owner, user, user, folder));
        }
        Set<PosixFilePermission> has = Files.getPosixFilePermissions(folder);
        if (has.contains(PosixFilePermission.GROUP_WRITE)
                || has.contains(PosixFilePermission.OTHERS_WRITE)) {
            return Optional.of(
                    "%s can be written by others than its owner (%s): expected it not to be (chmod go-w %s)"
                            .formatted(folder, PosixFilePermissions.toString(has), folder));
        }
        return Optional.empty();
    }

    /// Whether every user of the machine may write into a file.
    ///
    /// @return false if there is no such file
    /// @throws IOException if it cannot be looked at
    public static boolean isForAll(Path file) throws IOException {
        return isPosix(file)
                && Files.exists(file)
                && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_WRITE);
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }
}

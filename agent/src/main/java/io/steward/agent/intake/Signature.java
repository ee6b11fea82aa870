package io.steward.agent.intake;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import org.jspecify.annotations.Nullable;

/// What tells one content of a file from another without reading it.
///
/// @param kind of what it is, for a person; `a file` for a regular one
/// @param key which file it is, whatever its name; null where the system cannot say
record Signature(String kind, @Nullable Object key, long size, FileTime modified) {

    static final String FILE = "a file";

    /// @return null if there is nothing of that name; symbolic links are not followed
    static @Nullable Signature of(Path path) throws IOException {
        BasicFileAttributes a;
        try {
            a = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        } catch (NoSuchFileException e) {
            return null;
        }
        String kind =
                a.isRegularFile()
                        ? FILE
                        : a.isSymbolicLink()
                                ? "a symbolic link"
                                : a.isDirectory() ? "a folder" : "a pipe or device";
        return new Signature(kind, a.fileKey(), a.size(), a.lastModifiedTime());
    }

    /// How many names the file has; 1 where the system cannot say.
    static int names(Path path) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            return 1;
        }
        return (int) Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS);
    }

    boolean isFile() {
        return kind.equals(FILE);
    }
}

package io.steward.agent.app;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the database driver unpacks its native library: in the data folder, which this agent alone
/// has, and not in the machine's temporary folder, where an agent that is killed would leave it for
/// ever. Whoever starts the JVM with `-Dorg.sqlite.tmpdir` has chosen another place, and keeps it
/// clean.
final class DriverFolder {
    private static final Logger log = LoggerFactory.getLogger(DriverFolder.class);
    private static final String PROPERTY = "org.sqlite.tmpdir";

    private final Path folder;

    private DriverFolder(Path folder) {
        this.folder = folder;
    }

    /// Makes the folder if it is missing (mode 0700), removes what an earlier agent has left in it,
    /// and points the driver to it; to be called before the driver is loaded.
    ///
    /// @param data the data folder, which is held by this process
    /// @throws IOException if it cannot be made
    static DriverFolder prepare(Path data) throws IOException {
        Path folder = data.resolve("lib").toAbsolutePath();
        if (!Files.isDirectory(folder)) {
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Files.createDirectory(
                        folder,
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString("rwx------")));
            } else {
                Files.createDirectory(folder);
            }
        }
        DriverFolder made = new DriverFolder(folder);
        made.clear();
        String chosen = System.getProperty(PROPERTY);
        if (chosen == null || !Files.isDirectory(Path.of(chosen))) {
            System.setProperty(PROPERTY, folder.toString());
        }
        return made;
    }

    /// Removes what is in it. A library that is loaded stays so: it needs its file no more where
    /// files can be removed while they are open, and elsewhere the next start removes it.
    void clear() {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                remove(file);
            }
        } catch (IOException e) {
            log.warn("cannot look into {}: {}", folder, e.toString());
        }
    }

    private static void remove(Path file) throws IOException {
        try {
            Files.deleteIfExists(file);
        } catch (FileSystemException e) {
            log.debug("{} stays until the next start: {}", file, e.toString());
        }
    }
}

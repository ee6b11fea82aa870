package io.steward.agent.facts;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The files in which the system says what it is. Paths are absolute and looked up below the root;
/// what cannot be read is null.
final class MachineFiles {
    /// So many bytes of a file are read at most.
    static final int LIMIT = 1 << 20;

    private static final Logger log = LoggerFactory.getLogger(MachineFiles.class);

    private final Path root;

    MachineFiles(Path root) {
        this.root = root;
    }

    Path path(String path) {
        return root.resolve(path.substring(1));
    }

    boolean exists(String path) {
        return Files.exists(path(path));
    }

    /// The first [#LIMIT] bytes of the file.
    @Nullable String text(String path) {
        return text(path, LIMIT);
    }

    /// The first `limit` bytes of the file.
    @Nullable String text(String path, int limit) {
        Path file = path(path);
        // why: a pipe in the place of a file would block for ever
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return new String(in.readNBytes(limit), StandardCharsets.UTF_8);
        } catch (IOException e) {
            log.debug("{} cannot be read", file, e);
            return null;
        }
    }

    /// The lines of [#text]; none if it cannot be read.
    List<String> lines(String path) {
        String text = text(path);
        return text == null ? List.of() : text.lines().toList();
    }

    /// The first line without spaces around it, or what is before the first NUL; null if that is
    /// nothing.
    @Nullable String line(String path) {
        String text = text(path);
        if (text == null) {
            return null;
        }
        String line = text.lines().findFirst().orElse("");
        int end = line.indexOf('\0');
        String stripped = (end < 0 ? line : line.substring(0, end)).strip();
        return stripped.isEmpty() ? null : stripped;
    }

    /// What the symbolic link says; null if it is none.
    @Nullable String link(String path) {
        Path link = path(path);
        if (!Files.isSymbolicLink(link)) {
            return null;
        }
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            log.debug("{} cannot be read", link, e);
            return null;
        }
    }

    /// The names in a folder, at most `most`, in no order; none if it cannot be read.
    List<String> names(String folder, int most) {
        List<String> names = new ArrayList<>();
        if (!exists(folder)) {
            return names;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path(folder))) {
            for (Path entry : entries) {
                if (names.size() == most) {
                    break;
                }
                names.add(entry.getFileName().toString());
            }
        } catch (IOException e) {
            log.debug("{} cannot be read", path(folder), e);
        }
        return names;
    }
}

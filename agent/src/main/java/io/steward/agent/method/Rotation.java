package io.steward.agent.method;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Rotated files: `x.log`, `x.log.1` (the newest of the old), `x.log.2`.
final class Rotation {
    private Rotation() {}

    /// Moves every file one on; the oldest, number `keep`, is replaced. With `keep` 0 the file is
    /// removed.
    static void rotate(Path file, int keep) throws IOException {
        if (keep == 0) {
            Files.deleteIfExists(file);
            return;
        }
        for (int number = keep - 1; number >= 0; number--) {
            Path from = numbered(file, number);
            if (Files.exists(from)) {
                Files.move(from, numbered(file, number + 1), StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static Path numbered(Path file, int number) {
        return number == 0 ? file : file.resolveSibling(file.getFileName() + "." + number);
    }
}

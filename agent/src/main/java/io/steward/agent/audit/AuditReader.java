package io.steward.agent.audit;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads an audit log for people, with no agent.
public final class AuditReader {
    private AuditReader() {}

    /// The last lines of the log of a data folder, over all its files, the oldest first. Lines that
    /// are none are left out: [AuditVerifier] finds them.
    ///
    /// @param most how many; 0 for all
    /// @param since only those of then or later; null for all
    /// @throws IOException if a file cannot be read, or there is none
    public static List<JsonNode> last(Path folder, int most, @Nullable Instant since)
            throws IOException {
        List<Path> files = AuditFiles.all(folder);
        if (files.isEmpty()) {
            throw new IOException(
                    "%s has no %s: expected the data folder of an agent"
                            .formatted(folder, AuditFiles.NAME));
        }
        Deque<JsonNode> last = new ArrayDeque<>();
        for (Path file : files) {
            try (Lines lines = new Lines(file)) {
                for (byte[] bytes = lines.next(); bytes != null; bytes = lines.next()) {
                    AuditLine line = AuditLine.of(bytes).orElse(null);
                    if (line != null && (since == null || !isBefore(line, since))) {
                        last.add(line.json());
                        if (most > 0 && last.size() > most) {
                            last.remove();
                        }
                    }
                }
            }
        }
        return List.copyOf(last);
    }

    private static boolean isBefore(AuditLine line, Instant since) {
        try {
            return Instant.parse(line.json().path("at").asText()).isBefore(since);
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}

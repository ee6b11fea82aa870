package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Tells when the agent says why it does not take inmsg.txt, in `inmsg.txt.error`, and when that is
/// over. Used by one thread.
final class UpNote {
    private static final int LINES_SHOWN = 20;

    private final Shell shell;
    private final Path inmsg;
    private final Path note;
    private final Instant start;
    private @Nullable String told;

    /// @param status of the agent when it was ready; a note older than the agent is not told
    UpNote(Shell shell, JsonNode status) {
        this.shell = shell;
        this.inmsg = real(Path.of(status.path("inmsg").asText()));
        this.note = inmsg.resolveSibling(inmsg.getFileName() + ".error");
        // why: file systems may round times down to whole seconds
        this.start = Instant.parse(status.path("startedAt").asText()).minusSeconds(1);
    }

    /// The agent writes the note beside what a link points to.
    private static Path real(Path file) {
        try {
            return file.toRealPath();
        } catch (IOException e) {
            return file;
        }
    }

    /// Says what has changed since the last look.
    void look() {
        @Nullable String now;
        try {
            now = read();
        } catch (IOException e) {
            // why: it cannot be read now, which says nothing about what it tells
            return;
        }
        if (now == null && told != null) {
            shell.say("%s is right again, and %s is gone".formatted(inmsg, note));
        } else if (now != null && !now.equals(told)) {
            shell.say("%s is not taken; %s says:".formatted(inmsg, note));
            now.lines().limit(LINES_SHOWN).forEach(line -> shell.say("  " + line));
        }
        told = now;
    }

    private @Nullable String read() throws IOException {
        try {
            FileTime written = Files.getLastModifiedTime(note);
            return written.toInstant().isBefore(start) ? null : Files.readString(note);
        } catch (NoSuchFileException e) {
            return null;
        }
    }
}

package io.steward.agent.intake;

import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// The file beside an input that says why it is not taken: `inmsg.txt.error`.
final class ErrorNote {
    private final Path subject;
    private final Path file;
    private final InstantSource clock;
    private @Nullable String shown;
    private boolean clean;

    /// @param subject the input it is about; the note has its name with `.error` behind it
    ErrorNote(Path subject, InstantSource clock) {
        this(subject, subject.resolveSibling(subject.getFileName() + ".error"), clock);
    }

    ErrorNote(Path subject, Path file, InstantSource clock) {
        this.subject = subject;
        this.file = file;
        this.clock = clock;
    }

    /// Writes the note, atomically; does nothing if it says that already.
    ///
    /// @param outcome a second sentence: what that means for the input
    void show(String reason, String outcome) throws IOException {
        String text = reason + "\n" + outcome + "\n";
        if (text.equals(shown)) {
            return;
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Path temporary = file.resolveSibling("." + subject.getFileName() + ".error.tmp");
        clean = false;
        Files.deleteIfExists(temporary);
        PrivateFile.create(temporary);
        Files.writeString(temporary, now + " " + subject.getFileName() + ": " + text);
        Likeness.copy(subject, temporary);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        shown = text;
    }

    /// Takes the note away.
    void clear() throws IOException {
        if (!clean) {
            Files.deleteIfExists(file);
            shown = null;
            clean = true;
        }
    }
}

package io.steward.agent.intake;

import io.steward.agent.files.Ownership;
import io.steward.messages.InputDecoder.Format;
import io.steward.messages.Limits;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Looks at inmsg.txt without changing it, and tells people what is wrong with it. Used by one
/// thread.
final class InmsgPeek {
    private static final String UNTOUCHED =
            "Nothing of it has been sent. It is read again as soon as it changes.";

    private final Path file;
    private final Surroundings with;
    private final ErrorNote note;
    private final Format format;
    private final Stillness still = new Stillness();
    private final Stillness missing = new Stillness();
    private final Stillness writing = new Stillness();
    private @Nullable Signature judged;
    private @Nullable Signature refused;
    private boolean waiting;
    private boolean hasLooked;

    InmsgPeek(Path file, Surroundings with, ErrorNote note) {
        this.file = file;
        this.with = with;
        this.note = note;
        format = Input.formatOf(file);
    }

    /// Whether time alone may change what it thinks of the file.
    boolean isWaiting() {
        return waiting;
    }

    /// Looks. Makes the file where it has been missing for a while.
    ///
    /// @return whether what stands in the file decodes, and is to be claimed
    boolean wantsToBeTaken(Claims claims) throws IOException {
        waiting = false;
        Instant now = with.now();
        Signature is = Signature.of(file);
        Duration gone = missing.of(is == null ? "missing" : null, now);
        Duration quiet = still.of(is, now);
        if (is == null) {
            note.clear();
            if (gone.compareTo(Times.MISSING) >= 0 || !hasLooked) {
                claims.recreate(null);
            } else {
                waiting = true;
            }
            hasLooked = true;
            return false;
        }
        hasLooked = true;
        if (!is.isFile() || Signature.names(file) > 1) {
            String what = is.isFile() ? "a file that has other names (hard links) too" : is.kind();
            return wrong("is " + what + ": expected a regular file of its own");
        }
        if (is.size() == 0) {
            note.clear();
            return false;
        }
        if (Ownership.isForAll(file)) {
            return wrong(
                    "can be written by every user: expected one that others cannot (chmod o-w)");
        }
        if (is.equals(judged) || is.equals(refused)) {
            return false;
        }
        if (is.size() > Limits.MAX_INPUT_BYTES) {
            return wrong("is larger than %d MiB".formatted(Limits.MAX_INPUT_BYTES >> 20));
        }
        WriterProbe.State state = with.probe().probe(file);
        Duration held = writing.of(state == WriterProbe.State.WRITING ? state : null, now);
        if (state == WriterProbe.State.WRITING && held.compareTo(Times.PATIENCE) < 0) {
            waiting = true;
            return false;
        }
        return judge(is, quiet, state);
    }

    private boolean judge(Signature is, Duration quiet, WriterProbe.State state)
            throws IOException {
        Input input;
        try {
            input = Input.read(file, format, with.decoder());
        } catch (NoSuchFileException e) {
            return false;
        }
        boolean settled = quiet.compareTo(Times.SETTLED) >= 0;
        waiting = !settled;
        judged = settled ? is : null;
        return switch (input) {
            case Input.Blank blank -> {
                note.clear();
                yield false;
            }
            case Input.Good good -> {
                // why: the beginning of YAML may be YAML too, so that only quiet tells its end
                boolean quietCounts = state == WriterProbe.State.UNKNOWN || format == Format.YAML;
                boolean now = !quietCounts || quiet.compareTo(Times.QUIET) >= 0;
                if (now) {
                    judged = null;
                    note.clear();
                }
                yield now;
            }
            case Input.Bad bad -> {
                Duration enough = bad.incomplete() ? Times.INCOMPLETE : Times.WRONG;
                if (quiet.compareTo(enough) >= 0) {
                    note.show(bad.reason(), UNTOUCHED);
                }
                yield false;
            }
        };
    }

    private boolean wrong(String reason) throws IOException {
        note.show(reason, UNTOUCHED);
        return false;
    }

    /// The outbox will never take what is in the file now.
    void refused(@Nullable Signature content, String reason) throws IOException {
        refused = content;
        note.show(reason, UNTOUCHED);
    }
}

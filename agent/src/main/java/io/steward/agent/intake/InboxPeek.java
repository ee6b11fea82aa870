package io.steward.agent.intake;

import io.steward.messages.InputDecoder.Format;
import io.steward.messages.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Looks through a drop folder without changing it. Used by one thread.
final class InboxPeek {
    /// How many files are found ready at one look.
    private static final int BATCH = 1_000;

    /// Bytes of a name; behind it come a ulid, a number, `.error`, within the system's 255.
    private static final int LONGEST_NAME = 200;

    private final Path inbox;
    private final Surroundings with;
    private final BiConsumer<String, Exception> problems;
    private Map<String, Candidate> candidates = new HashMap<>();
    private boolean waiting;

    /// @param hopeless whether it does not decode and is not going to
    record Ready(String name, boolean hopeless) {}

    /// What is known of a file between looks.
    private static final class Candidate {
        final Stillness still = new Stillness();
        @Nullable Signature bad;
        boolean told;
    }

    /// @param problems told once of each file that is left alone although its name is right
    InboxPeek(Path inbox, Surroundings with, BiConsumer<String, Exception> problems) {
        this.inbox = inbox;
        this.with = with;
        this.problems = problems;
    }

    /// Whether time alone may make a file ready.
    boolean isWaiting() {
        return waiting;
    }

    /// The files that are ready to be claimed, those changed first being first.
    List<Ready> ready() throws IOException {
        waiting = false;
        List<Seen> there = list();
        Map<String, Candidate> next = new HashMap<>();
        there.forEach(seen -> next.put(seen.name(), seen.candidate()));
        candidates = next;
        List<Ready> ready = new ArrayList<>();
        for (Seen seen : there) {
            if (ready.size() == BATCH) {
                waiting = true;
                break;
            }
            Ready file = judge(seen.name(), seen.signature(), seen.candidate());
            if (file != null) {
                ready.add(file);
            }
        }
        return ready;
    }

    private record Seen(String name, Signature signature, Candidate candidate) {}

    private List<Seen> list() throws IOException {
        List<Seen> there = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(inbox)) {
            for (Path path : files) {
                String name = String.valueOf(path.getFileName());
                Signature signature = isWanted(name) ? Signature.of(path) : null;
                if (signature != null) {
                    Candidate known = candidates.get(name);
                    there.add(new Seen(name, signature, known == null ? new Candidate() : known));
                }
            }
        }
        there.sort(
                Comparator.comparing((Seen seen) -> seen.signature().modified())
                        .thenComparing(Seen::name));
        return there;
    }

    private static boolean isWanted(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return !lower.startsWith(".")
                && (lower.endsWith(".json") || lower.endsWith(".yaml") || lower.endsWith(".yml"));
    }

    private @Nullable Ready judge(String name, Signature is, Candidate candidate)
            throws IOException {
        Path path = inbox.resolve(name);
        Duration quiet = candidate.still.of(is, with.now());
        if (isLeftAlone(path, is, quiet, candidate)) {
            return null;
        }
        Duration patience = is.size() == 0 ? Times.EMPTY : Times.FAILED;
        boolean hasTime = quiet.compareTo(patience) < 0;
        if (hasTime && (is.size() == 0 || is.equals(candidate.bad))) {
            waiting |= is.size() != 0;
            return null;
        }
        WriterProbe.State state = with.probe().probe(path);
        if (state == WriterProbe.State.WRITING) {
            waiting = true;
            return null;
        }
        Format format = Input.formatOf(path);
        Input input;
        try {
            input =
                    is.size() > Limits.MAX_INPUT_BYTES
                            ? new Input.Bad("too large", false)
                            : Input.read(path, format, with.decoder());
        } catch (NoSuchFileException e) {
            return null;
        }
        if (input instanceof Input.Good) {
            // why: the beginning of YAML may be YAML too, so that only quiet tells its end
            boolean quietCounts = state == WriterProbe.State.UNKNOWN || format == Format.YAML;
            if (!quietCounts || quiet.compareTo(Times.QUIET) >= 0) {
                return new Ready(name, false);
            }
        } else if (!hasTime) {
            return new Ready(name, true);
        } else {
            candidate.bad = is;
        }
        waiting = true;
        return null;
    }

    /// Tells of it once, when it has been so for a while: a program may be about to put it right.
    private boolean isLeftAlone(Path path, Signature is, Duration quiet, Candidate candidate)
            throws IOException {
        String reason;
        if (!is.isFile()) {
            reason = "is " + is.kind() + ": only regular files are taken";
        } else if (String.valueOf(path.getFileName()).getBytes(StandardCharsets.UTF_8).length
                > LONGEST_NAME) {
            reason = "its name is longer than " + LONGEST_NAME + " bytes: it is left alone";
        } else {
            int names;
            try {
                names = Signature.names(path);
            } catch (NoSuchFileException e) {
                return true;
            }
            if (names == 1) {
                return false;
            }
            reason = "it has other names (hard links) too: it is left alone";
        }
        if (!candidate.told && quiet.compareTo(Times.FAILED) >= 0) {
            candidate.told = true;
            problems.accept("taking " + path, new IOException(reason));
        }
        return true;
    }
}

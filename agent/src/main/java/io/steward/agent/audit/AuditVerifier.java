package io.steward.agent.audit;

import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.SqliteJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Checks the chain of an audit log, over all its files: finds lines that were changed, removed,
/// inserted, repeated or put elsewhere, an end that was cut off, and lines that were added while
/// the agent was stopped. Needs no agent. For one use.
public final class AuditVerifier {
    /// Numbers so far behind the first are not believed.
    private static final long FARTHEST = 500_000_000;

    /// What was found.
    ///
    /// @param lines how many there are
    /// @param first the number of the first; 0 for none
    /// @param last the number of the last; 0 for none
    /// @param end whether the journal was there to say where the end is
    public record Report(long lines, long first, long last, boolean end, List<Finding> findings) {
        public Report {
            findings = List.copyOf(findings);
        }

        public boolean isIntact() {
            return findings.isEmpty();
        }
    }

    /// A line, and where it stands.
    ///
    /// @param n that which it ought to have
    /// @param unreadable how many lines right before it are none
    private record Placed(Path file, long place, AuditLine line, long n, long unreadable) {
        Placed numbered(long other) {
            return new Placed(file, place, line, other, unreadable);
        }
    }

    private final @Nullable Path folder;
    private final @Nullable Head kept;
    private final boolean part;
    private final BitSet numbers = new BitSet();
    private final BitSet seen = new BitSet();
    private final List<Finding> findings = new ArrayList<>();
    private long lines;
    private long first;
    private long removed;
    private @Nullable Placed base;
    private @Nullable Placed beforeBase;
    private @Nullable Placed atKept;
    private @Nullable Placed behindKept;

    /// @param folder whose journal knows where the log was closed; null for none
    /// @param kept where the end is; null if that is not known
    /// @param part whether there may be files before these
    private AuditVerifier(@Nullable Path folder, @Nullable Head kept, boolean part) {
        this.folder = folder;
        this.kept = kept;
        this.part = part;
    }

    /// Checks the log of a data folder, against what its journal knows of the end.
    ///
    /// @throws IOException if a file cannot be read, or there is none
    public static Report ofFolder(Path folder) throws IOException {
        Head kept = kept(folder, Head.KEPT); // why: first, as an agent may be writing
        List<Path> files = AuditFiles.all(folder);
        if (!files.isEmpty()) {
            return new AuditVerifier(folder, kept, false).check(files);
        }
        if (kept == null) {
            throw new IOException(
                    "%s has no %s: expected the data folder of an agent"
                            .formatted(folder, AuditFiles.NAME));
        }
        Finding missing =
                new Finding(
                        folder.resolve(AuditFiles.NAME),
                        1,
                        "it is missing: the journal knows of line n=" + kept.n());
        return new Report(0, 0, 0, true, List.of(missing));
    }

    /// Checks some files of a log, in the order of their lines; what may stand before and behind
    /// them is not known.
    public static Report ofFiles(List<Path> files) throws IOException {
        return new AuditVerifier(null, null, true).check(files);
    }

    private static @Nullable Head kept(Path folder, String name) throws IOException {
        try {
            return SqliteJournal.keptIn(folder.resolve("journal.db"), name)
                    .flatMap(Head::of)
                    .orElse(null);
        } catch (JournalException e) {
            throw new IOException("where the audit log ends cannot be asked: " + e.getMessage(), e);
        }
    }

    private Report check(List<Path> files) throws IOException {
        for (Path file : files) {
            number(file);
        }
        lines = 0;
        Placed waiting = null;
        long unreadable = 0;
        for (Path file : files) {
            long place = 0;
            try (Lines in = new Lines(file)) {
                for (byte[] bytes = in.next(); bytes != null; bytes = in.next()) {
                    place++;
                    lines++;
                    Optional<AuditLine> line = AuditLine.of(bytes);
                    if (line.isEmpty()) {
                        find(file, place, "is not a line of an audit log: it was changed");
                        unreadable++;
                        continue;
                    }
                    Placed next = new Placed(file, place, line.get(), line.get().n(), unreadable);
                    unreadable = 0;
                    if (waiting != null) {
                        take(waiting, next.line());
                    }
                    waiting = next;
                }
            }
        }
        if (waiting != null) {
            take(waiting, null);
        }
        checkEnd(files.getLast(), unreadable);
        checkAdded();
        Placed last = base;
        return new Report(lines, first, last == null ? 0 : last.n(), kept != null, findings);
    }

    private void number(Path file) throws IOException {
        try (Lines in = new Lines(file)) {
            for (byte[] bytes = in.next(); bytes != null; bytes = in.next()) {
                AuditLine line = AuditLine.of(bytes).orElse(null);
                if (line != null) {
                    if (first == 0) {
                        first = line.kind().equals("begin") ? 1 : line.n();
                    }
                    if (isNear(line.n())) {
                        numbers.set(index(line.n()));
                    }
                    if (line.kind().equals("removed")) {
                        removed = Math.max(removed, line.json().path("last").asLong());
                    }
                }
            }
        }
    }

    private boolean isNear(long n) {
        return n >= first && n - first < FARTHEST;
    }

    private int index(long n) {
        return (int) (n - first);
    }

    /// @param after the line behind it; null for the last
    private void take(Placed next, @Nullable AuditLine after) {
        Placed before = base;
        if (before == null) {
            begin(next);
        } else if (next.line().prev().equals(before.line().hash())) {
            if (next.n() != before.n() + 1) {
                find(
                        next,
                        "was changed: it has n=%d, and expected is n=%d"
                                .formatted(next.n(), before.n() + 1));
            }
            follow(next.numbered(before.n() + 1));
        } else {
            broken(before, next, after);
        }
        tellOf(next);
    }

    private void begin(Placed next) {
        AuditLine line = next.line();
        if (first != 1
                && line.n() - next.unreadable() > removed + 1
                && !(part && next.place() == 1 && line.kind().equals("continued"))) {
            find(next, "the lines before n=%d are missing".formatted(line.n()));
        } else if (first == 1
                && !(line.n() == 1
                        && line.kind().equals("begin")
                        && line.prev().equals(start(line.json().path("start").asText())))) {
            find(next, "was changed: expected the beginning of the chain");
        }
        follow(next.numbered(first == 1 ? 1 : line.n()));
    }

    private static String start(String text) {
        try {
            return Hash.of(Base64.getDecoder().decode(text));
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /// The line does not follow on the one before.
    private void broken(Placed before, Placed next, @Nullable AuditLine after) {
        long n = next.n();
        if (n == before.n() + 1) {
            boolean vouched = isVouched(next, after);
            find(
                    vouched ? before : next,
                    "was changed: the hash %s is another one"
                            .formatted(
                                    vouched
                                            ? "that the next line has of it"
                                            : "that it has of the line before"));
            follow(next);
        } else if ((isNear(n) && seen.get(index(n))) || n <= before.n()) {
            Placed earlier = beforeBase;
            if (n == before.n()
                    && earlier != null
                    && next.line().prev().equals(earlier.line().hash())
                    && !next.line().hash().equals(before.line().hash())) {
                find(before, "was inserted: n=%d is there once more behind it".formatted(n));
                base = next;
            } else if (isNear(n) && seen.get(index(n))) {
                find(next, "n=%d is there a second time".formatted(n));
            } else {
                find(next, "is out of order: n=%d stands behind n=%d".formatted(n, before.n()));
                follow(next);
            }
        } else if (isNear(n)) {
            gap(before, next);
            follow(next);
        } else {
            find(next, "was changed: n=%d cannot be".formatted(n));
            follow(next.numbered(before.n() + 1));
        }
    }

    private void gap(Placed before, Placed next) {
        long missing = 0;
        long later = 0;
        for (long n = before.n() + 1; n < next.n(); n++) {
            if (isNear(n) && !numbers.get(index(n))) {
                missing++;
            } else if (isNear(n) && !seen.get(index(n))) {
                later++;
            }
        }
        if (missing > next.unreadable()) {
            find(
                    next,
                    "%d line(s) before it are missing: n=%d follows on n=%d"
                            .formatted(missing, next.n(), before.n()));
        } else if (missing == 0 && later > 0) {
            find(next, "is out of order: n=%d follows on n=%d".formatted(next.n(), before.n()));
        }
    }

    /// Whether something else than itself says that it is as it was written.
    private boolean isVouched(Placed line, @Nullable AuditLine after) {
        if (after != null) {
            return after.prev().equals(line.line().hash());
        }
        return kept == null || kept.n() != line.n() || kept.hash().equals(line.line().hash());
    }

    private void follow(Placed next) {
        beforeBase = base;
        base = next;
        if (isNear(next.n())) {
            seen.set(index(next.n()));
        }
        if (kept != null && kept.n() == next.n()) {
            atKept = next;
        }
        if (kept != null && kept.n() + 1 == next.n()) {
            behindKept = next;
        }
    }

    /// What the agent itself has found when it opened the log.
    private void tellOf(Placed next) {
        if (next.line().kind().equals("lost")) {
            find(
                    next,
                    "when the agent was started, the lines up to n=%d were missing, which the journal knew"
                            .formatted(next.line().json().path("last").asLong()));
        } else if (next.line().kind().equals("added")) {
            find(
                    next,
                    "when the agent was started, the lines n=%d to n=%d were there, which it has not written"
                            .formatted(
                                    next.line().json().path("first").asLong(),
                                    next.line().json().path("last").asLong()));
        }
    }

    /// Whoever writes takes the mark away first, so that what was read before it was looked at, and
    /// is behind it, is of somebody else.
    private void checkAdded() throws IOException {
        Placed last = base;
        Head stopped = folder == null ? null : kept(folder, Head.STOPPED);
        if (last != null && stopped != null && last.n() > stopped.n()) {
            Placed from = behindKept;
            find(
                    from != null && from.n() == stopped.n() + 1 ? from : last,
                    "was added: the agent has stopped at n=%d, and has written nothing since"
                            .formatted(stopped.n()));
        }
    }

    /// @param unreadable how many lines at the end are none
    private void checkEnd(Path file, long unreadable) {
        Placed last = base;
        if (kept == null) {
            return;
        }
        long there = (last == null ? 0 : last.n()) + unreadable;
        if (there < kept.n()) {
            findings.add(
                    new Finding(
                            file,
                            last == null ? 1 : last.place() + 1,
                            "the end is cut off: the last line is n=%d, and the journal knows of n=%d"
                                    .formatted(last == null ? 0 : last.n(), kept.n())));
        } else if (atKept != null && !atKept.line().hash().equals(kept.hash())) {
            find(atKept, "was changed: the journal knows another hash of it");
        }
    }

    private void find(Placed at, String what) {
        find(at.file(), at.place(), what);
    }

    private void find(Path file, long place, String what) {
        Finding finding = new Finding(file, place, what);
        if (findings.stream().noneMatch(each -> each.line() == place && each.file().equals(file))) {
            findings.add(finding);
        }
    }
}

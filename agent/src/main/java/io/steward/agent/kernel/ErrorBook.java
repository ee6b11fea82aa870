package io.steward.agent.kernel;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The last error reports, equal ones folded into one with a count. Thread-safe.
///
/// Two reports are of the same error if process and severity are the same, what was being done is
/// the same but for numbers and ids, and the cause is the same but for ids. The first report of an
/// error is passed on at once; what repeats is passed on again at most every 10 s, as one report
/// with the count so far, the last of a burst not forgotten.
final class ErrorBook {
    static final int KEPT = 1_000;
    static final Duration FOLD = Duration.ofSeconds(10);

    private final Time time;
    private final ErrorOutlet outlet;

    /// By the time of the last report.
    private final LinkedHashMap<Key, Entry> entries = new LinkedHashMap<>();

    private record Key(String process, Severity severity, String doing, String cause) {}

    private static final class Entry {
        private ErrorReport report;
        private long passedOn;
        private Time.@Nullable Timer pending;

        Entry(ErrorReport report, long passedOn) {
            this.report = report;
            this.passedOn = passedOn;
        }
    }

    ErrorBook(Time time, ErrorOutlet outlet) {
        this.time = time;
        this.outlet = outlet;
    }

    /// Keeps an error, and passes it on if it is its turn.
    ///
    /// @param thrown for the log; null if there is none
    /// @return the report, with the count so far
    ErrorReport record(
            String process,
            Severity severity,
            String doing,
            String cause,
            @Nullable Throwable thrown) {
        Instant now = time.now();
        long nanos = time.nanos();
        String what = ErrorText.oneLine(doing);
        var key =
                new Key(
                        process,
                        severity,
                        ErrorText.withoutNumbers(what),
                        ErrorText.withoutIds(cause));
        ErrorReport report;
        synchronized (this) {
            Entry entry = entries.remove(key);
            Instant first = entry == null ? now : entry.report.first();
            long count = entry == null ? 1 : entry.report.count() + 1;
            report = new ErrorReport(process, severity, what, cause, first, now, count);
            if (entry == null) {
                entries.put(key, new Entry(report, nanos));
                forgetOldest();
            } else {
                entry.report = report;
                entries.put(key, entry);
                if (!takeTurn(entry, nanos)) {
                    return report;
                }
            }
        }
        outlet.pass(report, thrown);
        return report;
    }

    /// Whether the entry may be passed on now; otherwise it will be later.
    private boolean takeTurn(Entry entry, long nanos) {
        if (entry.pending != null) {
            return false;
        }
        Duration since = Duration.ofNanos(nanos - entry.passedOn);
        if (since.compareTo(FOLD) >= 0) {
            entry.passedOn = nanos;
            return true;
        }
        entry.pending = time.after(FOLD.minus(since), () -> passPending(entry));
        return false;
    }

    private void passPending(Entry entry) {
        ErrorReport report;
        synchronized (this) {
            if (entry.pending == null) {
                return;
            }
            entry.pending = null;
            entry.passedOn = time.nanos();
            report = entry.report;
        }
        outlet.pass(report, null);
    }

    private void forgetOldest() {
        if (entries.size() > KEPT) {
            entries.pollFirstEntry();
        }
    }

    /// Oldest first.
    synchronized List<ErrorReport> reports() {
        return entries.values().stream().map(entry -> entry.report).toList();
    }

    /// Passes on what waits for its turn, and returns when the sink has had it or has taken too
    /// long. What is recorded later is kept and logged only.
    void close() {
        var waiting = new ArrayList<Entry>();
        synchronized (this) {
            for (Entry entry : entries.values()) {
                if (entry.pending != null) {
                    entry.pending.cancel();
                    waiting.add(entry);
                }
            }
        }
        waiting.forEach(this::passPending);
        outlet.close();
    }
}

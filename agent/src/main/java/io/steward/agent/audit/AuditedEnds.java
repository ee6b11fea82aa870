package io.steward.agent.audit;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Processed;
import java.util.List;

/// Writes how the messages that came here have ended, in the order in which they did, each once:
/// the journal is the truth and this follows it, so that a crash neither loses nor repeats one. For
/// one thread at a time.
public final class AuditedEnds {
    private static final int PAGE = 500;
    private static final long BYTES = 8L << 20;

    private final AuditedJournal journal;
    private final AuditLog audit;
    private long sequence;

    public AuditedEnds(AuditedJournal journal, AuditLog audit) {
        this.journal = journal;
        this.audit = audit;
        long ended = audit.ended();
        // why: of another journal, which was lost
        this.sequence = ended > journal.lastProcessed() ? 0 : ended;
    }

    /// Writes what is new. Blocks.
    ///
    /// @throws io.steward.agent.journal.JournalException if it cannot be; what is missing is
    ///   written by the next call
    public void writeNew() {
        for (List<Processed> page = page(); !page.isEmpty(); page = page()) {
            audit.record(
                    page.stream()
                            .filter(each -> each.entry().direction() == Direction.RECEIVED)
                            .map(AuditEntry::ended)
                            .toList());
            sequence = page.getLast().sequence();
        }
        journal.audited(sequence);
    }

    private List<Processed> page() {
        return journal.processedAfter(sequence, PAGE, BYTES);
    }
}

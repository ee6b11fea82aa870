package io.steward.agent.audit;

import io.steward.agent.journal.ForwardingJournal;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.Runs;
import io.steward.agent.journal.Schedules;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A journal that takes nothing in of which the audit log has no line: the line is on the disk
/// first. Where it cannot be written, the write fails, and nothing of it is kept. Its writes block
/// until the line is there. Thread-safe.
public final class AuditedJournal extends ForwardingJournal {
    private final Journal journal;
    private final AuditLog audit;
    private final Runs runs;
    private final Schedules schedules;
    private long logged = -1; // guarded by this, as is the next
    private long ended = -1;

    public AuditedJournal(Journal journal, AuditLog audit) {
        super(journal);
        this.journal = journal;
        this.audit = audit;
        this.runs = new AuditedRuns(journal.runs(), audit);
        this.schedules = new AuditedSchedules(journal.schedules(), audit);
    }

    /// Records, then writes.
    ///
    /// @return fails with [JournalException] if what is to be recorded cannot be
    static <T> CompletableFuture<T> after(
            AuditLog audit, List<AuditEntry> entries, Supplier<CompletableFuture<T>> write) {
        try {
            audit.record(entries);
        } catch (JournalException e) {
            return CompletableFuture.failedFuture(e);
        }
        return write.get();
    }

    static List<AuditEntry> sent(List<Message> messages, Asker asker) {
        return messages.stream().map(message -> AuditEntry.sent(message, asker)).toList();
    }

    @Override
    public CompletableFuture<Accepted> accept(
            @Nullable String inputKey, List<Message> messages, long mostOpen) {
        if (inputKey != null && journal.taken(inputKey).isPresent()) {
            return super.accept(inputKey, messages, mostOpen); // why: then nothing is sent
        }
        return after(
                audit,
                sent(messages, AuditedSchedules.asker(inputKey)),
                () -> super.accept(inputKey, messages, mostOpen));
    }

    @Override
    public CompletableFuture<List<Taken>> receive(List<Incoming> messages) {
        return after(
                audit,
                messages.stream().map(AuditEntry::received).toList(),
                () -> super.receive(messages));
    }

    @Override
    public CompletableFuture<Void> deadLetter(DeadLetter letter) {
        return after(audit, List.of(AuditEntry.rejected(letter)), () -> super.deadLetter(letter));
    }

    @Override
    public CompletableFuture<Boolean> finished(
            MessageId id,
            Ack outcome,
            @Nullable Message ackMessage,
            List<Message> also,
            Instant at) {
        return after(
                audit,
                sent(also, Asker.reply(id.value())),
                () -> super.finished(id, outcome, ackMessage, also, at));
    }

    @Override
    public CompletableFuture<List<Boolean>> finishedAll(List<Finish> finishes) {
        return after(
                audit,
                finishes.stream()
                        .flatMap(each -> sent(each.also(), Asker.reply(each.id().value())).stream())
                        .toList(),
                () -> super.finishedAll(finishes));
    }

    /// What is in the processed log is kept until its end is in the audit log too.
    @Override
    public synchronized void logged(long sequence) {
        logged = Math.max(logged, sequence);
        bothHave();
    }

    /// The audit log has the ends of all up to and including `sequence`.
    synchronized void audited(long sequence) {
        ended = sequence;
        bothHave();
    }

    private void bothHave() {
        if (logged >= 0 && ended >= 0) {
            super.logged(Math.min(logged, ended));
        }
    }

    @Override
    public Runs runs() {
        return runs;
    }

    @Override
    public Schedules schedules() {
        return schedules;
    }
}

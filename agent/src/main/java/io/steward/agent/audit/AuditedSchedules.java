package io.steward.agent.audit;

import io.steward.agent.journal.ForwardingSchedules;
import io.steward.agent.journal.Journal.Accepted;
import io.steward.agent.journal.Schedules;
import io.steward.messages.Message;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// As [AuditedJournal], for schedules.
final class AuditedSchedules extends ForwardingSchedules {
    private final AuditLog audit;

    AuditedSchedules(Schedules schedules, AuditLog audit) {
        super(schedules);
        this.audit = audit;
    }

    /// Who asks: what is in a file is asked for by whoever wrote the file, and nobody else is
    /// known.
    static Asker asker(@Nullable String inputKey) {
        Asker asker = Asker.current();
        return inputKey == null || !asker.equals(Asker.AGENT) ? asker : Asker.file(inputKey);
    }

    @Override
    public CompletableFuture<Accepted> accept(
            @Nullable String inputKey,
            List<Message> messages,
            List<Plan> plans,
            long mostOpen,
            Instant at) {
        Asker asker = asker(inputKey);
        List<AuditEntry> entries = new ArrayList<>(AuditedJournal.sent(messages, asker));
        plans.forEach(
                plan -> entries.add(AuditEntry.schedule("made", plan.name(), plan.spec(), asker)));
        return AuditedJournal.after(
                audit, entries, () -> super.accept(inputKey, messages, plans, mostOpen, at));
    }

    @Override
    public CompletableFuture<Boolean> fire(
            Kept as, List<Message> messages, Move move, long mostOpen, Instant at) {
        return AuditedJournal.after(
                audit,
                AuditedJournal.sent(messages, Asker.schedule(as.name())),
                () -> super.fire(as, messages, move, mostOpen, at));
    }

    @Override
    public CompletableFuture<Boolean> pause(String name) {
        return AuditedJournal.after(audit, changed("paused", name), () -> super.pause(name));
    }

    @Override
    public CompletableFuture<Boolean> resume(
            Kept as, Instant through, @Nullable Instant next, Instant at) {
        return AuditedJournal.after(
                audit, changed("resumed", as.name()), () -> super.resume(as, through, next, at));
    }

    @Override
    public CompletableFuture<Boolean> remove(String name) {
        return AuditedJournal.after(audit, changed("removed", name), () -> super.remove(name));
    }

    private static List<AuditEntry> changed(String what, String name) {
        return List.of(AuditEntry.schedule(what, name, null, Asker.current()));
    }
}

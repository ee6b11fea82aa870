package io.steward.agent.audit;

import io.steward.agent.journal.ForwardingRuns;
import io.steward.agent.journal.RunId;
import io.steward.agent.journal.Runs;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// As [AuditedJournal], for runs.
final class AuditedRuns extends ForwardingRuns {
    private final AuditLog audit;

    AuditedRuns(Runs runs, AuditLog audit) {
        super(runs);
        this.audit = audit;
    }

    @Override
    public CompletableFuture<Void> begin(RunId id, String spec, List<NodeName> nodes, Instant at) {
        return AuditedJournal.after(
                audit,
                List.of(AuditEntry.run(id.value(), spec, nodes, Asker.current())),
                () -> super.begin(id, spec, nodes, at));
    }

    @Override
    public CompletableFuture<Boolean> send(
            RunId id, int wave, Map<Integer, Message> messages, long mostOpen, Instant at) {
        return AuditedJournal.after(
                audit,
                AuditedJournal.sent(List.copyOf(messages.values()), Asker.run(id.value())),
                () -> super.send(id, wave, messages, mostOpen, at));
    }
}

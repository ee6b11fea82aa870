package io.steward.agent.app;

import io.steward.agent.audit.AuditLog;
import io.steward.agent.audit.AuditedEnds;
import io.steward.agent.audit.AuditedJournal;
import io.steward.agent.journal.JournalException;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.kernel.Severity;
import java.time.Duration;

/// The process that writes into the audit log how messages have ended. While that cannot be written
/// it tries again, and the journal keeps them.
final class EndsAudit implements ProcessBody<EndsAudit.Ended> {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /// Something has ended.
    record Ended() {}

    private final AuditedJournal journal;
    private final AuditLog audit;

    EndsAudit(AuditedJournal journal, AuditLog audit) {
        this.journal = journal;
        this.audit = audit;
    }

    @Override
    public void run(ProcessContext<Ended> context) throws InterruptedException {
        AuditedEnds ends = new AuditedEnds(journal, audit);
        boolean stop = false;
        while (!stop) {
            try {
                ends.writeNew();
                stop = context.receive() instanceof Received.Stop;
            } catch (JournalException e) {
                context.tell(Severity.ERROR, "writing the audit log", e);
                stop = !context.pause(PAUSE);
            }
        }
        ends.writeNew();
    }
}

package io.steward.agent.app;

import io.steward.agent.journal.Journal;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import java.time.Duration;
import java.time.InstantSource;

/// Removes from the journal what ended longer ago than the retention, every ten minutes.
final class Upkeep implements ProcessBody<Void> {
    private static final Duration EVERY = Duration.ofMinutes(10);

    private final Journal journal;
    private final Duration retention;
    private final InstantSource clock;

    Upkeep(Journal journal, Duration retention, InstantSource clock) {
        this.journal = journal;
        this.retention = retention;
        this.clock = clock;
    }

    @Override
    public void run(ProcessContext<Void> context) throws Exception {
        do {
            context.handled(Math.toIntExact(journal.prune(clock.instant().minus(retention))));
        } while (!(context.receive(EVERY) instanceof Received.Stop));
    }
}

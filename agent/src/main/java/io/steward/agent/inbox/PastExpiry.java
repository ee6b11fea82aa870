package io.steward.agent.inbox;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import java.time.Duration;
import java.util.List;

/// Ends received messages whose time is over while they wait for their turn: behind a long one, or
/// because the process of their subject was stopped. Those that run are left to their own time.
final class PastExpiry implements ProcessBody<Void> {
    private static final Duration TICK = Duration.ofSeconds(2);
    private static final int PAGE = 1_000;

    private final Journal journal;
    private final Unfinished unfinished;
    private final Execution execution;
    private final BrokerTime time;
    private final Finisher finisher;

    /// @param finisher for this process alone
    PastExpiry(
            Journal journal,
            Unfinished unfinished,
            Execution execution,
            BrokerTime time,
            Finisher finisher) {
        this.journal = journal;
        this.unfinished = unfinished;
        this.execution = execution;
        this.time = time;
        this.finisher = finisher;
    }

    @Override
    public void run(ProcessContext<Void> context) throws Exception {
        while (context.pause(TICK)) {
            if (unfinished.isClosing()) {
                continue;
            }
            for (ReceivedMessage received : journal.unfinishedPast(time.now(), PAGE)) {
                end(unfinished.of(received), context);
            }
            if (!finisher.settle(context)) {
                return;
            }
        }
    }

    private void end(Work work, ProcessContext<?> context) throws InterruptedException {
        if (!work.claim()) {
            return; // it runs, or is ended by somebody else
        }
        try {
            finisher.finish(List.of(work), List.of(execution.withoutRunning(work)), context);
        } catch (Throwable e) {
            work.unclaim();
            throw e;
        }
    }
}

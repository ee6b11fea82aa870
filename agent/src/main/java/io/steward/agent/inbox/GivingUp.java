package io.steward.agent.inbox;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.messages.Ack;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ExecutionException;

/// What becomes of the messages of an agent whose node's name another agent has, or had meanwhile:
/// that one gets them, as their senders publish again what has no answer. What was not started is
/// forgotten. What was started by an agent that died ends here, and its sender is not told: the
/// other one says how it ended. What runs comes to its end. Thread-safe.
final class GivingUp {
    private static final String WHY =
            "the agent died while it ran, and another agent has had this node's name since: it is"
                    + " not run again here";
    private static final int PAGE = 256;

    private final Journal journal;
    private final Unfinished unfinished;
    private final Acks acks;
    private final Leftovers leftovers;
    private final InstantSource clock;

    GivingUp(
            Journal journal,
            Unfinished unfinished,
            Acks acks,
            Leftovers leftovers,
            InstantSource clock) {
        this.journal = journal;
        this.unfinished = unfinished;
        this.acks = acks;
        this.leftovers = leftovers;
        this.clock = clock;
    }

    /// Returns when the journal has it. Begins again where it failed before.
    ///
    /// @return how many messages were forgotten
    /// @throws ExecutionException if the journal does not take it
    int giveUpAll() throws InterruptedException, ExecutionException {
        int given = unfinished.giveUp(journal).get();
        List<ReceivedMessage> page = journal.unfinished(null, PAGE);
        while (!page.isEmpty()) {
            for (ReceivedMessage each : page) {
                if (wasStartedHere(each)) {
                    giveUp(unfinished.of(each));
                }
            }
            page = journal.unfinished(page.getLast(), PAGE);
        }
        return given;
    }

    private static boolean wasStartedHere(ReceivedMessage received) {
        return received.attempt() > 0 && received.bootId() != null;
    }

    private void giveUp(Work work) throws InterruptedException, ExecutionException {
        work.lose();
        if (!work.claim()) {
            return; // why: it runs, or waits for its start, and is ended by the one who claimed it
        }
        try {
            Ack end = end(work);
            if (journal.finished(work.id(), end, null, List.of(), clock.instant()).get()) {
                unfinished.overAside(work.id());
            } else {
                unfinished.forget(work); // why: it ended while it was looked for
            }
        } catch (Throwable e) {
            work.unclaim();
            throw e;
        }
    }

    /// The end of one that the caller has claimed. Ends what its start has left running.
    Ack end(Work work) throws InterruptedException {
        String left = Acks.left(leftovers.end(work.id()));
        return acks.interrupted(work, WHY + left, leftovers.printed(work.id()));
    }
}

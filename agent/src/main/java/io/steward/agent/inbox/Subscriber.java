package io.steward.agent.inbox;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.journal.Page;
import io.steward.agent.kernel.Lane;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.messages.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The subscriber process of one subject: runs its messages one at a time, in the order in which
/// the broker stored them; those that are not ordered run beside them.
final class Subscriber implements ProcessBody<Work> {
    private static final int PAGE = 256;
    private static final int MAX_BATCH = 256;
    private static final long BATCH_BYTES = 4L << 20;

    /// How long a commit usually takes at most; after that it is looked after.
    private static final Duration COMMIT = Duration.ofMillis(20);

    private final Subject subject;
    private final Lane<Work> lane;
    private final Journal journal;
    private final Unfinished unfinished;
    private final Execution execution;
    private final Finisher finisher;
    private final Beside beside;

    /// @param beside takes the messages that are not ordered
    Subscriber(
            Subject subject,
            Lane<Work> lane,
            Journal journal,
            Unfinished unfinished,
            Execution execution,
            Finisher finisher,
            Beside beside) {
        this.subject = subject;
        this.lane = lane;
        this.journal = journal;
        this.unfinished = unfinished;
        this.execution = execution;
        this.finisher = finisher;
        this.beside = beside;
    }

    @Override
    public void run(ProcessContext<Work> context) throws Exception {
        try {
            runAll(context);
        } finally {
            finisher.leave(lane::offer);
        }
    }

    private void runAll(ProcessContext<Work> context) throws InterruptedException {
        lane.fallBehind();
        // why: what the body before this one had in hand goes first, and the journal has it all in
        // order
        Work left = context.poll();
        while (left != null) {
            left = context.poll();
        }
        while (!context.isStopping()) {
            if (unfinished.isClosing()) {
                finisher.settle(context);
                if (context.receive() instanceof Received.Stop) {
                    return;
                }
                continue;
            }
            Work work = context.poll();
            if (work != null) {
                handle(withOthers(work, context), context);
            } else if (lane.isBehind()) {
                if (!catchUp(context)) {
                    return;
                }
            } else {
                switch (finisher.hasPending() ? context.receive(COMMIT) : context.receive()) {
                    case Received.Item<Work>(Work next) ->
                            handle(withOthers(next, context), context);
                    case Received.TimedOut<Work> _ -> finisher.settle(context);
                    case Received.Stop<Work> _ -> {
                        finisher.settle(context);
                        return;
                    }
                }
            }
        }
        finisher.settle(context);
    }

    private List<Work> withOthers(Work first, ProcessContext<Work> context) {
        int most = Math.min(MAX_BATCH, execution.batch(subject));
        List<Work> works = new ArrayList<>();
        works.add(first);
        while (works.size() < most) {
            Work next = context.poll();
            if (next == null) {
                break;
            }
            works.add(next);
        }
        return works;
    }

    /// Reads what the journal holds for this subject.
    ///
    /// @return false if it was told to stop
    private boolean catchUp(ProcessContext<Work> context) throws InterruptedException {
        if (!finisher.settle(context)) {
            return false;
        }
        List<Work> page = page();
        if (page.isEmpty()) {
            lane.caughtUp();
            page = page();
            if (!page.isEmpty()) {
                lane.fallBehind();
            }
        }
        handle(page, context);
        return true;
    }

    /// The next that may be run, up to the first that is still arriving: it is handed on in a
    /// moment, and what is newer after it.
    private List<Work> page() {
        ReceivedMessage last = null;
        while (true) {
            long before = unfinished.endedAside();
            List<ReceivedMessage> read = journal.unfinishedOf(subject, last, PAGE, Page.BYTES);
            List<Work> works = read.stream().map(unfinished::of).toList();
            if (unfinished.endedAside() != before) {
                works.stream().filter(this::hasEnded).forEach(unfinished::forget);
            }
            List<Work> here =
                    works.stream().takeWhile(work -> !unfinished.isArriving(work.id())).toList();
            List<Work> free =
                    here.stream()
                            .filter(work -> !work.isClaimed())
                            .filter(work -> unfinished.find(work.id()).orElse(null) == work)
                            .toList();
            if (here.size() < works.size() || read.isEmpty() || !free.isEmpty()) {
                return free;
            }
            last = read.getLast(); // all of these run beside it
        }
    }

    /// Whether it was cancelled or expired between the reading of the page and now.
    private boolean hasEnded(Work work) {
        return journal.received(work.id()).map(received -> received.state().isEnd()).orElse(true);
    }

    private void handle(List<Work> works, ProcessContext<Work> context)
            throws InterruptedException {
        List<Work> batch = new ArrayList<>();
        long bytes = 0;
        for (Work work : works) {
            if (context.isStopping() || unfinished.isClosing()) {
                break;
            }
            if (unfinished.find(work.id()).orElse(null) != work || !work.claim()) {
                continue; // why: it came twice, by the mailbox and from the journal
            }
            try {
                work.load();
                if (work.head().ordered() && execution.mayBatch(work)) {
                    batch.add(work);
                    bytes += work.weight();
                    if (bytes >= BATCH_BYTES) {
                        runBatch(batch, context);
                        bytes = 0;
                    }
                    continue;
                }
                runBatch(batch, context);
                bytes = 0;
                if (work.head().ordered()) {
                    execution.run(work, finisher, context);
                } else {
                    beside.run(work, context);
                }
            } catch (Throwable e) {
                work.unclaim(); // why: this process dies of it; the next body decides what becomes
                // of the message
                batch.forEach(Work::unclaim);
                throw e;
            }
        }
        runBatch(batch, context);
        finisher.tidy();
    }

    private void runBatch(List<Work> batch, ProcessContext<Work> context)
            throws InterruptedException {
        if (batch.isEmpty()) {
            return;
        }
        try {
            execution.runAll(List.copyOf(batch), finisher, context);
        } catch (Throwable e) {
            batch.forEach(Work::unclaim);
            throw e;
        }
        batch.clear();
    }
}

package io.steward.agent.inbox;

import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.Supervisor;
import io.steward.messages.Subject;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Runs the messages of one subject that are not ordered, each in a process of its own beside that
/// of the subject, a bounded number at once.
final class Beside {
    private static final int MOST = 64;

    private final Supervisor supervisor;
    private final Subject subject;
    private final Execution execution;
    private final Supplier<Finisher> finishers;
    private final Duration grace;
    private final Consumer<Work> again;
    private final Semaphore free = new Semaphore(MOST);

    /// @param again takes what was begun and is to be run again
    Beside(
            Supervisor supervisor,
            Subject subject,
            Execution execution,
            Supplier<Finisher> finishers,
            Duration grace,
            Consumer<Work> again) {
        this.supervisor = supervisor;
        this.subject = subject;
        this.execution = execution;
        this.finishers = finishers;
        this.grace = grace;
        this.again = again;
    }

    /// How many run now.
    int running() {
        return MOST - free.availablePermits();
    }

    /// Starts a message that the caller has claimed; waits while too many run.
    void run(Work work, ProcessContext<?> context) throws InterruptedException {
        free.acquire();
        AtomicBoolean released = new AtomicBoolean();
        String name = subject + "#" + work.id();
        try {
            supervisor.spawn(
                    ProcessSpec.untilDone(name, () -> body(work, released)).withGrace(grace));
        } catch (IllegalStateException e) {
            // why: its process is there, as it was restarted or stopped by an operator, and has it
            // in hand; or the agent goes down
            free.release();
        }
    }

    /// @param released whether the place is free again
    private ProcessBody<Void> body(Work work, AtomicBoolean released) {
        return context -> {
            boolean over = false;
            Finisher finisher = finishers.get();
            try {
                execution.run(work, finisher, context);
                finisher.settle(context);
                over = true;
            } finally {
                if ((over || context.isStopping()) && released.compareAndSet(false, true)) {
                    free.release();
                }
            }
            if (!work.isClaimed()) {
                again.accept(work); // it was stopped, and not by the agent's end
            }
        };
    }
}

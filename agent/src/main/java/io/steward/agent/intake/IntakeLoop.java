package io.steward.agent.intake;

import io.steward.agent.kernel.Directive;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.kernel.ProcessRef;
import io.steward.agent.kernel.RestartRequested;
import io.steward.agent.kernel.Severity;
import java.io.IOException;
import java.time.Duration;

/// Looks when something changes, and from time to time in any case.
final class IntakeLoop {
    private static final Duration BREATH = Duration.ofMillis(20);
    private static final Duration SOON = Duration.ofMillis(25);

    /// The system gives notice of changes, but not of those of another machine on a shared file
    /// system, and not where it is out of watches.
    private static final Duration AT_LEAST = Duration.ofSeconds(2);

    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);

    private IntakeLoop() {}

    /// Returns when the process is told to stop.
    static void run(Taker taker, ProcessContext<FolderChanged> context)
            throws IOException, InterruptedException {
        ProcessRef<FolderChanged> self = context.self();
        try (FolderWatch watch =
                FolderWatch.of(
                        taker.folder(), taker::concerns, () -> self.offer(new FolderChanged()))) {
            while (!context.isStopping()) {
                var _ = watch.isOn(); // why: it watches a folder that has come back, too
                try {
                    context.handled(taker.pass());
                } catch (IOException e) {
                    Directive directive =
                            context.report(Severity.ERROR, "taking " + taker.subject(), e);
                    switch (directive) {
                        case RESTART -> throw new RestartRequested("told to restart");
                        case STOP -> {
                            return;
                        }
                        case CONTINUE, RETRY -> context.pause(AFTER_FAILURE);
                    }
                }
                for (Taker.Problem problem : taker.problems()) {
                    context.tell(Severity.WARNING, problem.doing(), problem.cause());
                }
                Duration most = taker.isBusy() ? SOON : AT_LEAST;
                // why: a program that writes a byte at a time must not make us read as often
                if (context.receive(most) instanceof Received.Item && !context.pause(BREATH)) {
                    return;
                }
            }
        }
    }
}

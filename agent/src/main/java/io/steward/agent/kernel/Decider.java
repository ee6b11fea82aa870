package io.steward.agent.kernel;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.ChannelClosed;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// The error channel of a supervisor, and the thread that decides on what comes in: one report at a
/// time, in the order in which they came.
final class Decider {
    private static final Duration LAST_WAIT = Duration.ofSeconds(1);

    private final Channel<Question> errors = Channel.newUnlimitedChannel();
    private final Thread thread;

    Decider(Threads threads, String path) {
        thread = threads.create("steward/" + path, this::run);
        thread.start();
    }

    /// Any thread. The channel holds at most one report for each child that still waits for its
    /// directive, and those that have waited in vain.
    void ask(Question question) {
        if (!errors.isClosedForSend()) {
            try {
                Object closed = errors.sendOrClosed(question);
                if (!(closed instanceof ChannelClosed)) {
                    return;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        question.from().answer(question.number(), Directive.STOP);
    }

    private void run() {
        try {
            while (errors.receiveOrClosed() instanceof Question question) {
                question.from().direct(question.number(), decide(question));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Directive decide(Question question) {
        try {
            @Nullable Directive directive = question.from().decide(question.report());
            if (directive != null) {
                return directive;
            }
            question.from()
                    .recordUndecided(new NullPointerException("the decision function gave null"));
        } catch (Throwable t) {
            question.from().recordUndecided(t);
        }
        return Directive.byDefault(question.report());
    }

    /// Returns when its thread has ended, or has not ended in a second of being interrupted: then a
    /// decision function hangs that ignores its interruption.
    void close() {
        errors.doneOrClosed();
        if (!Threads.join(thread, LAST_WAIT)) {
            thread.interrupt();
            Threads.join(thread, LAST_WAIT);
        }
    }
}

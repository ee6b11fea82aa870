package io.steward.agent.kernel;

import com.softwaremill.jox.Channel;
import com.softwaremill.jox.Select;
import io.steward.agent.kernel.ProcessSpec.RestartPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// One run of a process's body, on a thread of its own: from the start of the process to its end or
/// its next restart.
final class Incarnation<M> implements ProcessContext<M>, Runnable {
    /// How long a report waits for its directive.
    static final Duration DIRECTIVE_WAIT = Duration.ofSeconds(5);

    private static final Duration SHORTEST_CHECK = Duration.ofMillis(1);

    /// Why it is to end.
    enum Told {
        STOP,
        RESTART,
        RETIRE,
        /// Its thread has been given up, another may have its place.
        ABANDONED
    }

    final Thread thread;
    private final ProcessCell<M> cell;
    private final Mailbox<M> mailbox;
    private final Time time;
    private final Channel<Signal> directives = Channel.newUnlimitedChannel();
    private volatile @Nullable Told told;

    // Of the process's own thread:
    private long waits;
    private long questions;
    private Time.@Nullable Timer idleCheck;

    Incarnation(ProcessCell<M> cell) {
        this.cell = cell;
        this.mailbox = cell.mailbox;
        this.time = cell.core.time;
        this.thread = cell.core.threads.create("steward/" + cell.path, this);
    }

    @Override
    public void run() {
        Throwable failure = null;
        try {
            if (told == null) {
                ProcessBody<M> body = cell.spec.body().get();
                cell.started(this);
                body.run(this);
            }
        } catch (Throwable t) {
            failure = t;
        }
        // The thread is at its end: an interrupt has nobody left to reach, and would only break the
        // writing of the log.
        Thread.interrupted();
        finished(failure);
    }

    /// Reports how the body ended, and lets the supervisor decide.
    void finished(@Nullable Throwable failure) {
        var ending = Ending.CRASHED;
        try {
            if (idleCheck != null) {
                idleCheck.cancel();
            }
            ending = judge(failure);
        } finally {
            var how = ending;
            cell.core.run(() -> cell.ended(this, how));
        }
    }

    private Ending judge(@Nullable Throwable failure) {
        Told why = told;
        if (failure == null && why == null) {
            if (cell.spec.restart() == RestartPolicy.PERMANENT) {
                cell.record(Severity.WARNING, "running", "returned, though it is permanent", null);
            }
            return Ending.RETURNED;
        }
        if (why == Told.RESTART || failure instanceof RestartRequested) {
            reportUnlessExpected(failure);
            return Ending.RESTART_ASKED;
        }
        if (why != null) {
            reportUnlessExpected(failure);
            return Ending.RETURNED;
        }
        if (failure != null) {
            cell.record(Severity.FATAL, "running", ErrorText.of(failure), failure);
        }
        return Ending.CRASHED;
    }

    private void reportUnlessExpected(@Nullable Throwable failure) {
        if (failure != null
                && !(failure instanceof InterruptedException)
                && !(failure instanceof RestartRequested)) {
            cell.record(Severity.WARNING, "stopping", ErrorText.of(failure), failure);
        }
    }

    /// Tells the body to end. Any thread. What it was told later counts.
    void tell(Told why) {
        told = why;
        Signal.put(directives, new Signal.Ended());
    }

    /// The directive to a report. Any thread.
    void answer(long question, Directive directive) {
        Signal.put(directives, new Signal.Answer(question, directive));
    }

    boolean wasToldToRestart() {
        return told == Told.RESTART;
    }

    @Override
    public String path() {
        return cell.path;
    }

    @Override
    public ProcessRef<M> self() {
        return cell;
    }

    @Override
    public Received<M> receive() throws InterruptedException {
        Received<M> there = takeOrStop();
        if (there != null) {
            return there;
        }
        Duration idle = cell.spec.idle();
        long since = idle == null ? 0 : time.nanos();
        while (true) {
            if (idle != null && idleCheck == null) {
                long left = idle.toNanos() - (time.nanos() - since);
                if (left <= 0 && retire()) {
                    return new Received.Stop<>();
                }
                idleCheck = signalAfter(left, new Signal.IdleCheck());
            }
            there = await(0);
            if (there != null) {
                return there;
            }
        }
    }

    @Override
    public Received<M> receive(Duration wait) throws InterruptedException {
        Received<M> there = takeOrStop();
        if (there != null) {
            return there;
        }
        long number = ++waits;
        var timer = signalAfter(wait.toNanos(), new Signal.TimeOver(number));
        try {
            do {
                there = await(number);
            } while (there == null);
            return there;
        } finally {
            timer.cancel();
        }
    }

    private Time.Timer signalAfter(long nanos, Signal signal) {
        Duration delay = Duration.ofNanos(Math.max(nanos, SHORTEST_CHECK.toNanos()));
        return time.after(delay, () -> Signal.put(directives, signal));
    }

    private @Nullable Received<M> takeOrStop() {
        if (told != null) {
            return new Received.Stop<>();
        }
        M message = mailbox.poll();
        return message == null ? null : new Received.Item<>(message);
    }

    /// Waits for a message or a signal.
    ///
    /// @param wait the number of the wait that may be over
    /// @return null if the signal was of no importance
    private @Nullable Received<M> await(long wait) throws InterruptedException {
        Object got = Select.<Object>select(directives.receiveClause(), mailbox.clause());
        if (got instanceof Signal signal) {
            return wakened(signal, wait);
        }
        mailbox.taken();
        @SuppressWarnings("unchecked") // The mailbox's clause makes these and nothing else.
        var item = (Received.Item<M>) got;
        return item;
    }

    private @Nullable Received<M> wakened(Signal signal, long wait) {
        return switch (signal) {
            case Signal.Ended() -> new Received.Stop<>();
            case Signal.TimeOver(long number) ->
                    number == wait && wait != 0 ? new Received.TimedOut<>() : null;
            case Signal.IdleCheck() -> {
                idleCheck = null;
                yield null;
            }
            case Signal.Answer ignored -> null;
        };
    }

    private boolean retire() {
        if (told != null || !mailbox.closeIfEmpty()) {
            return false;
        }
        told = Told.RETIRE;
        cell.retiring(this);
        return true;
    }

    @Override
    public @Nullable M poll() {
        return told == Told.ABANDONED ? null : mailbox.poll();
    }

    @Override
    public Directive report(Severity severity, String doing, Throwable cause)
            throws InterruptedException {
        ErrorReport report = cell.record(severity, doing, ErrorText.of(cause), cause);
        long question = ++questions;
        if (told == null) {
            long number = ++waits;
            var timer = signalAfter(DIRECTIVE_WAIT.toNanos(), new Signal.TimeOver(number));
            try {
                cell.supervisor().ask(new Question(this, question, report));
                Directive directive = awaitDirective(question, number);
                if (directive != null) {
                    return directive;
                }
            } finally {
                timer.cancel();
            }
        }
        return told == Told.RESTART ? Directive.RESTART : Directive.STOP;
    }

    /// @return null if it was told to end
    private @Nullable Directive awaitDirective(long question, long wait)
            throws InterruptedException {
        while (told == null) {
            switch (directives.receive()) {
                case Signal.Answer(long number, Directive directive) when number == question -> {
                    return directive;
                }
                case Signal.TimeOver(long number) when number == wait ->
                        cell.direct(this, Directive.RESTART);
                case Signal.IdleCheck() -> idleCheck = null;
                case Signal.Answer ignored -> {}
                case Signal.TimeOver ignored -> {}
                case Signal.Ended() -> {}
            }
        }
        return null;
    }

    @Override
    public void tell(Severity severity, String doing, Throwable cause) {
        cell.record(severity, doing, ErrorText.of(cause), cause);
    }

    @Override
    public void handled(int count) {
        cell.handled.addAndGet(count);
    }

    @Override
    public boolean isStopping() {
        return told != null;
    }

    @Override
    public boolean pause(Duration length) throws InterruptedException {
        if (told != null) {
            return false;
        }
        if (!length.isPositive()) {
            return true;
        }
        long number = ++waits;
        var timer = signalAfter(length.toNanos(), new Signal.TimeOver(number));
        try {
            while (told == null) {
                switch (directives.receive()) {
                    case Signal.TimeOver(long over) when over == number -> {
                        return told == null;
                    }
                    case Signal.IdleCheck() -> idleCheck = null;
                    case Signal.Answer ignored -> {}
                    case Signal.TimeOver ignored -> {}
                    case Signal.Ended() -> {}
                }
            }
            return false;
        } finally {
            timer.cancel();
        }
    }

    /// Asks for the directive. On the supervisor's thread.
    Directive decide(ErrorReport report) {
        return cell.spec.onError().apply(report);
    }

    /// Carries a directive out and answers. On the supervisor's thread.
    void direct(long question, Directive directive) {
        cell.direct(this, directive);
        answer(question, directive);
    }

    /// Records that the decision itself has failed. On the supervisor's thread.
    void recordUndecided(Throwable cause) {
        cell.record(Severity.WARNING, "deciding on an error", ErrorText.of(cause), cause);
    }
}

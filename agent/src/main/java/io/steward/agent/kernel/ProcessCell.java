package io.steward.agent.kernel;

import io.steward.agent.kernel.ProcessInfo.Status;
import io.steward.agent.kernel.ProcessSpec.RestartPolicy;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A process: what stays of it while its bodies come and go.
final class ProcessCell<M> extends Node implements ProcessRef<M> {
    /// How long an interrupted body may take to end before its thread is given up.
    static final Duration LAST_WAIT = Duration.ofSeconds(5);

    final ProcessSpec<M> spec;
    final Mailbox<M> mailbox;

    /// Made by [Supervisor#obtain]: one of many that do not depend on each other.
    final boolean obtained;

    final AtomicLong handled = new AtomicLong();

    /// The one of the same name that is being retired; this one starts when that has ended.
    private @Nullable ProcessCell<?> predecessor;

    /// The body that runs.
    private @Nullable Incarnation<M> running;

    ProcessCell(
            Core core,
            SupervisorCell parent,
            ProcessSpec<M> spec,
            long order,
            boolean obtained,
            @Nullable ProcessCell<?> predecessor) {
        super(core, parent, spec.name(), order);
        this.spec = spec;
        this.mailbox = new Mailbox<>(spec.mailbox());
        this.obtained = obtained;
        this.predecessor = predecessor;
    }

    SupervisorCell supervisor() {
        return Objects.requireNonNull(parent, "a process has a supervisor");
    }

    @Override
    public String path() {
        return path;
    }

    @Override
    public boolean send(M message) throws InterruptedException {
        return mailbox.send(message);
    }

    @Override
    public boolean offer(M message) {
        return mailbox.offer(message) == Mailbox.Sent.ACCEPTED;
    }

    @Override
    public ProcessInfo info() {
        return super.info();
    }

    @Override
    void begin() {
        if (running != null || !wanted || removed || core.isClosing()) {
            return;
        }
        disarm();
        become(Status.STARTING);
        if (predecessor != null) {
            if (predecessor.running != null) {
                predecessor.whenEnded(this::beginAfterPredecessor);
                return;
            }
            predecessor = null;
        }
        countStart();
        var next = new Incarnation<>(this);
        running = next;
        try {
            next.thread.start();
        } catch (Throwable t) {
            core.afterwards(() -> next.finished(t));
        }
    }

    private void beginAfterPredecessor() {
        if (is(Status.STARTING) && running == null) {
            begin();
        }
    }

    /// The body is made, and is about to run. On the process's thread.
    void started(Incarnation<M> which) {
        core.run(() -> {
            if (running == which && is(Status.STARTING)) {
                become(Status.RUNNING);
            }
        });
    }

    @Override
    void end(Runnable then) {
        if (running == null) {
            disarm();
            if (core.isClosing()) {
                mailbox.close();
            }
            if (!is(Status.FAILED)) {
                become(Status.STOPPED);
            }
            core.next(then);
            return;
        }
        whenEnded(then);
        if (!is(Status.STOPPING)) {
            become(Status.STOPPING);
            running.tell(Incarnation.Told.STOP);
            giveGrace(running);
        }
    }

    /// Carries out the directive to a report, as far as it is the kernel's part. On any thread.
    void direct(Incarnation<M> which, Directive directive) {
        core.run(() -> {
            if (running != which || is(Status.STOPPING)) {
                return;
            }
            switch (directive) {
                case CONTINUE, RETRY -> {}
                case RESTART -> {
                    which.tell(Incarnation.Told.RESTART);
                    giveGrace(which);
                }
                case STOP -> {
                    wanted = false;
                    end(() -> {});
                }
            }
        });
    }

    /// The mailbox has been closed because it was idle. On the process's thread.
    void retiring(Incarnation<M> which) {
        core.run(() -> {
            if (running == which && !is(Status.STOPPING)) {
                become(Status.STOPPING);
                giveGrace(which);
            }
        });
    }

    private void giveGrace(Incarnation<M> which) {
        arm(
                spec.grace(),
                () -> {
                    if (running == which) {
                        which.thread.interrupt();
                        arm(LAST_WAIT, () -> abandon(which));
                    }
                });
    }

    private void abandon(Incarnation<M> which) {
        if (running != which) {
            return;
        }
        var ending = which.wasToldToRestart() ? Ending.RESTART_ASKED : Ending.RETURNED;
        which.tell(Incarnation.Told.ABANDONED);
        core.afterwards(() ->
                record(
                        Severity.ERROR,
                        "stopping",
                        "did not end within %s, nor within %s of being interrupted; its thread %s is left behind"
                                .formatted(spec.grace(), LAST_WAIT, which.thread.getName()),
                        null));
        ended(which, ending);
    }

    /// The body has ended. A step.
    void ended(Incarnation<M> which, Ending how) {
        if (running != which) {
            return;
        }
        running = null;
        if (which.thread.equals(Thread.currentThread())) {
            core.leaves(which.thread);
        }
        disarm();
        if (core.isClosing()) {
            mailbox.close();
        }
        if (is(Status.STOPPING)) {
            become(Status.STOPPED);
            if (mailbox.isClosed() && !core.isClosing()) {
                unlink();
            }
            releaseEnded();
        } else {
            supervisor().childEnded(this, how);
        }
    }

    /// A body that ended when nobody was there to decide on it, or for good.
    void settle(Status last) {
        become(last);
        releaseEnded();
    }

    /// A temporary process that has ended leaves the tree, unless messages wait for it.
    void leaveIfTemporary() {
        if (spec.restart() == RestartPolicy.TEMPORARY) {
            leave();
        }
    }

    /// A process that has ended leaves the tree, unless it is not wanted to or messages wait for
    /// it.
    void leave() {
        if (running == null && is(Status.STOPPED) && wanted && mailbox.closeIfEmpty()) {
            unlink();
        }
    }

    void unlink() {
        removed = true;
        supervisor().forget(this);
    }

    /// Nobody will take a message any more: who waits for room is turned away.
    void closeIfNotRunning() {
        if (running == null) {
            mailbox.close();
        }
    }

    @Override
    void discard() {
        removed = true;
        mailbox.close();
        int left = mailbox.size();
        if (left > 0 && !core.isClosing()) {
            core.afterwards(() ->
                    record(
                            Severity.WARNING,
                            "being removed",
                            left + " messages were in its mailbox and are dropped",
                            null));
        }
    }

    @Override
    boolean holds(Thread thread) {
        return running != null && running.thread.equals(thread);
    }

    @Override
    ProcessInfo snapshot() {
        return snapshot(ProcessInfo.Kind.PROCESS, handled.get(), mailbox.size());
    }
}

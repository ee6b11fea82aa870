package io.steward.agent.kernel;

import io.steward.agent.kernel.ProcessInfo.Status;
import io.steward.agent.kernel.ProcessSpec.RestartPolicy;
import io.steward.agent.kernel.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// A supervisor: its children, and what becomes of them when one fails.
final class SupervisorCell extends Node implements Supervisor {
    /// So many temporary processes that have failed are kept for looking at.
    static final int FAILED_KEPT = 100;

    private final SupervisorSpec spec;
    private final Intensity intensity;
    private final Decider decider;

    /// Read without the lock by [#obtain]; changed under it.
    private final ConcurrentHashMap<String, Node> children = new ConcurrentHashMap<>();

    private long orders;
    private @Nullable Recovery recovery;

    /// Set while it stops its children because it gives up.
    private @Nullable String giveUpReason;

    SupervisorCell(Core core, @Nullable SupervisorCell parent, SupervisorSpec spec, long order) {
        super(core, parent, spec.name(), order);
        this.spec = spec;
        this.intensity = new Intensity(spec.intensity(), spec.within());
        this.decider = new Decider(core.threads, path);
    }

    @Override
    public String path() {
        return path;
    }

    // --- children

    @Override
    public Supervisor supervisor(SupervisorSpec child) {
        return core.call(() -> {
            checkOpen(child.name());
            if (children.get(child.name()) != null) {
                throw taken(child.name());
            }
            var cell = new SupervisorCell(core, this, child, orders++);
            adopt(cell);
            return cell;
        });
    }

    @Override
    public <M> ProcessRef<M> spawn(ProcessSpec<M> child) {
        return core.call(() -> {
            checkOpen(child.name());
            Node present = children.get(child.name());
            if (present != null && !isRetiring(present)) {
                throw taken(child.name());
            }
            return make(child, false, present);
        });
    }

    @Override
    public <M> ProcessRef<M> obtain(ProcessSpec<M> child) {
        Node there = children.get(child.name());
        if (there != null && !isRetiring(there)) {
            return asProcess(there);
        }
        return core.call(() -> {
            checkOpen(child.name());
            Node present = children.get(child.name());
            return present != null && !isRetiring(present)
                    ? asProcess(present)
                    : make(child, true, present);
        });
    }

    private <M> ProcessCell<M> make(
            ProcessSpec<M> child, boolean obtained, @Nullable Node present) {
        var before = present instanceof ProcessCell<?> retiring ? retiring : null;
        var cell = new ProcessCell<>(core, this, child, orders++, obtained, before);
        adopt(cell);
        return cell;
    }

    private void adopt(Node child) {
        children.put(child.name, child);
        if (recovery != null) {
            recovery.add(child);
        } else if (is(Status.RUNNING)) {
            child.begin();
        }
    }

    private static boolean isRetiring(Node child) {
        return child instanceof ProcessCell<?> process && process.mailbox.isClosed();
    }

    @SuppressWarnings("unchecked") // Who obtains under one name means one type of message.
    private static <M> ProcessCell<M> asProcess(Node node) {
        if (node instanceof ProcessCell<?> process) {
            return (ProcessCell<M>) process;
        }
        throw new IllegalStateException(
                "%s is a supervisor, not a process; choose another name".formatted(node.path));
    }

    private IllegalStateException taken(String child) {
        return new IllegalStateException(
                "%s has a child named %s already; remove it first, or choose another name"
                        .formatted(path, child));
    }

    private void checkOpen(String child) {
        if (core.isClosing() || removed) {
            throw new IllegalStateException(
                    "%s is closed and takes no child %s any more".formatted(path, child));
        }
    }

    @Override
    public void remove(String child) {
        var done = new CountDownLatch(1);
        core.run(() -> {
            Node node = children.get(child);
            if (node == null) {
                done.countDown();
                return;
            }
            node.removed = true;
            if (node.holds(Thread.currentThread())) {
                done.countDown();
            }
            node.end(() -> {
                forget(node);
                node.discard();
                done.countDown();
            });
        });
        ErrorKernel.await(done);
    }

    @Override
    public Optional<ProcessInfo> child(String child) {
        return core.call(() -> Optional.ofNullable(children.get(child)).map(Node::snapshot));
    }

    @Nullable Node node(String child) {
        return children.get(child);
    }

    /// Its children in the order of their start.
    List<Node> ordered() {
        return ordered(children.values());
    }

    private static List<Node> ordered(Collection<Node> nodes) {
        var list = new ArrayList<>(nodes);
        list.sort(Comparator.comparingLong(node -> node.order));
        return list;
    }

    void forget(Node child) {
        children.remove(child.name, child);
    }

    // --- its own life

    @Override
    void begin() {
        if (is(Status.RUNNING) || is(Status.STOPPING) || !wanted || removed || core.isClosing()) {
            return;
        }
        disarm();
        countStart();
        intensity.clear();
        become(Status.RUNNING);
        for (Node child : ordered()) {
            child.forgetFailures();
            beginAgain(child);
        }
    }

    /// Temporary processes are not started again, except by an operator.
    private static void beginAgain(Node child) {
        boolean endedForGood = child instanceof ProcessCell<?> && child.is(Status.FAILED);
        if (!endedForGood) {
            child.begin();
        }
    }

    @Override
    void end(Runnable then) {
        if (!is(Status.RUNNING) && !is(Status.STOPPING)) {
            disarm();
            if (!is(Status.FAILED)) {
                become(Status.STOPPED);
            }
            core.next(then);
            return;
        }
        whenEnded(then);
        endChildren();
    }

    private void endChildren() {
        if (is(Status.STOPPING)) {
            return;
        }
        become(Status.STOPPING);
        disarm();
        cancelRecovery();
        Teardown.of(core, ordered(), this::childrenEnded);
    }

    private void childrenEnded() {
        ordered().forEach(SupervisorCell::leaveIfTemporary);
        String reason = giveUpReason;
        giveUpReason = null;
        if (reason == null || isAwaited()) {
            become(Status.STOPPED);
            releaseEnded();
            return;
        }
        become(Status.FAILED);
        if (parent != null) {
            parent.childFailed(this);
        } else {
            kernelFailed();
        }
    }

    private static void leaveIfTemporary(Node child) {
        if (child instanceof ProcessCell<?> process) {
            process.leaveIfTemporary();
        }
    }

    private void kernelFailed() {
        ErrorReport report = lastError;
        if (report != null) {
            Thread thread =
                    core.threads.create("steward/failed", () -> core.onFailed.accept(report));
            core.leaves(thread);
            thread.start();
        }
    }

    // --- when a child ends

    /// The body of a child has ended of its own. A step.
    void childEnded(ProcessCell<?> child, Ending how) {
        if (child.removed) {
            child.settle(Status.STOPPED);
        } else if (!is(Status.RUNNING)) {
            // It is being stopped, and was to be told next.
            child.settle(
                    how == Ending.CRASHED && isTemporary(child) ? Status.FAILED : Status.STOPPED);
        } else if (isTemporary(child)) {
            child.settle(how == Ending.RETURNED ? Status.STOPPED : Status.FAILED);
            child.leaveIfTemporary();
            forgetOldFailed();
        } else if (how == Ending.RETURNED && child.spec.restart() == RestartPolicy.TRANSIENT) {
            child.settle(Status.STOPPED);
        } else if (how == Ending.RETURNED && child.spec.restart() == RestartPolicy.UNTIL_DONE) {
            child.settle(Status.STOPPED);
            child.leave();
        } else {
            childFailed(child);
        }
    }

    private static boolean isTemporary(Node child) {
        return child instanceof ProcessCell<?> process
                && process.spec.restart() == RestartPolicy.TEMPORARY;
    }

    private void forgetOldFailed() {
        var failed = new ArrayList<Node>();
        for (Node child : children.values()) {
            if (isTemporary(child) && child.is(Status.FAILED)) {
                failed.add(child);
            }
        }
        for (Node oldest : ordered(failed).subList(0, Math.max(0, failed.size() - FAILED_KEPT))) {
            forget(oldest);
            oldest.discard();
        }
    }

    /// A child is to be restarted, if that is not once too often. A step.
    void childFailed(Node child) {
        if (!is(Status.RUNNING) || !child.wanted || child.removed) {
            child.become(Status.STOPPED);
            return;
        }
        if (!intensity.admit(core.time.nanos())) {
            giveUp(child);
            return;
        }
        var pause = child.nextPause(spec.backoff());
        if (spec.strategy() == Strategy.ONE_FOR_ONE) {
            child.backOff(pause, child::begin);
        } else {
            child.become(Status.BACKING_OFF);
            recover(child, pause);
        }
    }

    private void recover(Node failed, Duration pause) {
        var affected = new ArrayList<Node>();
        for (Node child : ordered()) {
            boolean concerned =
                    spec.strategy() == Strategy.ONE_FOR_ALL
                            || child.order >= failed.order
                            || (recovery != null && recovery.concerns(child));
            if (concerned) {
                affected.add(child);
            }
        }
        cancelRecovery();
        var mine = new Recovery(core, affected);
        recovery = mine;
        mine.endOthers(
                failed,
                () -> {
                    if (recovery == mine && is(Status.RUNNING)) {
                        mine.await();
                        arm(pause, () -> restart(mine));
                    }
                });
    }

    private void restart(Recovery mine) {
        if (recovery == mine && is(Status.RUNNING)) {
            recovery = null;
            ordered(mine.nodes()).forEach(SupervisorCell::beginAgain);
        }
    }

    private void cancelRecovery() {
        recovery = null;
        disarm();
    }

    private void giveUp(Node last) {
        String reason =
                "gave up: %d restarts of its children within %s are borne, this was one more; the last to fail was %s"
                        .formatted(spec.intensity(), spec.within(), last.path);
        giveUpReason = reason;
        last.become(Status.STOPPED);
        // Seen from now on; the book, which writes to the log, has it as soon as the lock is free.
        var now = core.time.now();
        lastError =
                new ErrorReport(path, Severity.FATAL, ErrorReport.SUPERVISING, reason, now, now, 1);
        core.afterwards(() -> record(Severity.FATAL, ErrorReport.SUPERVISING, reason, null));
        endChildren();
    }

    // --- reports

    /// Puts an error report into the error channel. Any thread.
    void ask(Question question) {
        decider.ask(question);
    }

    @Override
    void discard() {
        removed = true;
        for (Node child : ordered()) {
            forget(child);
            child.discard();
        }
        core.afterwards(decider::close);
    }

    @Override
    boolean holds(Thread thread) {
        for (Node child : children.values()) {
            if (child.holds(thread)) {
                return true;
            }
        }
        return false;
    }

    @Override
    ProcessInfo snapshot() {
        return snapshot(ProcessInfo.Kind.SUPERVISOR, 0, 0);
    }
}

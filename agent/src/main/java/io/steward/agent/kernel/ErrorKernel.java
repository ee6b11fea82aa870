package io.steward.agent.kernel;

import io.steward.agent.kernel.ProcessInfo.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The error kernel of one program. Thread-safe.
///
/// A thread that waits in [#stop], [#restart] or [Supervisor#remove] and is interrupted stops
/// waiting, with its interrupt set; what it has asked for goes on. A process may ask for its own
/// end, or that of a supervisor above it: the call then returns at once.
public final class ErrorKernel implements Kernel {
    private final Core core;
    private final SupervisorCell root;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    /// A running kernel with an empty tree, whose root is named `root`.
    ///
    /// @param time what it waits by; closed by whoever made it, after the kernel
    /// @param sink gets each new error, and what repeats folded; one call at a time, on a thread of
    ///   its own, and it may block
    /// @param onFailed called once, with the report of the root, each time the root has given up:
    ///   then nothing runs any more. On a thread of its own; may close the kernel
    public ErrorKernel(
            Time time,
            SupervisorSpec root,
            Consumer<ErrorReport> sink,
            Consumer<ErrorReport> onFailed) {
        this(
                time,
                root,
                sink,
                onFailed,
                Threads.VIRTUAL,
                () -> ThreadLocalRandom.current().nextDouble(),
                LoggerFactory.getLogger(ErrorKernel.class));
    }

    ErrorKernel(
            Time time,
            SupervisorSpec root,
            Consumer<ErrorReport> sink,
            Consumer<ErrorReport> onFailed,
            Threads threads,
            DoubleSupplier random,
            Logger log) {
        var outlet = new ErrorOutlet(time, threads, root.name(), sink, log);
        core = new Core(time, threads, new ErrorBook(time, outlet), random, onFailed, log);
        this.root = new SupervisorCell(core, null, root, 0);
        core.run(this.root::begin);
    }

    @Override
    public Supervisor root() {
        return root;
    }

    /// Whether the root has given up. An operator may start it again.
    public boolean hasFailed() {
        return core.call(() -> root.is(Status.FAILED));
    }

    @Override
    public List<ProcessInfo> tree() {
        return core.call(() -> {
            var all = new ArrayList<ProcessInfo>();
            collect(root, node -> all.add(node.snapshot()));
            return all;
        });
    }

    private static void collect(Node node, Consumer<Node> into) {
        into.accept(node);
        if (node instanceof SupervisorCell supervisor) {
            supervisor.ordered().forEach(child -> collect(child, into));
        }
    }

    @Override
    public Optional<ProcessInfo> find(String path) {
        return core.call(() -> Optional.ofNullable(node(path)).map(Node::snapshot));
    }

    private @Nullable Node node(String path) {
        String[] names = path.split("/", -1);
        if (names.length == 1 && !path.equals(root.name)) {
            return onlyOneNamed(path);
        }
        Node at = names[0].equals(root.name) ? root : null;
        for (int i = 1; i < names.length && at != null; i++) {
            at = at instanceof SupervisorCell supervisor ? supervisor.node(names[i]) : null;
        }
        return at;
    }

    private @Nullable Node onlyOneNamed(String name) {
        var found = new ArrayList<Node>();
        collect(
                root,
                node -> {
                    if (node.name.equals(name)) {
                        found.add(node);
                    }
                });
        return found.size() == 1 ? found.getFirst() : null;
    }

    @Override
    public Optional<ProcessInfo> start(String path) {
        return change(
                path,
                (node, done) -> {
                    node.wanted = true;
                    node.forgetFailures();
                    if (node.is(Status.STOPPING)) {
                        node.whenEnded(node::beginIfPossible);
                    } else {
                        node.beginIfPossible();
                    }
                    done.run();
                });
    }

    @Override
    public Optional<ProcessInfo> stop(String path) {
        return change(
                path,
                (node, done) -> {
                    node.wanted = false;
                    node.end(() -> {
                        if (!node.wanted && node.is(Status.FAILED)) {
                            node.become(Status.STOPPED);
                        }
                        done.run();
                    });
                });
    }

    @Override
    public Optional<ProcessInfo> restart(String path) {
        return change(
                path,
                (node, done) -> {
                    node.wanted = true;
                    node.forgetFailures();
                    node.end(() -> {
                        node.beginIfPossible();
                        node.whenStarted(done);
                    });
                });
    }

    /// Begins a change of a node, and waits for it to be done without the lock.
    ///
    /// @return what the node was before
    private Optional<ProcessInfo> change(String path, BiConsumer<Node, Runnable> change) {
        var done = new CountDownLatch(1);
        Optional<ProcessInfo> before =
                core.call(() -> {
                    Node node = node(path);
                    if (node == null) {
                        done.countDown();
                        return Optional.empty();
                    }
                    ProcessInfo was = node.snapshot();
                    if (node.holds(Thread.currentThread())) {
                        done.countDown();
                    }
                    // Woken after the reports of that step are recorded.
                    change.accept(node, () -> core.afterwards(done::countDown));
                    return Optional.of(was);
                });
        await(done);
        return before;
    }

    @Override
    public List<ErrorReport> errors() {
        return core.book.reports();
    }

    /// As the interface says. A process that closes the kernel does not wait for its own end: the
    /// call returns at once, and the closing goes on. An interrupt does not shorten it.
    @Override
    public void close() {
        boolean first =
                core.call(() -> {
                    if (core.isClosing()) {
                        return false;
                    }
                    core.close();
                    collect(root, ErrorKernel::turnSendersAway);
                    root.end(ended::countDown);
                    return true;
                });
        if (core.call(() -> root.holds(Thread.currentThread()))) {
            if (first) {
                core.threads.create("steward/close", this::finishClosing).start();
            }
        } else if (first) {
            finishClosing();
        } else {
            awaitUninterruptibly(closed);
        }
    }

    private void finishClosing() {
        awaitUninterruptibly(ended);
        core.run(root::discard);
        // What was to be reported about the last to end must come before the book closes.
        core.awaitQuiet();
        core.awaitLeaving();
        core.book.close();
        closed.countDown();
    }

    /// Senders must not wait for room in the mailbox of a process that will not run again.
    private static void turnSendersAway(Node node) {
        if (node instanceof ProcessCell<?> process) {
            process.closeIfNotRunning();
        }
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

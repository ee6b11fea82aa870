package io.steward.agent.kernel;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;

/// What all nodes of one tree share, above all the lock under which every change of the tree
/// happens.
///
/// The changes are small steps that never block: a step may put further steps on the agenda, which
/// are done before the lock is given back, and things to do afterwards, without the lock
/// (reporting, waking). Long chains of steps do not nest, however large the tree is. Messages do
/// not pass here: sending and receiving take no lock of the kernel.
final class Core {
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);

    final Time time;
    final Threads threads;
    final ErrorBook book;
    final DoubleSupplier random;
    final Consumer<ErrorReport> onFailed;
    private final Logger log;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition quiet = lock.newCondition();
    private final ArrayDeque<Runnable> agenda = new ArrayDeque<>();
    private final ArrayDeque<Thread> leaving = new ArrayDeque<>();
    private List<Runnable> afterwards = new ArrayList<>();

    /// Threads that do what was left for afterwards.
    private int busy;

    private volatile boolean closing;

    Core(
            Time time,
            Threads threads,
            ErrorBook book,
            DoubleSupplier random,
            Consumer<ErrorReport> onFailed,
            Logger log) {
        this.time = time;
        this.threads = threads;
        this.book = book;
        this.random = random;
        this.onFailed = onFailed;
        this.log = log;
    }

    void run(Runnable step) {
        call(() -> {
            step.run();
            return true;
        });
    }

    /// Does a step under the lock, then what it put on the agenda, then gives the lock back and
    /// does what was left for afterwards.
    <T> T call(Supplier<T> step) {
        List<Runnable> rest = List.of();
        lock.lock();
        try {
            T result = step.get();
            if (lock.getHoldCount() == 1) {
                workOff();
            }
            return result;
        } finally {
            if (lock.getHoldCount() == 1 && !afterwards.isEmpty()) {
                rest = afterwards;
                afterwards = new ArrayList<>();
                busy++;
            }
            lock.unlock();
            if (!rest.isEmpty()) {
                rest.forEach(this::guarded);
                becomeQuiet();
            }
        }
    }

    private void becomeQuiet() {
        lock.lock();
        try {
            busy--;
            quiet.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Waits until what was left for afterwards by earlier steps, on whatever thread, is done; also
    /// when interrupted. Not from within a step or such an action.
    void awaitQuiet() {
        lock.lock();
        try {
            while (busy > 0) {
                quiet.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void workOff() {
        for (Runnable next = agenda.poll(); next != null; next = agenda.poll()) {
            guarded(next);
        }
    }

    /// One step that breaks must not keep the others from being done.
    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (Throwable t) {
            log.error("A step of the error kernel broke; the tree may not be as it should", t);
        }
    }

    /// This thread of the kernel is about to end, or ends in its own time. Only within a step.
    void leaves(Thread thread) {
        // What has ended meanwhile lies in front, more or less in this order.
        while (!leaving.isEmpty() && isOver(leaving.getFirst())) {
            leaving.removeFirst();
        }
        leaving.add(thread);
    }

    private static boolean isOver(Thread thread) {
        return thread.getState() == Thread.State.TERMINATED;
    }

    /// Waits, a bounded time for each, until the threads that were about to end have ended. The
    /// calling thread does not wait for itself.
    void awaitLeaving() {
        List<Thread> threads = call(() -> List.copyOf(leaving));
        for (Thread thread : threads) {
            if (!Threads.join(thread, LAST_WAIT)) {
                log.error("{} has not ended and is left behind", thread.getName());
            }
        }
    }

    /// Does this soon, under the lock. Only within a step.
    void next(Runnable step) {
        agenda.add(step);
    }

    /// Does this without the lock. Only within a step.
    void afterwards(Runnable action) {
        afterwards.add(action);
    }

    boolean isClosing() {
        return closing;
    }

    /// From now on nothing is started.
    void close() {
        closing = true;
    }
}

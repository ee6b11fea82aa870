package io.steward.agent.kernel;

import io.steward.agent.kernel.ProcessInfo.Status;
import io.steward.agent.kernel.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// A kernel with a controlled clock and no jitter, and what it told its surroundings. Closing it
/// checks that no thread of it is left, except those named in [#mayStay].
final class Rig implements AutoCloseable {
    static final Backoff BACKOFF =
            new Backoff(
                    Duration.ofMillis(100), Duration.ofSeconds(1), 2, 0, Duration.ofSeconds(60));

    final ManualTime time = new ManualTime();
    final RecordingLogger log = new RecordingLogger();
    final List<ErrorReport> sunk = new CopyOnWriteArrayList<>();
    final BlockingQueue<ErrorReport> failed = new LinkedBlockingQueue<>();

    /// What processes did, in order, for the tests that ask.
    final List<String> events = new CopyOnWriteArrayList<>();

    final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    final ErrorKernel kernel;

    Rig() {
        this(spec("root", Strategy.ONE_FOR_ONE, 100));
    }

    Rig(SupervisorSpec root) {
        this(root, Threads.VIRTUAL);
    }

    Rig(SupervisorSpec root, Threads make) {
        Threads kept =
                (name, work) -> {
                    Thread thread = make.create(name, work);
                    threads.add(thread);
                    return thread;
                };
        kernel = new ErrorKernel(time, root, sunk::add, failed::add, kept, () -> 0, log);
    }

    static SupervisorSpec spec(String name, Strategy strategy, int intensity) {
        return new SupervisorSpec(name, strategy, intensity, Duration.ofSeconds(10), BACKOFF);
    }

    Supervisor root() {
        return kernel.root();
    }

    Supervisor below(Strategy strategy, int intensity) {
        return root().supervisor(spec("sup", strategy, intensity));
    }

    /// A process that takes orders: "die" throws, "return" returns, anything else is written down.
    ProcessSpec<String> worker(String name) {
        return ProcessSpec.permanent(
                name,
                () -> {
                    events.add("made " + name);
                    return context -> work(name, context);
                });
    }

    private void work(String name, ProcessContext<String> context) throws InterruptedException {
        while (context.receive() instanceof ProcessContext.Received.Item<String>(String order)) {
            context.handled(1);
            if (order.equals("die")) {
                throw new IllegalStateException("told to die");
            }
            if (order.equals("return")) {
                return;
            }
            events.add(name + " got " + order);
        }
        events.add("stopped " + name);
    }

    ProcessInfo info(String path) {
        return kernel.find(path).orElseThrow();
    }

    ErrorReport lastError(String path) {
        return Objects.requireNonNull(info(path).lastError(), "an error of " + path);
    }

    /// What was said when the root gave up.
    ErrorReport rootFailure() throws InterruptedException {
        return Objects.requireNonNull(failed.poll(20, TimeUnit.SECONDS), "the root has given up");
    }

    Status status(String path) {
        return info(path).status();
    }

    void awaitStatus(String path, Status status) {
        until(path + " is " + status, () -> status(path) == status);
    }

    void awaitEvent(String event) {
        until(event, () -> events.contains(event));
    }

    /// Waits until the thread of that name waits for something.
    void awaitWaiting(String thread) {
        until(
                thread + " waits",
                () ->
                        threads.stream()
                                .anyMatch(one ->
                                        one.getName().equals(thread)
                                                && one.getState() == Thread.State.WAITING));
    }

    /// Waits for what another thread is about to do. Bounded, so that a failing test ends.
    static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("Waited in vain until " + what);
            }
            LockSupport.parkNanos(20_000);
        }
    }

    void kill(ProcessRef<String> process) throws InterruptedException {
        until(process.path() + " runs", () -> process.info().status() == Status.RUNNING);
        process.send("die");
        until(process.path() + " has died", () -> process.info().status() != Status.RUNNING);
    }

    /// Throws a checked exception or an error as it is.
    @SuppressWarnings("unchecked")
    static <E extends Throwable> void sneak(Throwable thrown) throws E {
        throw (E) thrown;
    }

    /// What a badly behaved body does.
    static void awaitIgnoringInterrupts(CountDownLatch latch) {
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

    long alive() {
        return threads.stream().filter(Thread::isAlive).count();
    }

    @Override
    public void close() {
        kernel.close();
        until("all threads have ended", () -> alive() == 0);
    }
}

package io.steward.agent.intake;

import io.steward.agent.kernel.Directive;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessInfo;
import io.steward.agent.kernel.ProcessRef;
import io.steward.agent.kernel.Severity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A context without a kernel.
final class FakeContext implements ProcessContext<FolderChanged> {
    private final BlockingQueue<FolderChanged> mailbox = new ArrayBlockingQueue<>(1);
    final CountDownLatch stop = new CountDownLatch(1);
    final AtomicInteger handled = new AtomicInteger();
    final List<String> reports = new CopyOnWriteArrayList<>();

    @Override
    public String path() {
        return "intake";
    }

    @Override
    public Received<FolderChanged> receive() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Received<FolderChanged> receive(Duration wait) throws InterruptedException {
        long end = System.nanoTime() + wait.toNanos();
        while (!isStopping() && System.nanoTime() - end < 0) {
            FolderChanged changed = mailbox.poll(5, TimeUnit.MILLISECONDS);
            if (changed != null) {
                return new Received.Item<>(changed);
            }
        }
        return isStopping() ? new Received.Stop<>() : new Received.TimedOut<>();
    }

    @Override
    public ProcessRef<FolderChanged> self() {
        return new ProcessRef<>() {
            @Override
            public String path() {
                return FakeContext.this.path();
            }

            @Override
            public boolean send(FolderChanged message) {
                return offer(message);
            }

            @Override
            public boolean offer(FolderChanged message) {
                return mailbox.offer(message);
            }

            @Override
            public ProcessInfo info() {
                throw new UnsupportedOperationException();
            }
        };
    }

    @Override
    public @Nullable FolderChanged poll() {
        return null;
    }

    @Override
    public Directive report(Severity severity, String doing, Throwable cause) {
        reports.add(doing + ": " + cause);
        return Directive.RETRY;
    }

    @Override
    public void tell(Severity severity, String doing, Throwable cause) {
        reports.add(doing + ": " + cause);
    }

    @Override
    public void handled(int count) {
        handled.addAndGet(count);
    }

    @Override
    public boolean isStopping() {
        return stop.getCount() == 0;
    }

    @Override
    public boolean pause(Duration time) throws InterruptedException {
        return !stop.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }
}

package io.steward.agent.intake;

import io.steward.agent.kernel.Directive;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.Severity;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A context without a kernel.
final class FakeContext implements ProcessContext<Void> {
    final CountDownLatch stop = new CountDownLatch(1);
    final AtomicInteger handled = new AtomicInteger();
    final List<String> reports = new CopyOnWriteArrayList<>();

    @Override
    public String path() {
        return "intake";
    }

    @Override
    public Received<Void> receive() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Received<Void> receive(Duration wait) {
        throw new UnsupportedOperationException();
    }

    @Override
    public @Nullable Void poll() {
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

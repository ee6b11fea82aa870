package io.steward.agent.http;

import io.steward.agent.kernel.ErrorReport;
import io.steward.agent.kernel.Kernel;
import io.steward.agent.kernel.ProcessInfo;
import io.steward.agent.kernel.ProcessInfo.Kind;
import io.steward.agent.kernel.ProcessInfo.Status;
import io.steward.agent.kernel.Severity;
import io.steward.agent.kernel.Supervisor;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A kernel of two lines, the second of which can be started and stopped.
public final class FakeKernel implements Kernel {
    private static final Instant SINCE = Instant.parse("2026-11-20T08:00:00Z");
    private volatile Status status = Status.RUNNING;

    @Override
    public Supervisor root() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ProcessInfo> tree() {
        return List.of(
                new ProcessInfo("root", Kind.SUPERVISOR, Status.RUNNING, SINCE, 0, 0, null, 0),
                journal());
    }

    private ProcessInfo journal() {
        return new ProcessInfo(
                "root/outbox", Kind.PROCESS, status, SINCE, 12, 1, errors().getFirst(), 3);
    }

    @Override
    public Optional<ProcessInfo> find(String path) {
        return path.equals("outbox") || path.equals("root/outbox")
                ? Optional.of(journal())
                : Optional.empty();
    }

    @Override
    public Optional<ProcessInfo> start(String path) {
        status = Status.RUNNING;
        return find(path);
    }

    @Override
    public Optional<ProcessInfo> stop(String path) {
        status = Status.STOPPED;
        return find(path);
    }

    @Override
    public Optional<ProcessInfo> restart(String path) {
        return start(path);
    }

    @Override
    public List<ErrorReport> errors() {
        return List.of(
                new ErrorReport(
                        "root/outbox",
                        Severity.ERROR,
                        "publishing",
                        "IOException: gone",
                        SINCE,
                        SINCE,
                        2));
    }

    @Override
    public void close() {}
}

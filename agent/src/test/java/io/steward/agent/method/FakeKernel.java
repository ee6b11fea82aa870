package io.steward.agent.method;

import io.steward.agent.kernel.ErrorReport;
import io.steward.agent.kernel.Kernel;
import io.steward.agent.kernel.ProcessInfo;
import io.steward.agent.kernel.ProcessInfo.Kind;
import io.steward.agent.kernel.ProcessInfo.Status;
import io.steward.agent.kernel.Severity;
import io.steward.agent.kernel.Supervisor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A tree without threads.
final class FakeKernel implements Kernel {
    private final Map<String, ProcessInfo> tree = new LinkedHashMap<>();

    FakeKernel with(String path, Kind kind, Status status) {
        return with(path, kind, status, null);
    }

    FakeKernel with(String path, Kind kind, Status status, @Nullable ErrorReport error) {
        tree.put(path, new ProcessInfo(path, kind, status, Messages.NOW, 7, 1, error, 2));
        return this;
    }

    static ErrorReport error() {
        return new ErrorReport(
                "root/a", Severity.WARNING, "fetching", "Boom: x", Messages.NOW, Messages.NOW, 3);
    }

    private Optional<ProcessInfo> become(String path, Status status) {
        Optional<ProcessInfo> before = find(path);
        before.ifPresent(info -> with(path, info.kind(), status, info.lastError()));
        return before;
    }

    @Override
    public Supervisor root() {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<ProcessInfo> tree() {
        return List.copyOf(tree.values());
    }

    @Override
    public Optional<ProcessInfo> find(String path) {
        return tree.values().stream()
                .filter(info -> info.path().equals(path) || info.path().endsWith("/" + path))
                .findFirst();
    }

    @Override
    public Optional<ProcessInfo> start(String path) {
        return become(path, Status.RUNNING);
    }

    @Override
    public Optional<ProcessInfo> stop(String path) {
        return become(path, Status.STOPPED);
    }

    @Override
    public Optional<ProcessInfo> restart(String path) {
        return become(path, Status.RUNNING);
    }

    @Override
    public List<ErrorReport> errors() {
        return List.of();
    }

    @Override
    public void close() {}
}

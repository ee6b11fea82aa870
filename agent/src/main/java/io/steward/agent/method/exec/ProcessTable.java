package io.steward.agent.method.exec;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All processes of the machine at one moment. Those who ask while it is being read share the next
/// reading, so that a hundred commands that are ended at once do not read it a hundred times; it is
/// read on a platform thread, as the files of a process that hangs in the kernel may hang too.
/// Thread-safe.
final class ProcessTable implements AutoCloseable {
    private static final long IDLE_SECONDS = 10;

    private final Supplier<List<Entry>> reader;
    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(
                    1,
                    1,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().name("steward-exec-table").daemon().factory());
    private @Nullable CompletableFuture<List<Entry>> next;

    /// One process.
    ///
    /// @param group 0 if not known
    /// @param session 0 if not known
    /// @param start tells it from a later one with the same id
    /// @param message what [CommandEnvironment#MESSAGE_ID] is in its environment; null if not set
    ///   or not readable
    record Entry(
            long pid,
            long parent,
            long group,
            long session,
            long start,
            @Nullable String message) {}

    ProcessTable() {
        thread.allowCoreThreadTimeOut(true);
        reader =
                Files.isReadable(Path.of("/proc/self/stat"))
                        ? ProcFiles::read
                        : ProcessTable::portable;
    }

    /// The processes that live at some moment after the call; zombies are left out.
    CompletableFuture<List<Entry>> snapshot() {
        synchronized (this) {
            if (next == null) {
                next = new CompletableFuture<>();
                thread.execute(this::read);
            }
            return next;
        }
    }

    private void read() {
        CompletableFuture<List<Entry>> asked;
        synchronized (this) {
            asked = next;
            next = null;
        }
        if (asked != null) {
            try {
                asked.complete(reader.get());
            } catch (RuntimeException e) {
                asked.completeExceptionally(e);
            }
        }
    }

    private static List<Entry> portable() {
        return ProcessHandle.allProcesses()
                .map(handle ->
                        new Entry(
                                handle.pid(),
                                handle.parent().map(ProcessHandle::pid).orElse(0L),
                                0,
                                0,
                                handle.info()
                                        .startInstant()
                                        .map(start -> start.toEpochMilli())
                                        .orElse(0L),
                                null))
                .toList();
    }

    @Override
    public void close() {
        thread.close();
    }
}

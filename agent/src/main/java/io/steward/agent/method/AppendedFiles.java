package io.steward.agent.method;

import io.steward.agent.method.exec.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Files that are only ever appended to, durably, with a bounded number of them open. Thread-safe:
/// appends to one file come one after another, to different files mostly beside each other.
///
/// A file has its place among a fixed number of slots, by its path; a slot has one file open.
final class AppendedFiles implements AutoCloseable {
    private static final int SLOTS = 64;

    private final Slot[] slots = new Slot[SLOTS];
    private final long maxBytes;
    private final int keep;

    /// @param maxBytes a file that would grow over this is rotated first
    /// @param keep how many rotated files are kept
    AppendedFiles(long maxBytes, int keep) {
        this.maxBytes = maxBytes;
        this.keep = keep;
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
    }

    /// Appends all of `bytes` and syncs the file; on an error none of them stay in it. An interrupt
    /// is kept for later: in the middle it would close the file, and leave open whether they are in
    /// it.
    void append(Path file, byte[] bytes) throws IOException {
        Slot slot = slots[Math.floorMod(file.hashCode(), SLOTS)];
        FutureTask<Void> task =
                new FutureTask<>(() -> {
                    slot.append(file, bytes);
                    return null;
                });
        Threads.join(Thread.startVirtualThread(task));
        if (task.state() == Future.State.FAILED) {
            throw failure(task.exceptionNow());
        }
    }

    private static IOException failure(Throwable thrown) {
        return switch (thrown) {
            case IOException e -> e;
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> new IOException(thrown);
        };
    }

    @Override
    public void close() throws IOException {
        for (Slot slot : slots) {
            slot.close();
        }
    }

    /// The place of one open file.
    private final class Slot {
        private @Nullable AppendedFile open;

        synchronized void append(Path file, byte[] bytes) throws IOException {
            AppendedFile current = open;
            if (current == null || !current.isAt(file)) {
                close();
                current = AppendedFile.open(file);
                open = current;
            }
            try {
                if (current.isFull(bytes.length, maxBytes)) {
                    close();
                    Rotation.rotate(file, keep);
                    current = AppendedFile.open(file);
                    open = current;
                }
                current.append(bytes);
            } catch (IOException | RuntimeException | Error e) {
                try {
                    close();
                } catch (IOException alsoFailed) {
                    e.addSuppressed(alsoFailed);
                }
                throw e;
            }
        }

        synchronized void close() throws IOException {
            AppendedFile old = open;
            open = null;
            if (old != null) {
                old.close();
            }
        }
    }
}

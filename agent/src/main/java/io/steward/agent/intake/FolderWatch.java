package io.steward.agent.intake;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Wakes when something changes in a folder. Only a hint: where the system gives none, or too many,
/// the caller's polling does. Used by one thread; [#close()] ends the system's thread behind it.
final class FolderWatch implements AutoCloseable {
    private final Path folder;
    private final WatchService service;
    private @Nullable WatchKey key;

    private FolderWatch(Path folder, WatchService service) {
        this.folder = folder;
        this.service = service;
    }

    static FolderWatch of(Path folder) throws IOException {
        return new FolderWatch(folder, folder.getFileSystem().newWatchService());
    }

    /// Waits for a change, at most so long. A change since the last call counts.
    void await(Duration most) throws InterruptedException {
        if (key == null || !key.isValid()) {
            key = register();
        }
        WatchKey changed = service.poll(most.toMillis(), TimeUnit.MILLISECONDS);
        if (changed != null) {
            changed.pollEvents();
            changed.reset();
        }
    }

    private @Nullable WatchKey register() {
        try {
            return folder.register(
                    service,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY);
        } catch (IOException e) {
            // why: the folder may be missing just now, or the system out of watches; polling goes
            // on
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        service.close();
    }
}

package io.steward.agent.intake;

import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Wakes when something changes in a folder. Only a hint: where the system gives none, or too many,
/// the caller's polling does. Used by one thread; [#close()] ends the system's thread behind it.
final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

    private final Path folder;
    private final @Nullable WatchService service;
    private @Nullable WatchKey key;

    /// Where the system's hints come from.
    interface Source {
        WatchService open() throws IOException;
    }

    private FolderWatch(Path folder, @Nullable WatchService service) {
        this.folder = folder;
        this.service = service;
    }

    static FolderWatch of(Path folder) {
        return of(folder, folder.getFileSystem()::newWatchService);
    }

    static FolderWatch of(Path folder, Source source) {
        try {
            return new FolderWatch(folder, source.open());
        } catch (IOException e) {
            // why: other programs may have taken all that the system has of them, which is few
            LOG.info(
                    "no notice is given of changes in {}: {}; it is looked at all the same, a"
                            + " little later (Linux: sysctl fs.inotify.max_user_instances)",
                    folder,
                    e.getMessage());
            return new FolderWatch(folder, null);
        }
    }

    /// Waits for a change, at most so long. A change since the last call counts.
    void await(Duration most) throws InterruptedException {
        if (service == null) {
            Thread.sleep(most);
            return;
        }
        if (key == null || !key.isValid()) {
            key = register(service);
        }
        WatchKey changed = service.poll(most.toMillis(), TimeUnit.MILLISECONDS);
        if (changed != null) {
            changed.pollEvents();
            changed.reset();
        }
    }

    private @Nullable WatchKey register(WatchService with) {
        try {
            return folder.register(
                    with,
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
        if (service != null) {
            service.close();
        }
    }
}

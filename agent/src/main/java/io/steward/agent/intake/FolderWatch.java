package io.steward.agent.intake;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says when something changes in a folder. Only a hint: where the system gives none, or too many,
/// the caller's polling does. Used by one thread; has one of its own, which [#close()] ends.
final class FolderWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FolderWatch.class);

    private final Path folder;
    private final Predicate<Path> concerns;
    private final Runnable changed;
    private final @Nullable WatchService service;
    private final @Nullable Thread thread;
    private @Nullable WatchKey key;

    /// Where the system's hints come from.
    interface Source {
        WatchService open() throws IOException;
    }

    private FolderWatch(
            Path folder,
            Predicate<Path> concerns,
            Runnable changed,
            @Nullable WatchService service) {
        this.folder = folder;
        this.concerns = concerns;
        this.changed = changed;
        this.service = service;
        this.thread =
                service == null
                        ? null
                        : Thread.ofVirtual()
                                .name("watch " + folder)
                                .start(() -> takeHints(service));
    }

    /// @param concerns whether changes of a file of this name are of interest
    /// @param changed called at each change; must return at once
    static FolderWatch of(Path folder, Predicate<Path> concerns, Runnable changed) {
        return of(folder, concerns, changed, folder.getFileSystem()::newWatchService);
    }

    static FolderWatch of(Path folder, Predicate<Path> concerns, Runnable changed, Source source) {
        try {
            return new FolderWatch(folder, concerns, changed, source.open());
        } catch (IOException e) {
            // why: other programs may have taken all that the system has of them, which is few
            LOG.info(
                    "no notice is given of changes in {}: {}; it is looked at all the same, a"
                            + " little later (Linux: sysctl fs.inotify.max_user_instances)",
                    folder,
                    e.getMessage());
            return new FolderWatch(folder, concerns, changed, null);
        }
    }

    /// Whether changes are told of from now on. The folder may be missing for a while: this is to
    /// be asked again and again.
    boolean isOn() {
        if (service == null) {
            return false;
        }
        if (key == null || !key.isValid()) {
            key = register(service);
        }
        return key != null;
    }

    private @Nullable WatchKey register(WatchService with) {
        try {
            return folder.register(
                    with,
                    StandardWatchEventKinds.ENTRY_CREATE,
                    StandardWatchEventKinds.ENTRY_MODIFY,
                    StandardWatchEventKinds.ENTRY_DELETE);
        } catch (IOException e) {
            // why: the folder may be missing just now, or the system out of watches; polling goes
            // on
            return null;
        }
    }

    private void takeHints(WatchService from) {
        try {
            while (true) {
                WatchKey hinted = from.take();
                boolean any = hinted.pollEvents().stream().anyMatch(this::concerns);
                hinted.reset();
                if (any) {
                    changed.run();
                }
            }
        } catch (ClosedWatchServiceException | InterruptedException e) {
            // close() has ended it
        }
    }

    private boolean concerns(WatchEvent<?> event) {
        return !(event.context() instanceof Path name) || concerns.test(name); // else: too many
    }

    @Override
    public void close() throws IOException {
        if (service == null || thread == null) {
            return;
        }
        service.close();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.steward.campaign.world;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/// Something that is mounted at a folder until it is closed, or this process ends. Thread-safe.
final class Mount implements AutoCloseable {
    private final Path folder;
    private final Thread onExit;

    private Mount(Path folder) {
        this.folder = folder;
        this.onExit = new Thread(this::unmount);
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    /// @param folder must exist
    /// @param command the whole of `mount ...`
    static Mount of(Path folder, String... command) throws IOException, InterruptedException {
        Command.run(command);
        return new Mount(folder);
    }

    private void unmount() {
        try {
            Command.unmount(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        unmount();
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException e) {
            // the hook is just being run
        }
    }
}

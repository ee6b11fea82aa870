package io.steward.campaign.world;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// A small disk in memory that can be filled up: a tmpfs. Needs root. Thread-safe.
public final class Tmpfs implements AutoCloseable {
    private static final int CHUNK = 4096;

    private final Path folder;
    private final Path ballast;
    private final Mount mount;

    private Tmpfs(Path folder, Mount mount) {
        this.folder = folder;
        this.ballast = folder.resolve("ballast");
        this.mount = mount;
    }

    /// Why there cannot be one on this machine; empty if there can.
    public static Optional<String> unavailable() {
        return Root.missing("mount", "umount");
    }

    /// Mounts one, and unmounts it at [#close] or when this process ends.
    ///
    /// @param folder is made if it is missing
    public static Tmpfs mount(Path folder, long bytes) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        return new Tmpfs(
                folder,
                Mount.of(
                        folder,
                        "mount",
                        "-t",
                        "tmpfs",
                        "-o",
                        "size=" + bytes + ",mode=0700",
                        "tmpfs",
                        folder.toString()));
    }

    public Path folder() {
        return folder;
    }

    /// Fills it to the last page. Who writes there gets `No space left on device`.
    public void fill() throws IOException {
        byte[] chunk = new byte[CHUNK];
        try (var out =
                Files.newOutputStream(
                        ballast, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            while (true) {
                out.write(chunk);
            }
        } catch (IOException e) {
            if (folder.toFile().getUsableSpace() >= CHUNK) {
                throw e;
            }
        }
    }

    /// Gives the room back that [#fill] took.
    public void free() throws IOException {
        Files.deleteIfExists(ballast);
    }

    @Override
    public void close() {
        mount.close();
    }
}

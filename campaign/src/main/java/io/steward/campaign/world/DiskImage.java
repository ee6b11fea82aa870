package io.steward.campaign.world;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A disk whose power can be cut: an ext4 file system in a file. Needs root. A copy of the file
/// while it is mounted is what the disk had at that moment; what was written and not synced by then
/// is in the memory of the machine and lost. Used by one thread.
public final class DiskImage implements AutoCloseable {
    private final Path folder;
    private Path image;
    private Mount mount;
    private int cuts;
    private @Nullable Path pending;

    private DiskImage(Path folder, Path image, Mount mount) {
        this.folder = folder;
        this.image = image;
        this.mount = mount;
    }

    /// Why there cannot be one on this machine; empty if there can.
    public static Optional<String> unavailable() {
        return Root.missing("mount", "umount", "losetup", "mkfs.ext4")
                .or(() ->
                        Files.exists(Path.of("/dev/loop-control"))
                                ? Optional.empty()
                                : Optional.of("there are no loop devices"));
    }

    /// Makes and mounts one, and unmounts it at [#close] or when this process ends.
    ///
    /// @param image the file for it, in an existing folder that is not on the disk itself
    /// @param folder where it is mounted; is made if it is missing
    public static DiskImage mount(Path image, Path folder, long bytes)
            throws IOException, InterruptedException {
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(bytes);
        }
        Command.run("mkfs.ext4", "-q", "-F", "-m", "0", image.toString());
        Files.createDirectories(folder);
        return new DiskImage(folder, image, loop(image, folder));
    }

    private static Mount loop(Path image, Path folder) throws IOException, InterruptedException {
        return Mount.of(folder, "mount", "-o", "loop", image.toString(), folder.toString());
    }

    public Path folder() {
        return folder;
    }

    /// The power goes now: keeps what the disk has at this moment. Those who use it are to be
    /// stopped (SIGSTOP) before, so that the copy is of one moment, and killed before [#restore].
    public void cut() throws IOException, InterruptedException {
        Path copy = image.resolveSibling("%s.%d".formatted(image.getFileName(), ++cuts));
        Command.run("cp", "--sparse=always", image.toString(), copy.toString());
        pending = copy;
    }

    /// The power is back: what the disk had when it was cut is mounted in place of what there was.
    /// Nobody may use the disk.
    public void restore() throws IOException, InterruptedException {
        Path copy = pending;
        if (copy == null) {
            throw new IllegalStateException("the power of " + folder + " was not cut");
        }
        pending = null;
        mount.close();
        Files.delete(image);
        image = copy;
        mount = loop(image, folder);
    }

    /// The disk has an error: ext4 lets nobody write any more, not even those who have files open.
    public void fail() throws IOException, InterruptedException {
        Command.run("mount", "-o", "remount,abort", folder.toString());
    }

    /// After [#fail]: mounts it again, with all that was synced. Nobody may use the disk.
    public void repair() throws IOException, InterruptedException {
        mount.close();
        mount = loop(image, folder);
    }

    @Override
    public void close() {
        mount.close();
    }
}

package io.steward.agent.facts;

import io.steward.agent.facts.Platform.Space;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Asks some disks for their space, one after the other, on a thread that may be given up. The
/// other methods are for the one who waits for it.
final class DiskReading implements Runnable {
    private final MachineFiles files;
    private final Platform platform;
    private final Map<String, String> disks;
    private final Map<String, Space> found = new ConcurrentHashMap<>();
    private volatile @Nullable String asked;
    private volatile boolean givenUp;

    /// @param disks names, and paths in the order in which to ask
    DiskReading(MachineFiles files, Platform platform, Map<String, String> disks) {
        this.files = files;
        this.platform = platform;
        this.disks = disks;
    }

    @Override
    public void run() {
        disks.forEach((name, path) -> {
            // why: in this order, so that one who gives up either sees this disk or is seen
            asked = path;
            if (!givenUp) {
                Space space = platform.space(files.path(path));
                if (space != null) {
                    found.put(name, space);
                }
            }
        });
        asked = null;
    }

    /// Asks no further disk, and returns the one that is being asked; null if there is none.
    @Nullable String giveUp() {
        givenUp = true;
        return asked;
    }

    /// What is known by now.
    Map<String, Space> found() {
        return new TreeMap<>(found);
    }
}

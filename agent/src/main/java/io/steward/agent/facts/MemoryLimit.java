package io.steward.agent.facts;

import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// How much memory the control groups leave the agent: cgroups(7), versions 1 and 2.
final class MemoryLimit {
    private static final int LEVELS = 32;

    private MemoryLimit() {}

    /// The lowest limit of its group and those above; null if none has one.
    static @Nullable Long bytes(MachineFiles files) {
        Long lowest = null;
        for (String line : files.lines("/proc/self/cgroup")) {
            // hierarchy-ID:controller-list:cgroup-path
            String[] parts = line.split(":", 3);
            if (parts.length < 3) {
                continue;
            }
            if (parts[1].isEmpty()) {
                lowest = lower(lowest, walk(files, "/sys/fs/cgroup", parts[2], "/memory.max"));
            } else if (Arrays.asList(parts[1].split(",")).contains("memory")) {
                lowest =
                        lower(
                                lowest,
                                walk(
                                        files,
                                        "/sys/fs/cgroup/memory",
                                        parts[2],
                                        "/memory.limit_in_bytes"));
            }
        }
        return lowest;
    }

    private static @Nullable Long walk(MachineFiles files, String base, String group, String file) {
        Long lowest = null;
        // why: a container without a cgroup namespace reads the host's path here, which it does not
        // have; its own group is then the topmost one that it sees
        Path path = Path.of("/", group).normalize();
        for (int level = 0; path != null && level < LEVELS; level++) {
            String folder = path.getNameCount() == 0 ? "" : path.toString();
            lowest = lower(lowest, FactValue.whole(files.line(base + folder + file)));
            path = path.getParent();
        }
        return lowest;
    }

    private static @Nullable Long lower(@Nullable Long one, @Nullable Long other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Math.min(one, other);
    }
}

package io.steward.agent.policy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What a command may use of the machine, as the kernel holds it (getrlimit(2)); null where there
/// is no limit but the agent's own.
///
/// @param cpuTime of each of its processes, in whole seconds (`RLIMIT_CPU`)
/// @param memory bytes of address space of each of its processes (`RLIMIT_AS`)
/// @param openFiles of each of its processes (`RLIMIT_NOFILE`)
/// @param processes of its user, threads included, whoever started them (`RLIMIT_NPROC`); does
///   nothing to root
public record ResourceLimits(
        @Nullable Duration cpuTime,
        @Nullable Long memory,
        @Nullable Integer openFiles,
        @Nullable Integer processes) {

    /// No limits.
    public static final ResourceLimits NONE = new ResourceLimits(null, null, null, null);

    /// @throws IllegalArgumentException if a limit is not above 0
    public ResourceLimits {
        require("cpuTime", cpuTime == null ? null : cpuTime.toSeconds());
        require("memory", memory);
        require("openFiles", openFiles == null ? null : openFiles.longValue());
        require("processes", processes == null ? null : processes.longValue());
    }

    private static void require(String name, @Nullable Long value) {
        if (value != null && value < 1) {
            throw new IllegalArgumentException("%s: %d: expected 1 or more".formatted(name, value));
        }
    }

    /// Whether there are none.
    public boolean isNone() {
        return equals(NONE);
    }
}

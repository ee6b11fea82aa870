package io.steward.campaign;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// What a campaign is to do.
///
/// @param root the product's root folder
/// @param program the path of nats-server
/// @param folder where everything is kept
/// @param seed of messages and of faults; the times at which things happen to be done are the
///   machine's
/// @param time how long messages are given; then everything is healed, and may end
/// @param quiet how long to wait for the last end after that
/// @param messages at least so many
/// @param kills SIGKILLs, over agents and brokers
/// @param faults the kinds to use; empty for all
public record Plan(
        Path root,
        String program,
        Path folder,
        long seed,
        Duration time,
        Duration quiet,
        int messages,
        int kills,
        int receivers,
        Topology topology,
        Set<String> faults) {
    /// How the broker is built.
    public enum Topology {
        SINGLE,
        CLUSTER,
        LEAF
    }

    public Plan {
        faults = Set.copyOf(faults);
        if (receivers < 1 || messages < 1 || kills < 0) {
            throw new IllegalArgumentException(
                    "receivers %d, messages %d, kills %d: expected at least 1, 1, 0"
                            .formatted(receivers, messages, kills));
        }
    }

    boolean uses(String fault) {
        return faults.isEmpty() || faults.contains(fault);
    }
}

package io.steward.agent.facts;

import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gathers what this machine is. All keys are listed in docs/facts.md. Thread-safe.
public final class FactSource {
    private static final Logger log = LoggerFactory.getLogger(FactSource.class);

    private final List<FactGroup> groups;

    /// @param root below which `/proc`, `/sys` and `/etc` are; `/` but in tests
    /// @param data the agent's data folder, whose disk is named apart from the root's
    /// @param version of the agent
    public FactSource(Path root, Path data, String version) {
        this(root, data, version, new JdkPlatform());
    }

    FactSource(Path root, Path data, String version, Platform platform) {
        MachineFiles files = new MachineFiles(root);
        groups =
                List.of(
                        new AgentFacts(files, platform, version),
                        new SystemFacts(files, platform),
                        new HostFacts(files, platform),
                        new HardwareFacts(files, platform),
                        new ActivityFacts(files),
                        new VirtualisationFacts(files, platform),
                        new NetworkFacts(files, platform),
                        new DiskFacts(files, platform, data));
    }

    /// Takes some milliseconds. It reads files, so it belongs on a thread that may block, such as a
    /// virtual one of the caller's. A disk that does not answer is waited for once, for
    /// [DiskFacts#PATIENCE], and then left out until it does. Never throws: what cannot be read is
    /// left out. An interruption ends the waiting and stays set.
    public Facts gather() {
        Collected collected = new Collected();
        for (FactGroup group : groups) {
            try {
                group.gather(collected);
            } catch (RuntimeException e) {
                // why: one odd file of a machine must not take away all that is known of it
                log.debug("{} are left out", group.getClass().getSimpleName(), e);
            }
        }
        return collected.facts();
    }
}

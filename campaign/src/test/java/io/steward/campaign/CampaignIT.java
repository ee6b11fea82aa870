package io.steward.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.campaign.Plan.Topology;
import io.steward.campaign.world.Programs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The short form of the fault campaign; `campaign/run` is the long one.
@Timeout(500)
class CampaignIT {
    private static final long SEED = Long.getLong("steward.campaign.seed", 20_261_121);
    private static final int KILLS = 16;

    /// Those that need neither root nor further programs.
    private static final Set<String> FAULTS =
            Set.of(
                    "kill",
                    "stop",
                    "term",
                    "gone",
                    "wipe",
                    "purge",
                    "lost-stream",
                    "lost-consumer",
                    "window",
                    "cut",
                    "hang",
                    "slow",
                    "torn");

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void nothingIsLostNorTwiceNorDisorderedNorOpenNorMissingInALog() throws Exception {
        Plan plan =
                new Plan(
                        Programs.root(),
                        Programs.natsServer(),
                        folder,
                        SEED,
                        Duration.ofSeconds(55),
                        Duration.ofMinutes(4),
                        2_500,
                        KILLS,
                        2,
                        Topology.SINGLE,
                        FAULTS);
        Report report = Campaign.run(plan, _ -> {});
        assertThat(report.isClean()).as(report.text()).isTrue();
        assertThat(report.messages()).isEqualTo(2_500);
        assertThat(report.kills()).isEqualTo(KILLS);
    }
}

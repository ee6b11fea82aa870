package io.steward.campaign.world;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// An agent behind a leaf node, the link of which is cut.
@Timeout(900)
@Execution(ExecutionMode.CONCURRENT)
class LeafIT {
    private static final Duration LONG = Duration.ofMinutes(3);

    /// For how long the link is cut; minutes for the long form.
    private static final Duration OUTAGE =
            Duration.ofSeconds(Integer.getInteger("steward.outage", 3));

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @ParameterizedTest
    @EnumSource(LeafSite.Mailboxes.class)
    void theLinkOfASiteIsCutAndHungAndNothingIsLostTwiceOrOutOfOrder(LeafSite.Mailboxes mailboxes)
            throws Exception {
        try (LeafSite site =
                new LeafSite(Programs.natsServer(), folder, "sync_interval: always", mailboxes)) {
            site.start();
            try (AgentNode central = agent(site.hub(), "central");
                    AgentNode ship = agent(site.edge(), "ship1")) {
                central.start();
                ship.start();
                Traffic out = new Traffic(central, ship, folder);
                Traffic back = new Traffic(ship, central, folder);
                send(out, back, 5);
                out.awaitEffects(5, LONG);
                back.awaitEffects(5, LONG);
                for (int round = 0; round < 2; round++) {
                    int before = out.effects();
                    send(out, back, 15);
                    out.awaitEffects(before + 5, LONG); // it is in the middle of it
                    if (round == 0) {
                        site.link().cut();
                    } else {
                        site.link().blackhole();
                    }
                    send(out, back, 15);
                    Thread.sleep(OUTAGE);
                    site.link().pass();
                    send(out, back, 5);
                }
                out.awaitZeros(LONG);
                back.awaitZeros(LONG);
            }
        }
    }

    private static void send(Traffic out, Traffic back, int count) throws Exception {
        out.send(count);
        back.send(count);
    }

    private AgentNode agent(Brokers.Place place, String name) throws Exception {
        return place.at(new AgentNode(name, "central", folder.resolve(name), place.urls()));
    }
}

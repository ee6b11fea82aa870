package io.steward.campaign.world;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// The wall clock of a node jumps forward and back while messages go both ways.
@Timeout(400)
class ClockIT {
    private static final Duration LONG = Duration.ofMinutes(3);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void theClockOfANodeJumpsAndNothingExpiresOrIsLostTwiceOrOutOfOrder() throws Exception {
        Optional<String> unavailable = FakeTime.unavailable(Programs.root());
        assumeTrue(unavailable.isEmpty(), () -> "left out: " + unavailable.orElse(""));
        FakeTime clock = new FakeTime(Programs.root(), folder.resolve("clock"));
        try (NatsServer server =
                new NatsServer(
                        Programs.natsServer(),
                        "n1",
                        folder.resolve("n1"),
                        folder.resolve("storage"),
                        "",
                        "")) {
            server.start();
            try (AgentNode central = agent(server, "central");
                    AgentNode ship = clock.give(agent(server, "ship1"))) {
                central.start();
                ship.start();
                Traffic out = new Traffic(central, ship, folder);
                Traffic back = new Traffic(ship, central, folder);
                for (Duration ahead :
                        List.of(Duration.ofHours(1), Duration.ofHours(-1), Duration.ZERO)) {
                    int before = out.effects();
                    out.send(8);
                    back.send(8);
                    out.awaitEffects(before + 3, LONG); // it is in the middle of it
                    clock.step(ahead);
                    Thread.sleep(FakeTime.SEEN_AFTER.plusMillis(200).toMillis());
                    out.send(3);
                    back.send(3);
                }
                out.awaitZeros(LONG);
                back.awaitZeros(LONG);
            }
        }
    }

    private AgentNode agent(NatsServer server, String name) throws Exception {
        return new AgentNode(name, "central", folder.resolve(name), List.of(server.url()));
    }
}

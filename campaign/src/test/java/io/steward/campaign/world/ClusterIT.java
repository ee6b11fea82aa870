package io.steward.campaign.world;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// Three servers with three copies of each mailbox, one of them away again and again.
@Timeout(900)
class ClusterIT {
    private static final Duration LONG = Duration.ofMinutes(3);

    /// How often a server is killed and one is stopped; more for the long form.
    private static final int ROUNDS = Integer.getInteger("steward.rounds", 1);

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    @Test
    void serversAreKilledAndStoppedAgainAndAgainAndNothingIsLostTwiceOrOutOfOrder()
            throws Exception {
        try (BrokerCluster cluster =
                new BrokerCluster(Programs.natsServer(), folder, "sync_interval: always")) {
            cluster.start();
            try (AgentNode central = agent(cluster, "central");
                    AgentNode ship = agent(cluster, "ship1")) {
                central.start();
                ship.start();
                Traffic traffic = new Traffic(central, ship, folder);
                traffic.send(5);
                traffic.awaitEffects(5, LONG);
                for (int round = 0; round < ROUNDS; round++) {
                    fault(cluster, traffic, cluster.servers().get(round % 3), false);
                    NatsServer leader =
                            cluster.leader("STEWARD_NODE_ship1").orElse(cluster.servers().get(0));
                    fault(cluster, traffic, leader, false);
                    leader = cluster.leader("STEWARD_NODE_ship1").orElse(cluster.servers().get(1));
                    fault(cluster, traffic, leader, true);
                }
                traffic.awaitZeros(LONG);
                assertThat(cluster.servers()).allMatch(NatsServer::isAlive);
            }
        }
    }

    private static void fault(
            BrokerCluster cluster, Traffic traffic, NatsServer server, boolean stop)
            throws Exception {
        int before = traffic.effects();
        traffic.send(20);
        traffic.awaitEffects(before + 5, LONG); // it is in the middle of it
        if (stop) {
            server.pause();
        } else {
            server.kill();
        }
        traffic.send(20);
        Thread.sleep(1_500);
        if (stop) {
            server.resume();
        } else {
            server.start();
        }
        for (String node : List.of("ship1", "central")) {
            cluster.awaitWhole("STEWARD_NODE_" + node);
        }
    }

    private AgentNode agent(BrokerCluster cluster, String name) throws Exception {
        return cluster.hub()
                .at(new AgentNode(name, "central", folder.resolve(name), cluster.hub().urls()));
    }
}

package io.steward.campaign.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Disks that are full, have errors, or lose their power.
@Timeout(900)
@Execution(ExecutionMode.CONCURRENT)
class DiskFaultsIT {
    private static final Duration LONG = Duration.ofMinutes(3);
    private static final int CUTS = Integer.getInteger("steward.cuts", 1);
    private static final Duration OUTAGE =
            Duration.ofSeconds(Integer.getInteger("steward.outage", 3));
    private static final long MIB = 1 << 20;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path folder;

    private static void needs(Optional<String> unavailable) {
        assumeTrue(unavailable.isEmpty(), () -> "left out: " + unavailable.orElse(""));
    }

    private NatsServer server(Path storage, String jetStream) throws Exception {
        return new NatsServer(
                Programs.natsServer(), "n1", folder.resolve("n1"), storage, jetStream, "");
    }

    private AgentNode agent(NatsServer server, String name, Path data) throws Exception {
        return new AgentNode(name, "central", data, List.of(server.url()));
    }

    @Test
    void theDiskOfAReceiverIsFullAndHasRoomAgain() throws Exception {
        needs(Tmpfs.unavailable());
        try (Tmpfs disk = Tmpfs.mount(folder.resolve("disk"), 64 * MIB);
                NatsServer server = server(folder.resolve("storage"), "sync_interval: always")) {
            server.start();
            try (AgentNode central = agent(server, "central", folder.resolve("central"));
                    AgentNode ship = agent(server, "ship1", disk.folder().resolve("ship1"))) {
                central.start();
                ship.start();
                Traffic traffic = new Traffic(central, ship, folder);
                traffic.send(5);
                traffic.awaitEffects(5, LONG);
                disk.fill();
                traffic.send(60);
                Thread.sleep(OUTAGE);
                assertThat(traffic.effects()).isLessThan(65);
                assertThat(ship.isAlive()).isTrue();
                disk.free();
                traffic.awaitZeros(LONG);
            }
        }
    }

    @Test
    void theDiskOfTheBrokerIsFullAndItIsStartedAgainWithRoom() throws Exception {
        needs(Tmpfs.unavailable());
        try (Tmpfs disk = Tmpfs.mount(folder.resolve("disk"), 24 * MIB);
                NatsServer server =
                        server(disk.folder().resolve("storage"), "sync_interval: always")) {
            server.start();
            try (AgentNode central = agent(server, "central", folder.resolve("central"));
                    AgentNode ship = agent(server, "ship1", folder.resolve("ship1"))) {
                central.start();
                ship.start();
                Traffic traffic = new Traffic(central, ship, folder);
                traffic.send(5);
                traffic.awaitEffects(5, LONG);
                disk.fill();
                traffic.send(60);
                await("the full disk is named").atMost(LONG).until(() -> namesTheDisk(central));
                await("and by doctor")
                        .atMost(LONG)
                        .ignoreExceptions()
                        .until(() -> doctorNamesTheDisk(central));
                assertThat(traffic.effects()).isLessThan(65);
                disk.free();
                server.kill();
                server.start();
                traffic.awaitZeros(LONG);
            }
        }
    }

    private static boolean doctorNamesTheDisk(AgentNode agent) throws Exception {
        for (JsonNode check : Api.of(agent.data()).get("/v1/doctor").json().path("checks")) {
            if (check.path("name").asText().equals("storage")) {
                return check.path("result").asText().equals("fail");
            }
        }
        return false;
    }

    private static boolean namesTheDisk(AgentNode agent) throws Exception {
        String log = Files.readString(agent.log());
        return log.contains("is its disk full?") || log.contains("see its disk and its limits");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync_interval: always", ""})
    void thePowerOfTheBrokerIsCutAndThatOfAReceiver(String sync) throws Exception {
        needs(DiskImage.unavailable());
        try (DiskImage brokers =
                        DiskImage.mount(folder.resolve("b.img"), folder.resolve("b"), 128 * MIB);
                DiskImage receivers =
                        DiskImage.mount(folder.resolve("r.img"), folder.resolve("r"), 256 * MIB);
                NatsServer server = server(brokers.folder().resolve("storage"), sync)) {
            server.start();
            try (AgentNode central = agent(server, "central", folder.resolve("central"));
                    AgentNode ship = agent(server, "ship1", receivers.folder().resolve("ship1"))) {
                central.start();
                ship.start();
                Traffic traffic = new Traffic(central, ship, folder);
                for (int cut = 0; cut < CUTS; cut++) {
                    int before = traffic.effects();
                    traffic.send(20);
                    traffic.awaitEffects(before + 3, LONG);
                    server.pause();
                    brokers.cut();
                    server.kill();
                    brokers.restore();
                    server.start();
                    before = traffic.effects();
                    traffic.send(20);
                    traffic.awaitEffects(before + 3, LONG);
                    ship.pause();
                    receivers.cut();
                    ship.kill();
                    receivers.restore();
                    ship.start();
                }
                traffic.awaitZerosBut(CUTS, LONG);
            }
        }
    }

    @Test
    void theDiskOfAReceiverCanOnlyBeReadAndNothingIsStarted() throws Exception {
        needs(DiskImage.unavailable());
        try (DiskImage disk =
                        DiskImage.mount(
                                folder.resolve("disk.img"), folder.resolve("disk"), 256 * MIB);
                NatsServer server = server(folder.resolve("storage"), "sync_interval: always")) {
            server.start();
            try (AgentNode central = agent(server, "central", folder.resolve("central"));
                    AgentNode ship = agent(server, "ship1", disk.folder().resolve("ship1"))) {
                central.start();
                ship.start();
                Traffic traffic = new Traffic(central, ship, folder);
                traffic.send(5);
                traffic.awaitEffects(5, LONG);
                disk.fail();
                traffic.send(20);
                Thread.sleep(OUTAGE);
                assertThat(traffic.effects()).isEqualTo(5);
                ship.kill();
                disk.repair();
                ship.start();
                traffic.awaitZerosBut(1, LONG);
            }
        }
    }
}

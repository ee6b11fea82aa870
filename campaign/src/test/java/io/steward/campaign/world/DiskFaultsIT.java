package io.steward.campaign.world;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Disks that are full, have errors, or lose their power.
@Timeout(180)
class DiskFaultsIT {
    private static final Duration LONG = Duration.ofSeconds(90);
    private static final int CUTS = Integer.getInteger("steward.cuts", 2);
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
                traffic.send(20);
                traffic.awaitEffects(20, LONG);
                disk.fill();
                traffic.send(300);
                Thread.sleep(6_000);
                assertThat(traffic.effects()).isLessThan(320);
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
                traffic.send(20);
                traffic.awaitEffects(20, LONG);
                disk.fill();
                traffic.send(300);
                Thread.sleep(8_000);
                assertThat(traffic.effects()).isLessThan(320);
                disk.free();
                server.kill();
                server.start();
                traffic.awaitZeros(LONG);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sync_interval: always", ""})
    void thePowerOfTheBrokerIsCut(String sync) throws Exception {
        needs(DiskImage.unavailable());
        try (DiskImage disk =
                        DiskImage.mount(
                                folder.resolve("disk.img"), folder.resolve("disk"), 128 * MIB);
                NatsServer server = server(disk.folder().resolve("storage"), sync)) {
            server.start();
            try (AgentNode central = agent(server, "central", folder.resolve("central"));
                    AgentNode ship = agent(server, "ship1", folder.resolve("ship1"))) {
                central.start();
                ship.start();
                Traffic traffic = new Traffic(central, ship, folder);
                for (int cut = 0; cut < CUTS; cut++) {
                    int before = traffic.effects();
                    traffic.send(60);
                    traffic.awaitEffects(before + 5, LONG);
                    server.pause();
                    disk.cut();
                    server.kill();
                    disk.restore();
                    server.start();
                }
                traffic.awaitZeros(LONG);
            }
        }
    }

    @Test
    void thePowerOfAReceiverIsCut() throws Exception {
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
                for (int cut = 0; cut < CUTS; cut++) {
                    int before = traffic.effects();
                    traffic.send(60);
                    traffic.awaitEffects(before + 5, LONG);
                    ship.pause();
                    disk.cut();
                    ship.kill();
                    disk.restore();
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
                traffic.send(20);
                traffic.awaitEffects(20, LONG);
                disk.fail();
                traffic.send(40);
                Thread.sleep(5_000);
                assertThat(traffic.effects()).isEqualTo(20);
                ship.kill();
                disk.repair();
                ship.start();
                traffic.awaitZerosBut(1, LONG);
            }
        }
    }
}

package io.steward.campaign;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.StreamConfiguration;
import io.steward.campaign.world.BrokerAdmin;
import io.steward.campaign.world.DiskImage;
import io.steward.campaign.world.NatsServer;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A nats-server: its process, and what it stores.
final class BrokerVictim implements Victim {
    private static final Duration LONGEST_DOWN = Duration.ofSeconds(4);

    private final NatsServer server;
    private final List<String> nodes;
    private final Chronicle chronicle;
    private final Map<String, Fault<NatsServer>> faults = new HashMap<>();

    /// @param nodes whose mailboxes are on it
    /// @param longestStop how long it is stopped at most
    /// @param longestGone how long it is away at most
    /// @param alone whether all mailboxes are on this server alone
    /// @param disk on which its storage is, if its power can be cut
    BrokerVictim(
            NatsServer server,
            List<String> nodes,
            Chronicle chronicle,
            Duration longestStop,
            Duration longestGone,
            boolean alone,
            @Nullable DiskImage disk) {
        this.server = server;
        this.nodes = List.copyOf(nodes);
        this.chronicle = chronicle;
        faults.put("kill", (_, random) -> killed(random, Duration.ZERO, LONGEST_DOWN, false));
        faults.put("stop", (_, random) -> stop(random, longestStop));
        faults.put("term", (_, random) -> terminate(random));
        faults.put(
                "gone",
                (_, random) -> killed(random, longestGone.dividedBy(3), longestGone, false));
        if (disk != null) {
            faults.put("power", (_, random) -> cutPower(disk, random));
        }
        if (alone) {
            faults.put("wipe", (_, random) -> killed(random, Duration.ZERO, LONGEST_DOWN, true));
            faults.put("purge", (_, random) -> purge(random));
            faults.put("lost-stream", (_, random) -> deleteStream(random));
            faults.put("lost-consumer", (_, random) -> deleteConsumer(random));
            faults.put("window", (_, random) -> shortenWindow(random));
        }
    }

    @Override
    public String name() {
        return server.name();
    }

    @Override
    public Set<String> kinds() {
        return Set.copyOf(faults.keySet());
    }

    @Override
    public void strike(String kind, Random random) throws Exception {
        Fault<NatsServer> fault = faults.get(kind);
        if (fault == null) {
            throw new IllegalArgumentException(kind + " cannot be done to a broker");
        }
        watch();
        chronicle.fault(kind + " broker", name());
        fault.strike(server, random);
    }

    private void killed(Random random, Duration least, Duration most, boolean wiped)
            throws Exception {
        server.kill();
        if (wiped) {
            server.wipe();
        }
        Fault.pause(random, least, most);
        server.launch();
    }

    private void cutPower(DiskImage disk, Random random) throws Exception {
        server.pause();
        disk.cut();
        server.kill();
        disk.restore();
        Fault.pause(random, Duration.ZERO, LONGEST_DOWN);
        server.launch();
    }

    private void stop(Random random, Duration longest) throws Exception {
        server.pause();
        Fault.pause(random, Duration.ofSeconds(1), longest);
        server.resume();
    }

    private void terminate(Random random) throws Exception {
        server.stop();
        Fault.pause(random, Duration.ZERO, LONGEST_DOWN);
        server.launch();
    }

    private void purge(Random random) throws Exception {
        String node = any(random);
        admin("purge", node, api -> api.purgeStream(BrokerAdmin.stream(node)));
        chronicle.emptied(node);
    }

    private void deleteStream(Random random) throws Exception {
        String node = any(random);
        admin("delete", node, api -> api.deleteStream(BrokerAdmin.stream(node)));
        chronicle.emptied(node);
    }

    private void deleteConsumer(Random random) throws Exception {
        String node = any(random);
        admin("consumer", node, api -> api.deleteConsumer(BrokerAdmin.stream(node), node));
    }

    private void shortenWindow(Random random) throws Exception {
        String node = any(random);
        Duration window = Duration.ofMillis(random.nextInt(100, 2_000));
        admin(
                "window",
                node,
                api -> {
                    StreamConfiguration now =
                            api.getStreamInfo(BrokerAdmin.stream(node)).getConfiguration();
                    return api.updateStream(
                            StreamConfiguration.builder(now).duplicateWindow(window).build());
                });
    }

    private String any(Random random) {
        return nodes.get(random.nextInt(nodes.size()));
    }

    private interface Action {
        Object on(JetStreamManagement api) throws IOException, JetStreamApiException;
    }

    private void admin(String doing, String node, Action action) throws Exception {
        server.awaitReady();
        try (BrokerAdmin admin = new BrokerAdmin(server)) {
            action.on(admin.api());
        } catch (IOException | JetStreamApiException e) {
            chronicle.note("%s of %s was not done: %s".formatted(doing, node, e));
        }
    }

    @Override
    public void watch() throws Exception {
        if (server.isAlive()) {
            chronicle.memory(name(), Memory.peak(server.pid()));
        } else {
            chronicle.endedAlone(name());
            Thread.sleep(500);
            server.launch();
        }
    }
}

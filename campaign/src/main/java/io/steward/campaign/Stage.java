package io.steward.campaign;

import io.steward.campaign.Plan.Topology;
import io.steward.campaign.world.AgentNode;
import io.steward.campaign.world.BrokerCluster;
import io.steward.campaign.world.Brokers;
import io.steward.campaign.world.DiskImage;
import io.steward.campaign.world.FakeTime;
import io.steward.campaign.world.LeafSite;
import io.steward.campaign.world.NatsServer;
import io.steward.campaign.world.SingleBroker;
import io.steward.campaign.world.TcpProxy;
import io.steward.campaign.world.Tmpfs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The world of one campaign: broker, sender, receivers, links, disks. Used by one thread, but for
/// its victims.
final class Stage implements AutoCloseable {
    private static final long SMALL_DISK = 400L << 20;

    /// What all nodes keep of one message, at most.
    private static final long ONE_MESSAGE = 16L << 10;

    private final Plan plan;
    private final Chronicle chronicle;
    private final Path witnesses;
    private final Duration longestStop;
    private final List<AgentNode> senders = new ArrayList<>();
    private final List<AgentNode> receivers = new ArrayList<>();
    private final List<Victim> victims = new ArrayList<>();
    private final List<AutoCloseable> toClose = new ArrayList<>();
    private final List<Path> small = new ArrayList<>();
    private @Nullable Brokers brokers;

    Stage(Plan plan, Chronicle chronicle) throws IOException {
        this.plan = plan;
        this.chronicle = chronicle;
        longestStop = shorter(Duration.ofSeconds(40), plan.time().dividedBy(6));
        witnesses = Files.createDirectories(plan.folder().resolve("witness"));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /// Builds it, and starts everything.
    void start() throws IOException, InterruptedException {
        Brokers made = brokers();
        brokers = made;
        senders.add(agent("central", "sender", made.hub(), false));
        for (int i = 1; i <= plan.receivers(); i++) {
            receivers.add(agent("ship" + i, "receiver", made.edge(), i == plan.receivers()));
        }
        if (!made.links().isEmpty()) {
            Duration longest = shorter(Duration.ofMinutes(3), plan.time().dividedBy(4));
            victims.add(new LinkVictim("link of servers", made.links(), chronicle, longest));
        }
        made.start();
        for (AgentNode agent : agents()) {
            agent.launch();
        }
        for (AgentNode agent : agents()) {
            agent.awaitReady();
        }
    }

    private Brokers brokers() throws IOException, InterruptedException {
        Path folder = Files.createDirectories(plan.folder().resolve("nats"));
        DiskImage disk = null;
        if (plan.topology() == Topology.SINGLE && can("power", DiskImage.unavailable())) {
            disk = DiskImage.mount(folder.resolve("image"), folder.resolve("disk"), smallDisk());
            toClose.add(disk);
            victims.add(new DiskVictim("disk of the broker", disk.folder(), chronicle));
        }
        String sync = "sync_interval: always";
        Brokers made =
                switch (plan.topology()) {
                    case SINGLE ->
                            disk == null
                                    ? SingleBroker.of(
                                            plan.program(), folder, folder.resolve("store"), "")
                                    : SingleBroker.of(
                                            plan.program(),
                                            folder,
                                            disk.folder().resolve("store"),
                                            sync);
                    case CLUSTER -> new BrokerCluster(plan.program(), folder, sync);
                    case LEAF ->
                            new LeafSite(
                                    plan.program(), folder, "", LeafSite.Mailboxes.AT_THE_LEAF);
                };
        toClose.add(made);
        List<String> nodes = new ArrayList<>(List.of("central"));
        for (int i = 1; i <= plan.receivers(); i++) {
            nodes.add("ship" + i);
        }
        Duration gone = shorter(Duration.ofSeconds(70), plan.time().dividedBy(5));
        boolean alone = plan.topology() == Topology.SINGLE;
        for (NatsServer server : made.servers()) {
            victims.add(new BrokerVictim(server, nodes, chronicle, longestStop, gone, alone, disk));
        }
        return made;
    }

    /// @param special whether its disk is small and its clock its own, where that can be
    private AgentNode agent(String name, String role, Brokers.Place place, boolean special)
            throws IOException, InterruptedException {
        List<TcpProxy> links = new ArrayList<>();
        List<URI> urls = new ArrayList<>();
        for (URI url : place.urls()) {
            TcpProxy link = new TcpProxy(url.getPort());
            toClose.add(link);
            links.add(link);
            urls.add(link.url());
        }
        Path data = plan.folder().resolve("nodes").resolve(name);
        if (special && can("full", Tmpfs.unavailable())) {
            Tmpfs disk = Tmpfs.mount(data, smallDisk());
            toClose.add(disk);
            small.add(data);
            victims.add(new DiskVictim("disk of " + name, disk.folder(), chronicle));
        }
        AgentNode agent = place.at(new AgentNode(name, "central", data, urls));
        toClose.add(agent);
        if (special && plan.uses("clock") && can("clock", FakeTime.unavailable(plan.root()))) {
            FakeTime clock = new FakeTime(plan.root(), plan.folder().resolve("clock of " + name));
            clock.give(agent);
            victims.add(new ClockVictim("clock of " + name, clock, chronicle));
        }
        victims.add(new AgentVictim(agent, role, chronicle, longestStop));
        victims.add(new LinkVictim("link of " + name, links, chronicle, longestStop));
        return agent.with("processedLog.maxBytes", "256KiB")
                .with("processedLog.keep", "10000")
                .with("mailbox.duplicateWindow", "10s")
                .with("run.idle", "20s")
                .with("run.shutdownGrace", "2s")
                .with("run.killGrace", "1s");
    }

    /// Whether a fault is wanted and can be; notes it if it cannot.
    private boolean can(String fault, Optional<String> whyNot) {
        if (!plan.uses(fault)) {
            return false;
        }
        whyNot.ifPresent(why -> chronicle.leftOut(fault, why));
        return whyNot.isEmpty();
    }

    List<AgentNode> senders() {
        return List.copyOf(senders);
    }

    List<AgentNode> receivers() {
        return List.copyOf(receivers);
    }

    List<AgentNode> agents() {
        return Stream.concat(senders.stream(), receivers.stream()).toList();
    }

    Path witnesses() {
        return witnesses;
    }

    /// Where the commands of a node leave their marks.
    Path witness(AgentNode agent) {
        return witnesses.resolve(agent.name() + ".txt");
    }

    List<Victim> victims() {
        return List.copyOf(victims);
    }

    /// Everything runs again. Called after the fates have ended.
    void heal() throws IOException, InterruptedException {
        for (NatsServer server : brokers == null ? List.<NatsServer>of() : brokers.servers()) {
            if (!server.isAlive()) {
                server.launch();
            }
            server.awaitReady();
        }
        for (AgentNode agent : agents()) {
            if (!agent.isAlive()) {
                agent.launch();
            }
            agent.awaitReady();
        }
    }

    /// Stops all agents.
    ///
    /// @return those that did not end in time, and were killed
    List<String> stop(Duration grace) throws InterruptedException {
        List<String> late = new ArrayList<>();
        for (AgentNode agent : agents()) {
            if (!agent.terminate(grace)) {
                late.add(agent.name());
                agent.kill();
            }
        }
        return late;
    }

    /// Copies what is on disks that go away, so that it can be looked at and counted again.
    void keep() throws IOException {
        for (Path folder : small) {
            Folders.copy(folder, plan.folder().resolve("kept").resolve(folder.getFileName()));
        }
    }

    /// Ends everything.
    @Override
    public void close() {
        for (AutoCloseable each : toClose.reversed()) {
            try {
                each.close();
            } catch (Exception e) {
                chronicle.note("closing " + each + ": " + e);
            }
        }
    }

    /// A disk that a fault can fill, and the campaign by itself does not.
    private long smallDisk() {
        return SMALL_DISK + plan.messages() * ONE_MESSAGE;
    }
}

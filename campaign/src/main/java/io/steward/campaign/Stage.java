package io.steward.campaign;

import io.steward.campaign.Plan.Topology;
import io.steward.campaign.world.AgentNode;
import io.steward.campaign.world.Brokers;
import io.steward.campaign.world.NatsServer;
import io.steward.campaign.world.SingleBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// The world of one campaign: broker, sender, receivers.
final class Stage implements AutoCloseable {
    private final Brokers brokers;
    private final List<AgentNode> senders = new ArrayList<>();
    private final List<AgentNode> receivers = new ArrayList<>();
    private final Path witnesses;

    Stage(Plan plan) throws IOException {
        Path folder = plan.folder();
        witnesses = Files.createDirectories(folder.resolve("witness"));
        brokers = brokers(plan);
        senders.add(agent(plan, "central", brokers.hub()));
        for (int i = 1; i <= plan.receivers(); i++) {
            receivers.add(agent(plan, "ship" + i, brokers.edge()));
        }
    }

    private static Brokers brokers(Plan plan) throws IOException {
        Path folder = plan.folder().resolve("nats");
        if (plan.topology() != Topology.SINGLE) {
            throw new IllegalArgumentException(plan.topology() + " is not built yet");
        }
        return SingleBroker.of(plan.program(), folder, folder.resolve("store"));
    }

    private static AgentNode agent(Plan plan, String name, Brokers.Place place) throws IOException {
        AgentNode agent =
                place.at(
                        new AgentNode(
                                name,
                                "central",
                                plan.folder().resolve("nodes").resolve(name),
                                place.urls()));
        return agent.with("processedLog.maxBytes", "256KiB")
                .with("processedLog.keep", "10000")
                .with("mailbox.duplicateWindow", "10s")
                .with("run.idle", "20s")
                .with("run.shutdownGrace", "2s")
                .with("run.killGrace", "1s");
    }

    void start() throws IOException, InterruptedException {
        brokers.start();
        for (AgentNode agent : agents()) {
            agent.launch();
        }
        for (AgentNode agent : agents()) {
            agent.awaitReady();
        }
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

    List<Victim> victims(Plan plan, Chronicle chronicle) {
        Duration stop = atMost(Duration.ofSeconds(40), plan.time().dividedBy(6));
        Duration gone = atMost(Duration.ofSeconds(70), plan.time().dividedBy(5));
        List<String> names = agents().stream().map(AgentNode::name).toList();
        List<Victim> victims = new ArrayList<>();
        senders.forEach(agent -> victims.add(new AgentVictim(agent, "sender", chronicle, stop)));
        receivers.forEach(
                agent -> victims.add(new AgentVictim(agent, "receiver", chronicle, stop)));
        for (NatsServer server : brokers.servers()) {
            victims.add(
                    new BrokerVictim(
                            server, names, chronicle, stop, gone, brokers.servers().size() == 1));
        }
        return victims;
    }

    private static Duration atMost(Duration most, Duration wanted) {
        return wanted.compareTo(most) < 0 ? wanted : most;
    }

    /// Everything runs again. Called after the fates have ended.
    void heal() throws IOException, InterruptedException {
        for (NatsServer server : brokers.servers()) {
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

    @Override
    public void close() {
        agents().forEach(AgentNode::close);
        brokers.close();
    }
}

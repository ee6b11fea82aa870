package io.steward.campaign;

import io.steward.campaign.world.AgentNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// An agent.
final class AgentVictim implements Victim {
    private static final Duration LONGEST_DOWN = Duration.ofSeconds(5);
    private static final Duration GRACE = Duration.ofSeconds(60);

    private final AgentNode agent;
    private final String role;
    private final Chronicle chronicle;
    private final Map<String, Fault<AgentNode>> faults;

    /// When it was started last.
    private Instant launched = Instant.now();

    /// @param role `sender` or `receiver`
    /// @param longestStop how long it is stopped at most
    AgentVictim(AgentNode agent, String role, Chronicle chronicle, Duration longestStop) {
        this.agent = agent;
        this.role = role;
        this.chronicle = chronicle;
        this.faults =
                Map.of(
                        "kill", this::kill,
                        "stop", (victim, random) -> stop(victim, random, longestStop),
                        "term", this::terminate);
    }

    @Override
    public String name() {
        return agent.name();
    }

    @Override
    public Set<String> kinds() {
        return faults.keySet();
    }

    @Override
    public void strike(String kind, Random random) throws Exception {
        Fault<AgentNode> fault = faults.get(kind);
        if (fault == null) {
            throw new IllegalArgumentException(kind + " cannot be done to an agent");
        }
        watch();
        chronicle.fault(kind + " " + role, agent.name());
        fault.strike(agent, random);
    }

    private void kill(AgentNode victim, Random random) throws Exception {
        victim.kill();
        downFor(random);
        launch();
    }

    private void terminate(AgentNode victim, Random random) throws Exception {
        if (!victim.terminate(GRACE)) {
            chronicle.endedAlone(victim.name() + " did not end in " + GRACE + " after TERM;");
            victim.kill();
        }
        downFor(random);
        launch();
    }

    private static void stop(AgentNode victim, Random random, Duration longest) throws Exception {
        victim.pause();
        Fault.pause(random, Duration.ofSeconds(1), longest);
        victim.resume();
    }

    private void launch() throws Exception {
        launched = Instant.now();
        agent.launch();
    }

    private static void downFor(Random random) throws InterruptedException {
        if (random.nextBoolean()) {
            Fault.pause(random, Duration.ZERO, LONGEST_DOWN);
        }
    }

    @Override
    public void watch() throws Exception {
        if (agent.isAlive()) {
            chronicle.memory(agent.name(), Memory.peak(agent.pid()));
        } else {
            if (chronicle.wasFull("disk of " + agent.name(), launched)) {
                chronicle.note(
                        agent.name() + " was started while its disk was full, and has ended");
            } else {
                chronicle.endedAlone(agent.name());
            }
            Thread.sleep(500);
            launch();
        }
    }
}

package io.steward.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.steward.bench.FleetCalls.Heard;
import io.steward.bench.FleetCalls.Listed;
import io.steward.bench.FleetCalls.Ran;
import io.steward.bench.SwarmFigures.Idle;
import io.steward.bench.SwarmFigures.Working;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// Measures a fleet of so many agents: first the broker bare, then a central agent and a swarm. All
/// is made anew for each size.
final class SwarmRun {
    private static final String TARGET = "n*";
    private static final String MESSAGE = "{\"commandOrEvent\": \"command\", \"method\": \"noop\"}";
    private static final int PINGS = 5;
    private static final int RUNS = 3;
    private static final Duration SETTLING = Duration.ofSeconds(15);
    private static final Duration UP = Duration.ofMinutes(10);

    private final Path root;
    private final String program;
    private final String sync;
    private final byte[] bytes;
    private final Duration idle;
    private final int perJvm;
    private final List<String> java;

    /// @param root the folder of the launcher
    /// @param program the path of nats-server
    /// @param sync the line of its configuration, or nothing for its own default
    /// @param bytes what a message is on the wire
    /// @param idle how long the fleet is watched while nothing is asked of it
    /// @param perJvm at most so many agents are in one JVM
    /// @param java options of the JVMs of the swarm
    SwarmRun(
            Path root,
            String program,
            String sync,
            byte[] bytes,
            Duration idle,
            int perJvm,
            List<String> java) {
        this.root = root;
        this.program = program;
        this.sync = sync;
        this.bytes = bytes.clone();
        this.idle = idle;
        this.perJvm = perJvm;
        this.java = List.copyOf(java);
    }

    SwarmFigures run(Path folder, int count) throws Exception {
        try (NatsServer nats = NatsServer.start(program, folder.resolve("nats"), sync)) {
            say("%,d mailboxes, bare".formatted(count));
            BareMailboxes bare = new BareMailboxes(nats.url(), count, bytes);
            double made = bare.madeMillis();
            double round = middle(RUNS, bare::round, Double::doubleValue);
            bare.end();
            say("%,d agents".formatted(count));
            try (AgentNode central = AgentNode.start(root, "central", folder, nats.url())) {
                List<SwarmProcess> swarm = new ArrayList<>();
                try {
                    return measure(folder, count, nats, central, swarm, made, round);
                } finally {
                    swarm.forEach(SwarmProcess::close);
                }
            }
        }
    }

    private SwarmFigures measure(
            Path folder,
            int count,
            NatsServer nats,
            AgentNode central,
            List<SwarmProcess> swarm,
            double made,
            double round)
            throws Exception {
        long begin = System.nanoTime();
        double started = 0;
        double named = 0;
        for (int first = 1; first <= count; first += perJvm) {
            double before = millisSince(begin);
            SwarmProcess process =
                    SwarmProcess.start(
                            nats.url(),
                            folder.resolve("swarm" + first),
                            first,
                            Math.min(perJvm, count - first + 1),
                            java);
            swarm.add(process);
            started = before + process.startedMillis();
            named = before + process.namedMillis();
        }
        FleetCalls calls = new FleetCalls(central.api());
        awaitUp(nats, calls, count + 1, begin);
        double up = millisSince(begin);
        say("up after %.1f s; idle for %d s".formatted(up / 1e3, idle.toSeconds()));
        Thread.sleep(SETTLING);
        List<Long> pids = swarm.stream().map(SwarmProcess::pid).toList();
        List<Idle> quiet = idle(pids, nats);
        say("pings");
        Heard ping = middle(PINGS, calls::ping, Heard::millis);
        Listed nodes = middle(RUNS, calls::nodes, Listed::millis);
        say("%s, %s; runs".formatted(ping, nodes));
        Ran cold = ran(calls, count);
        double swarmCpu = cpu(pids);
        double natsCpu = cpu(List.of(nats.pid()));
        double centralCpu = cpu(List.of(central.pid()));
        JsonNode before = nats.counts();
        Ran run = middle(RUNS, () -> ran(calls, count), Ran::read);
        JsonNode after = nats.counts();
        Working working =
                new Working(
                        (cpu(pids) - swarmCpu) / RUNS,
                        (cpu(List.of(nats.pid())) - natsCpu) / RUNS,
                        (cpu(List.of(central.pid())) - centralCpu) / RUNS,
                        difference(before, after, "in_msgs") / RUNS,
                        difference(before, after, "out_msgs") / RUNS);
        double heap = 0;
        long threads = 0;
        for (SwarmProcess each : swarm) {
            heap += each.liveHeap() / (double) (1 << 20);
            threads += Child.threads(each.pid());
        }
        return new SwarmFigures(
                count,
                made,
                round,
                started,
                named,
                up,
                ping,
                nodes,
                cold,
                run,
                quiet.getFirst(),
                quiet.getLast(),
                working,
                heap,
                threads,
                Child.memory(central.pid()));
    }

    /// Waits until every mailbox is there and everybody answers.
    @SuppressWarnings("try") // closing a connection may be interrupted, and that is passed on
    private static void awaitUp(NatsServer nats, FleetCalls calls, int all, long begin)
            throws Exception {
        try (Connection connection = Nats.connect(nats.url())) {
            Heard heard = calls.ping();
            long consumers = consumers(connection);
            for (int looks = 0; consumers < all || heard.heard() < all; looks++) {
                if (System.nanoTime() - begin > UP.toNanos()) {
                    throw new IllegalStateException(
                            "after %s %d of %d have a mailbox, and %s"
                                    .formatted(UP, consumers, all, heard));
                }
                if (looks % 20 == 0) {
                    say("%d have a mailbox, %s".formatted(consumers, heard));
                }
                Thread.sleep(200);
                heard = calls.ping();
                consumers = consumers(connection);
            }
        }
    }

    private static long consumers(Connection connection) throws IOException {
        try {
            return connection.jetStreamManagement().getAccountStatistics().getConsumers();
        } catch (JetStreamApiException e) {
            throw new IOException(e);
        }
    }

    private List<Idle> idle(List<Long> swarm, NatsServer nats) throws Exception {
        double swarmCpu = cpu(swarm);
        double natsCpu = cpu(List.of(nats.pid()));
        JsonNode before = nats.counts();
        long begin = System.nanoTime();
        Thread.sleep(idle);
        double took = millisSince(begin);
        JsonNode after = nats.counts();
        long memory = 0;
        for (long pid : swarm) {
            memory += Child.memory(pid);
        }
        return List.of(
                new Idle(memory, 100 * (cpu(swarm) - swarmCpu) / took, 0, 0),
                new Idle(
                        Child.memory(nats.pid()),
                        100 * (cpu(List.of(nats.pid())) - natsCpu) / took,
                        1e3 * difference(before, after, "in_msgs") / took,
                        1e3 * difference(before, after, "out_msgs") / took));
    }

    private static double difference(JsonNode before, JsonNode after, String count) {
        return after.path(count).asDouble() - before.path(count).asDouble();
    }

    /// In milliseconds.
    private static double cpu(List<Long> pids) {
        return pids.stream().mapToDouble(pid -> Child.cpu(pid).toNanos() / 1e6).sum();
    }

    private static Ran ran(FleetCalls calls, int count) throws IOException {
        Ran ran = calls.run(TARGET, MESSAGE);
        if (ran.succeeded() != count) {
            throw new IllegalStateException("of %d nodes %s".formatted(count, ran));
        }
        return ran;
    }

    private interface Measurement<T> {
        T take() throws Exception;
    }

    private static <T> T middle(int times, Measurement<T> what, ToDoubleFunction<T> by)
            throws Exception {
        List<T> all = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            all.add(what.take());
        }
        all.sort(Comparator.comparingDouble(by));
        return all.get(times / 2);
    }

    private static double millisSince(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }

    private static void say(String doing) {
        System.err.println("swarm: " + doing);
    }
}

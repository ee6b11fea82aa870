package io.steward.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Measures one nats-server: first bare, then with two agents on it, a sender and a receiver.
final class StewardRun {
    private static final int SEQUENTIAL = 300;
    private static final int BARE = 5_000;
    private static final int EVENTS = 10_000;
    private static final int COMMANDS = 2_000;
    private static final int STARTS = 3;
    private static final Duration IDLE = Duration.ofSeconds(30);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    private static final String COMMAND =
            """
            {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand", "data": ["true"]}
            """;
    private static final String EVENT =
            """
            {"toNode": "ship1", "commandOrEvent": "event", "method": "textlogging", "data": ["a line of a log"]}
            """;

    private final Path root;
    private final String program;
    private final byte[] bytes;

    /// @param root the folder of the launcher
    /// @param program the path of nats-server
    /// @param bytes what a message is on the wire
    StewardRun(Path root, String program, byte[] bytes) {
        this.root = root;
        this.program = program;
        this.bytes = bytes.clone();
    }

    /// @param sync the line of the broker's configuration, or nothing for its own default
    Column run(Path folder, String sync) throws Exception {
        try (NatsServer nats = NatsServer.start(program, folder.resolve("nats"), sync)) {
            Latency bare;
            double barePerSecond;
            say("JetStream, bare");
            try (BareJetStream jetStream = new BareJetStream(nats.url(), bytes)) {
                bare = jetStream.roundTrip(SEQUENTIAL);
                barePerSecond = jetStream.perSecond(BARE);
            }
            say("starting agents");
            try (AgentNode ship = startShip(folder, nats);
                    AgentNode central = AgentNode.start(root, "central", folder, nats.url())) {
                say("idle for " + IDLE.toSeconds() + " s");
                Thread.sleep(IDLE);
                long idle = Child.memory(ship.pid());
                Api api = central.api();
                say("commands, one at a time");
                Latency command = oneByOne(api, COMMAND);
                say("events, one at a time");
                Latency event = oneByOne(api, EVENT);
                say(EVENTS + " events at once");
                double events = perSecond(api, EVENT, EVENTS);
                say(COMMANDS + " commands at once");
                double commands = perSecond(api, COMMAND, COMMANDS);
                return new Column(
                        bare,
                        barePerSecond,
                        command,
                        event,
                        events,
                        commands,
                        ship.toApi(),
                        ship.toSubscribed(),
                        idle,
                        Child.memory(ship.pid()),
                        Child.memory(central.pid()),
                        Child.memory(nats.pid()));
            }
        }
    }

    /// Starts the receiver several times and keeps the last; the times are those of the median
    /// start.
    private AgentNode startShip(Path folder, NatsServer nats)
            throws IOException, InterruptedException {
        List<Duration> toApi = new ArrayList<>();
        List<Duration> toSubscribed = new ArrayList<>();
        for (int i = 1; ; i++) {
            AgentNode ship = AgentNode.start(root, "ship1", folder, nats.url());
            toApi.add(ship.toApi());
            toSubscribed.add(ship.toSubscribed());
            if (i == STARTS) {
                return ship.started(median(toApi), median(toSubscribed));
            }
            ship.close();
        }
    }

    private static Duration median(List<Duration> all) {
        return all.stream().sorted(Comparator.naturalOrder()).toList().get(all.size() / 2);
    }

    private static Latency oneByOne(Api api, String message) throws Exception {
        return Latency.of(SEQUENTIAL, SEQUENTIAL, _ -> api.sendAndAwait(message));
    }

    private static double perSecond(Api api, String message, int count)
            throws IOException, InterruptedException {
        long before = api.sent("succeeded");
        String all = message.repeat(count);
        long start = System.nanoTime();
        String last = api.send(all);
        // why: the messages of one subject end in order, so that the last is the one to ask about
        while (!api.state(last).equals("succeeded")) {
            if (System.nanoTime() - start > LONGEST.toNanos()) {
                throw new IllegalStateException("not all have ended in " + LONGEST);
            }
            Thread.sleep(10);
        }
        long took = System.nanoTime() - start;
        long ended = api.sent("succeeded") - before;
        if (ended < count) {
            throw new IllegalStateException(
                    "the last of %d has ended, but only %d have".formatted(count, ended));
        }
        return count * 1e9 / took;
    }

    private static void say(String doing) {
        System.err.println("bench: " + doing);
    }
}

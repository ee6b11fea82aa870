package io.steward.campaign;

import io.steward.campaign.world.TcpProxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// The links of one agent to its broker, or those between servers.
final class LinkVictim implements Victim {
    private static final Duration LONGEST_CUT = Duration.ofSeconds(15);
    private static final int LEAST_RATE = 20_000;
    private static final int MOST_RATE = 200_000;
    private static final int LONGEST_LATENCY = 500;
    private static final int MOST_BYTES = 50_000;

    private final String name;
    private final List<TcpProxy> links;
    private final Chronicle chronicle;
    private final Map<String, Fault<List<TcpProxy>>> faults;

    /// @param longest how long a link hangs or is slow at most
    LinkVictim(String name, List<TcpProxy> links, Chronicle chronicle, Duration longest) {
        this.name = name;
        this.links = List.copyOf(links);
        this.chronicle = chronicle;
        Duration least = Duration.ofMillis(100);
        this.faults =
                Map.of(
                        "cut",
                        (all, random) -> {
                            all.forEach(TcpProxy::cut);
                            Fault.pause(random, least, shorter(LONGEST_CUT, longest));
                        },
                        "hang",
                        (all, random) -> {
                            all.forEach(TcpProxy::blackhole);
                            Fault.pause(random, least, longest);
                        },
                        "slow",
                        (all, random) -> {
                            Duration latency = Duration.ofMillis(random.nextInt(LONGEST_LATENCY));
                            int rate = random.nextInt(LEAST_RATE, MOST_RATE);
                            all.forEach(link -> link.slow(latency, rate));
                            Fault.pause(random, least, longest);
                        },
                        "torn",
                        (all, random) -> {
                            int bytes = random.nextInt(MOST_BYTES);
                            all.forEach(link -> link.cutAfter(bytes));
                            Fault.pause(random, least, shorter(LONGEST_CUT, longest));
                        });
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<String> kinds() {
        return faults.keySet();
    }

    @Override
    public void strike(String kind, Random random) throws Exception {
        Fault<List<TcpProxy>> fault = faults.get(kind);
        if (fault == null) {
            throw new IllegalArgumentException(kind + " cannot be done to a link");
        }
        chronicle.fault(kind + " link", name);
        try {
            fault.strike(links, random);
        } finally {
            links.forEach(TcpProxy::pass);
            chronicle.note(name + " passes again");
        }
    }

    @Override
    public void watch() {}
}

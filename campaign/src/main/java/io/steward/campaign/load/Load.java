package io.steward.campaign.load;

import io.steward.campaign.world.AgentNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// All feeds of a campaign.
public final class Load {
    /// No feed has more messages than this.
    private static final long NUMBERS = 10_000_000;

    private static final int OF_SENDER = 8;
    private static final int OF_RECEIVER = 3;

    private final Path witnesses;
    private final Ledger ledger;
    private final Duration time;
    private final Random seeds;
    private final List<Feed> feeds = new ArrayList<>();

    private Load(Path witnesses, Ledger ledger, Duration time, long seed) {
        this.witnesses = witnesses;
        this.ledger = ledger;
        this.time = time;
        this.seeds = new Random(seed);
    }

    /// @param senders they send most, to the receivers
    /// @param receivers they send to each other and to themselves
    /// @param witnesses the folder of the files in which commands leave their marks
    /// @param messages how many in all
    public static List<Feed> feeds(
            List<AgentNode> senders,
            List<AgentNode> receivers,
            Path witnesses,
            Ledger ledger,
            int messages,
            Duration time,
            long seed) {
        Load load = new Load(witnesses, ledger, time, seed);
        List<String> names = receivers.stream().map(AgentNode::name).toList();
        int parts = senders.size() * OF_SENDER + receivers.size() * OF_RECEIVER;
        int part = messages / parts;
        for (AgentNode sender : senders) {
            load.add(sender, names, 'i', part * 4 + messages % parts / senders.size());
            load.add(sender, names, 'f', part * 2);
            load.add(sender, names, 'h', part * 2);
        }
        for (AgentNode receiver : receivers) {
            load.add(receiver, names, 'i', part * 2);
            load.add(receiver, names, 'h', part);
        }
        return load.feeds;
    }

    private void add(AgentNode from, List<String> receivers, char letter, int count) {
        long seed = seeds.nextLong();
        Recipe recipe =
                new Recipe(from.name(), receivers, witnesses, letter, seed, feeds.size() * NUMBERS);
        Feed.Way way =
                switch (letter) {
                    case 'i' -> new InmsgWay(from.data().resolve("inmsg.txt"));
                    case 'f' -> new DropWay(from.data().resolve("inbox"));
                    default -> new HttpWay(from.data(), seed);
                };
        feeds.add(new Feed(recipe, way, ledger, count, time, seed));
    }
}

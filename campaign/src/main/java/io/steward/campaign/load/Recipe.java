package io.steward.campaign.load;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/// Makes the messages of one feed, each from the seed and its number alone. Used by one thread.
final class Recipe {
    /// A message and how it is written into an input.
    record Item(Entry entry, String json) {}

    private static final JsonMapper JSON = new JsonMapper();
    private static final int DOMAINS = 4;
    private static final int BIG = 100_000;
    private static final String MARK = "echo \"$1 $STEWARD_ATTEMPT $2\" >>\"$0\"; ";

    private final String from;
    private final List<String> receivers;
    private final Path witnesses;
    private final char way;
    private final Random random;
    private long next;

    /// @param receivers whom it sends to
    /// @param witnesses the folder of the files in which commands leave their marks
    /// @param way stands in the domains, so that one feed alone gives the messages of a subject
    /// @param first the number before that of the first message
    Recipe(String from, List<String> receivers, Path witnesses, char way, long seed, long first) {
        this.from = from;
        this.receivers = receivers;
        this.witnesses = witnesses;
        this.way = way;
        this.random = new Random(seed);
        this.next = first;
    }

    Item next() {
        long n = ++next;
        String to = receivers.get(random.nextInt(receivers.size()));
        Kind kind = kind();
        boolean ordered = random.nextInt(20) > 0;
        int attempts = random.nextInt(10) == 0 ? 1 : 5;
        ObjectNode json = JSON.createObjectNode();
        json.put("toNode", to);
        json.put("commandOrEvent", kind.isEvent() ? "event" : "command");
        json.put("method", kind.isEvent() ? "textlogging" : "shellcommand");
        String domain = domain(kind);
        json.put("domain", domain);
        ArrayNode data = json.putArray("data");
        if (kind.isEvent()) {
            data.add(line(n, kind == Kind.BIG_LINE ? BIG : random.nextInt(120)));
        } else {
            command(data, n, to, kind);
        }
        switch (kind) {
            case BRIEF, BRIEF_LINE -> json.put("expires", 1 + random.nextInt(10));
            case TIMEOUT -> json.put("methodTimeout", "700ms");
            case REPLY ->
                    json.putObject("reply")
                            .put("toNode", from)
                            .put("method", "textlogging")
                            .put("domain", "reply")
                            .putArray("data")
                            .add("reply to " + n);
            default -> {}
        }
        json.put("ackTimeout", 2 + random.nextInt(9));
        if (!ordered) {
            json.put("ordered", false);
        }
        if (attempts != 3) {
            json.put("maxAttempts", attempts);
        }
        int onInterrupt = random.nextInt(10);
        boolean report = onInterrupt == 0;
        if (report) {
            json.put("onInterrupt", "report");
        } else if (onInterrupt <= 2) {
            json.put("onInterrupt", "rerun");
        }
        json.putObject("labels").put("n", Long.toString(n));
        return new Item(
                new Entry(n, from, to, kind, domain, ordered, attempts, report), json.toString());
    }

    private Kind kind() {
        int dice = random.nextInt(1_000);
        if (dice < 700) {
            return Kind.LINE;
        }
        if (dice < 705) {
            return Kind.BIG_LINE;
        }
        if (dice < 740) {
            return Kind.BRIEF_LINE;
        }
        if (dice < 890) {
            return Kind.QUICK;
        }
        if (dice < 893) {
            return Kind.BIG;
        }
        if (dice < 923) {
            return Kind.FAILING;
        }
        if (dice < 941) {
            return Kind.SLOW;
        }
        if (dice < 949) {
            return Kind.TIMEOUT;
        }
        if (dice < 969) {
            return Kind.REPLY;
        }
        return dice < 992 || way != 'h' ? Kind.BRIEF : Kind.CANCELLED;
    }

    /// What takes its time has domains of its own, or it would hold up the rest.
    private String domain(Kind kind) {
        String name =
                switch (kind) {
                    case SLOW, TIMEOUT, CANCELLED -> "slow";
                    case BIG_LINE -> "big";
                    default -> "d" + random.nextInt(DOMAINS);
                };
        return name + "-" + way;
    }

    private static String line(long n, int padding) {
        return "n=%d %s;".formatted(n, "x".repeat(padding));
    }

    private void command(ArrayNode data, long n, String to, Kind kind) {
        String script =
                switch (kind) {
                    case FAILING -> MARK + "exit 3";
                    case SLOW ->
                            MARK + "sleep 0." + random.nextInt(1, 6) + "; set -- $1 e; " + MARK;
                    case CANCELLED -> MARK + "sleep 2; set -- $1 e; " + MARK;
                    case TIMEOUT -> MARK + "sleep 60; set -- $1 e; " + MARK;
                    case BIG -> MARK + "echo \"$3\"";
                    default -> MARK;
                };
        data.add("sh")
                .add("-c")
                .add(script)
                .add(witnesses.resolve(to + ".txt").toString())
                .add(Long.toString(n))
                .add("b");
        if (kind == Kind.BIG) {
            data.add("y".repeat(BIG));
        }
    }
}

package io.steward.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.State;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Prints what became of messages, and says with which code to exit.
final class Results {
    private static final int NAMES_SHOWN = 8;

    private final Shell shell;
    private final Format format;

    Results(Shell shell, Format format) {
        this.shell = shell;
        this.format = format;
    }

    /// Called for each message as it ends.
    void ended(Delivery message) {
        if (format == Format.JSONL) {
            shell.out().println(message.json());
            shell.out().flush();
        }
    }

    /// @return the exit code
    int print(List<Delivery> messages, Duration took) {
        switch (format) {
            case TABLE -> {
                if (messages.size() == 1) {
                    one(messages.getFirst());
                } else {
                    many(messages, took);
                }
            }
            case JSON -> shell.out().println(document(messages, took).toPrettyString());
            case YAML -> shell.out().print(Yaml.of(document(messages, took)));
            case JSONL ->
                    messages.stream()
                            .filter(message -> !message.state().isEnd())
                            .forEach(message -> shell.out().println(message.json()));
            case RAW -> messages.forEach(message -> bytes(shell.out(), message.stdout(), false));
        }
        return exit(messages);
    }

    static int exit(List<Delivery> messages) {
        if (messages.size() == 1) {
            Delivery only = messages.getFirst();
            int code = only.exitCode().orElse(0);
            if (only.state() == State.FAILED && code > 0 && code < 256) {
                return code;
            }
        }
        int worst = Exit.OK;
        for (Delivery message : messages) {
            worst = worse(worst, exit(message.state()));
        }
        return worst;
    }

    private static int exit(State state) {
        return switch (state) {
            case SUCCEEDED -> Exit.OK;
            case FAILED, INTERRUPTED -> Exit.FAILED;
            case REFUSED -> Exit.REFUSED;
            case EXPIRED, CANCELLED -> Exit.EXPIRED;
            case QUEUED, PUBLISHED, RECEIVED, STARTED -> Exit.NO_ANSWER;
        };
    }

    /// Of several: failed before refused before expired before not answered.
    private static int worse(int a, int b) {
        List<Integer> order =
                List.of(Exit.OK, Exit.NO_ANSWER, Exit.EXPIRED, Exit.REFUSED, Exit.FAILED);
        return order.indexOf(a) >= order.indexOf(b) ? a : b;
    }

    /// Its output as it is; what else there is to say goes to stderr.
    private void one(Delivery message) {
        bytes(shell.out(), message.stdout(), shell.outIsTerminal());
        shell.out().flush();
        bytes(shell.err(), message.stderr(), shell.errIsTerminal());
        if (message.truncated()) {
            shell.warn("the output was cut: the node keeps only so much of it (run.outputCap)");
        }
        State state = message.state();
        if (state == State.FAILED && message.exitCode().orElse(0) > 0) {
            return;
        }
        if (!state.isEnd()) {
            shell.warn("%s has not answered yet: %s".formatted(message.node(), message.outcome()));
            shell.warn(
                    "it goes on; watch: %s status %s   cancel: %s cancel %s"
                            .formatted(shell.self(), message.id(), shell.self(), message.id()));
        } else if (state != State.SUCCEEDED) {
            shell.warn("%s: %s".formatted(message.node(), message.outcome()));
        }
    }

    private void many(List<Delivery> messages, Duration took) {
        Map<String, List<Delivery>> folded = new LinkedHashMap<>();
        for (Delivery message : messages) {
            String same =
                    message.outcome()
                            + '\0'
                            + new String(message.stdout(), StandardCharsets.ISO_8859_1)
                            + '\0'
                            + new String(message.stderr(), StandardCharsets.ISO_8859_1);
            folded.computeIfAbsent(same, s -> new ArrayList<>()).add(message);
        }
        List<List<Delivery>> groups = new ArrayList<>(folded.values());
        groups.sort(
                Comparator.comparingInt((List<Delivery> group) -> rank(group.getFirst().state()))
                        .thenComparingInt(List::size));
        groups.forEach(this::group);
        shell.say(summary(messages, took));
    }

    /// Failures first, no-answers last.
    private static int rank(State state) {
        return switch (state) {
            case FAILED, INTERRUPTED -> 0;
            case REFUSED -> 1;
            case EXPIRED, CANCELLED -> 2;
            case SUCCEEDED -> 3;
            case QUEUED, PUBLISHED, RECEIVED, STARTED -> 4;
        };
    }

    private void group(List<Delivery> group) {
        Delivery first = group.getFirst();
        List<String> nodes = group.stream().map(Delivery::node).sorted().toList();
        String head =
                group.size() == 1
                        ? first.node() + ": " + first.outcome()
                        : "%d nodes: %s: %s"
                                .formatted(
                                        group.size(), names(nodes, NAMES_SHOWN), first.outcome());
        if (shell.color()) {
            shell.out().println(color(first.state()) + Visible.of(head) + "\033[0m");
        } else {
            shell.say(head);
        }
        indented(first.stdout());
        indented(first.stderr());
    }

    private static String color(State state) {
        return switch (rank(state)) {
            case 3 -> "\033[32m";
            case 4 -> "\033[33m";
            default -> "\033[31m";
        };
    }

    private void indented(byte[] output) {
        String text = new String(output, StandardCharsets.UTF_8).stripTrailing();
        if (!text.isEmpty()) {
            text.lines().forEach(line -> shell.say("  " + line));
        }
    }

    private static String summary(List<Delivery> messages, Duration took) {
        Map<State, Integer> counts = new java.util.TreeMap<>();
        Duration fastest = null;
        Duration slowest = Duration.ZERO;
        for (Delivery message : messages) {
            counts.merge(message.state(), 1, Integer::sum);
            if (message.state().isEnd()) {
                Duration one = message.took();
                fastest = fastest == null || one.compareTo(fastest) < 0 ? one : fastest;
                slowest = one.compareTo(slowest) > 0 ? one : slowest;
            }
        }
        StringBuilder text = new StringBuilder(messages.size() + " nodes:");
        counts.forEach((state, count) ->
                text.append(' ').append(count).append(' ').append(state.word()).append(','));
        text.append(" in ").append(Times.length(took));
        if (fastest != null) {
            text.append(" (fastest ").append(Times.length(fastest));
            text.append(", slowest ").append(Times.length(slowest)).append(')');
        }
        return text.toString();
    }

    private static ObjectNode document(List<Delivery> messages, Duration took) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("messages");
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (Delivery message : messages) {
            array.add(message.json());
            counts.merge(message.state().word(), 1, Integer::sum);
        }
        ObjectNode summary = json.putObject("summary");
        summary.put("count", messages.size());
        counts.forEach(summary::put);
        summary.put("tookMs", took.toMillis());
        return json;
    }

    /// The first so many names.
    static String names(List<String> nodes, int most) {
        String shown = String.join(" ", nodes.subList(0, Math.min(most, nodes.size())));
        return nodes.size() > most ? shown + " and " + (nodes.size() - most) + " more" : shown;
    }

    private static void bytes(PrintStream to, byte[] bytes, boolean terminal) {
        if (terminal) {
            to.print(Visible.of(new String(bytes, StandardCharsets.UTF_8)));
        } else {
            to.write(bytes, 0, bytes.length);
        }
        to.flush();
    }
}

package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
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
            shell.json(message.json());
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
                    many(messages.stream().map(Answer::of).toList(), "node", took);
                }
            }
            case JSON ->
                    shell.json(
                            document("messages", messages.stream().map(Answer::of).toList(), took)
                                    .toPrettyString());
            case YAML ->
                    shell.out()
                            .print(
                                    Yaml.of(
                                            document(
                                                    "messages",
                                                    messages.stream().map(Answer::of).toList(),
                                                    took)));
            case JSONL ->
                    messages.stream()
                            .filter(message -> !message.state().isEnd())
                            .forEach(message -> shell.json(message.json()));
            case RAW -> messages.forEach(message -> bytes(shell.out(), message.stdout(), false));
        }
        return exitOf(messages);
    }

    static int exitOf(List<Delivery> messages) {
        if (messages.size() == 1) {
            Delivery only = messages.getFirst();
            int code = only.exitCode().orElse(0);
            if (only.state() == State.FAILED && code > 0 && code < 256) {
                return code;
            }
        }
        return exit(messages.stream().map(Answer::of).toList());
    }

    static int exit(List<Answer> answers) {
        if (!answers.isEmpty()
                && answers.stream().allMatch(each -> each.kind() == Answer.Kind.LEFT_OUT)) {
            return Exit.NO_MATCH; // why: it was to be done by those that are up, and nobody was
        }
        int worst = Exit.OK;
        for (Answer answer : answers) {
            worst = worse(worst, answer.kind().exit());
        }
        return worst;
    }

    /// Of several: failed before refused before expired before not answered.
    private static int worse(int a, int b) {
        List<Integer> order =
                List.of(Exit.OK, Exit.NO_ANSWER, Exit.EXPIRED, Exit.REFUSED, Exit.FAILED);
        return order.indexOf(a) >= order.indexOf(b) ? a : b;
    }

    /// Prints every target of a run; nothing as [Format#JSONL], where each has been a line of its
    /// own.
    ///
    /// @param run as the API tells of it
    /// @return the exit code
    int printRun(JsonNode run, List<Answer> answers, Duration took) {
        switch (format) {
            case TABLE -> many(answers, "target", took);
            case JSON, YAML -> {
                ObjectNode json = document("targets", answers, took);
                json.set("run", run);
                if (format == Format.JSON) {
                    shell.json(json.toPrettyString());
                } else {
                    shell.out().print(Yaml.of(json));
                }
            }
            case JSONL -> {}
            case RAW -> {
                answers.forEach(answer -> bytes(shell.out(), answer.stdout(), false));
                if (answers.stream().anyMatch(each -> each.kind() != Answer.Kind.SUCCEEDED)) {
                    shell.warn(summary(answers, "target", took));
                }
            }
        }
        return exit(answers);
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

    private void many(List<Answer> answers, String noun, Duration took) {
        Map<String, List<Answer>> folded = new LinkedHashMap<>();
        for (Answer answer : answers) {
            String same =
                    answer.outcome()
                            + '\0'
                            + new String(answer.stdout(), StandardCharsets.ISO_8859_1)
                            + '\0'
                            + new String(answer.stderr(), StandardCharsets.ISO_8859_1);
            folded.computeIfAbsent(same, s -> new ArrayList<>()).add(answer);
        }
        List<List<Answer>> groups = new ArrayList<>(folded.values());
        groups.sort(
                Comparator.comparing((List<Answer> group) -> group.getFirst().kind())
                        .thenComparingInt(List::size));
        groups.forEach(this::group);
        shell.say(summary(answers, noun, took));
    }

    private void group(List<Answer> group) {
        Answer first = group.getFirst();
        List<String> nodes = group.stream().map(Answer::node).sorted().toList();
        String head =
                group.size() == 1
                        ? first.node() + ": " + first.outcome()
                        : "%d nodes: %s: %s"
                                .formatted(
                                        group.size(), names(nodes, NAMES_SHOWN), first.outcome());
        if (shell.color()) {
            shell.out().println(color(first.kind()) + Visible.of(head) + "\033[0m");
        } else {
            shell.say(head);
        }
        indented(first.stdout());
        indented(first.stderr());
    }

    private static String color(Answer.Kind kind) {
        return switch (kind) {
            case SUCCEEDED -> "\033[32m";
            case LEFT_OUT, UNSENT, WAITING -> "\033[33m";
            case FAILED, REFUSED, EXPIRED -> "\033[31m";
        };
    }

    private void indented(byte[] output) {
        String text = new String(output, StandardCharsets.UTF_8).stripTrailing();
        if (!text.isEmpty()) {
            text.lines().forEach(line -> shell.say("  " + line));
        }
    }

    private static String summary(List<Answer> answers, String noun, Duration took) {
        Map<Answer.Kind, Map<String, Integer>> counts = new java.util.TreeMap<>();
        Duration fastest = null;
        Duration slowest = Duration.ZERO;
        for (Answer answer : answers) {
            counts.computeIfAbsent(answer.kind(), _ -> new LinkedHashMap<>())
                    .merge(answer.word(), 1, Integer::sum);
            if (answer.took().isPositive()) {
                fastest =
                        fastest == null || answer.took().compareTo(fastest) < 0
                                ? answer.took()
                                : fastest;
                slowest = answer.took().compareTo(slowest) > 0 ? answer.took() : slowest;
            }
        }
        StringBuilder text =
                new StringBuilder(
                        "%d %s%s:".formatted(answers.size(), noun, answers.size() == 1 ? "" : "s"));
        counts.values()
                .forEach(words ->
                        words.forEach((word, count) ->
                                text.append(' ')
                                        .append(count)
                                        .append(' ')
                                        .append(word)
                                        .append(',')));
        text.append(" in ").append(Times.length(took));
        if (fastest != null) {
            text.append(" (fastest ").append(Times.length(fastest));
            text.append(", slowest ").append(Times.length(slowest)).append(')');
        }
        return text.toString();
    }

    private static ObjectNode document(String list, List<Answer> answers, Duration took) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray(list);
        Map<String, Integer> counts = new LinkedHashMap<>();
        for (Answer answer : answers) {
            array.add(answer.json());
            String whereabouts = Answer.whereabouts(answer.json());
            counts.merge(
                    whereabouts.isEmpty() ? answer.json().path("state").asText() : whereabouts,
                    1,
                    Integer::sum);
        }
        ObjectNode summary = json.putObject("summary");
        summary.put("count", answers.size());
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

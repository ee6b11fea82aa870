package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.messages.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "status",
        description = {
            "Shows messages with every state they were in and how they ended; without an id, how"
                    + " the agent is and who it waits for.",
            "With ids the exit code says how the messages are, as after sending them."
        })
final class Status implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofHours(1);

    private final Shell shell;
    @Mixin Common common = new Common();

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "Wait so long for each message to end.")
    Duration wait = Duration.ZERO;

    @Parameters(paramLabel = "ID", arity = "0..*", description = "Message ids.")
    List<String> ids = new ArrayList<>();

    Status(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        AgentClient agent = common.agent(shell);
        if (ids.isEmpty()) {
            agent(agent.get("/v1/status"));
            return Exit.OK;
        }
        List<Delivery> messages = new ArrayList<>();
        for (String id : ids) {
            messages.add(read(agent, id));
        }
        if (common.format == Format.TABLE) {
            messages.forEach(this::message);
        } else {
            messages.stream()
                    .filter(message -> message.state().isEnd())
                    .forEach(new Results(shell, common.format)::ended);
            @SuppressWarnings("unused") // the exit code of a status is worked out below
            int exit = new Results(shell, common.format).print(messages, Duration.ZERO);
        }
        return messages.stream().mapToInt(m -> Results.exitOf(List.of(m))).max().orElse(Exit.OK);
    }

    /// The agent waits only so long with an answer.
    private Delivery read(AgentClient agent, String id) {
        Duration left = wait;
        while (true) {
            Duration now = left.compareTo(LONGEST) < 0 ? left : LONGEST;
            Delivery message =
                    new Delivery(
                            agent.get(
                                            "/v1/messages/%s?wait=%dms"
                                                    .formatted(
                                                            AgentClient.encode(id), now.toMillis()),
                                            now)
                                    .json());
            left = left.minus(now);
            if (message.state().isEnd() || left.isZero()) {
                return message;
            }
        }
    }

    private void message(Delivery message) {
        JsonNode envelope = message.message();
        boolean sent = message.json().path("direction").asText().equals("sent");
        shell.say("%s  %s".formatted(message.id(), message.outcome()));
        shell.say(
                "  %s   %s.%s.%s.%s"
                        .formatted(
                                sent ? "to " + message.node() : "from " + message.node(),
                                envelope.path("to").asText(),
                                envelope.path("type").asText(),
                                envelope.path("method").asText(),
                                envelope.path("domain").asText()));
        shell.say("  data        " + Lines.data(envelope));
        @Nullable Instant before = null;
        for (Map.Entry<String, Instant> state : message.states().entrySet()) {
            String later = before == null ? "" : later(Duration.between(before, state.getValue()));
            shell.say(
                    "  %-11s %s%s".formatted(state.getKey(), Times.near(state.getValue()), later));
            before = state.getValue();
        }
        State state = message.state();
        if (!state.isEnd()) {
            String why = message.note() == null ? waitsFor(state, message.node()) : message.note();
            shell.say("  waiting     %s".formatted(why));
            if (before != null) {
                shell.say("  since       " + Times.since(before.toString()));
            }
            String expires = envelope.path("expiresAt").asText();
            boolean past = state != State.QUEUED && Instant.parse(expires).isBefore(Instant.now());
            shell.say(
                    "  expires     %s%s"
                            .formatted(
                                    Times.near(expires),
                                    past
                                            ? ", which is past: it may be running, and ends with"
                                                    + " its methodTimeout at the latest"
                                            : ""));
            receiver(message.json().path("receiver"));
        } else if (message.note() != null) {
            shell.say("  note        " + message.note());
        }
        JsonNode ack = message.json().path("ack");
        if (ack.hasNonNull("exitCode")) {
            shell.say("  exit code   " + ack.path("exitCode").asInt());
        }
        if (ack.hasNonNull("signal")) {
            shell.say("  signal      " + ack.path("signal").asText());
        }
        if (ack.path("attempt").asInt() > 1) {
            shell.say("  attempt     " + ack.path("attempt").asInt());
        }
        output("stdout", message.stdout());
        output("stderr", message.stderr());
    }

    /// Below zero where the clocks of the two nodes differ.
    private static String later(Duration by) {
        return (by.isNegative() ? "  -" : "  +") + Times.length(by.abs());
    }

    private void receiver(JsonNode receiver) {
        if (receiver.isObject()) {
            shell.say("  node        " + Receiver.text(receiver));
            String backlog = Receiver.backlog(receiver);
            if (!backlog.isEmpty()) {
                shell.say("  wait there  " + backlog);
            }
        }
    }

    private static String waitsFor(State state, String node) {
        return switch (state) {
            case QUEUED -> "for the broker";
            case PUBLISHED -> "for " + node + " to fetch it";
            case RECEIVED -> "for " + node + " to start it, after those before it";
            case STARTED -> "for " + node + " to end it";
            case SUCCEEDED, FAILED, INTERRUPTED, REFUSED, EXPIRED, CANCELLED -> "";
        };
    }

    private void output(String name, byte[] bytes) {
        String text = new String(bytes, java.nio.charset.StandardCharsets.UTF_8).stripTrailing();
        if (!text.isEmpty()) {
            shell.say("  " + name);
            text.lines().forEach(line -> shell.say("    " + line));
        }
    }

    private void agent(JsonNode status) {
        if (Documents.print(shell, common.format, status)) {
            return;
        }
        shell.say(
                "%s  version %s, pid %s, up since %s"
                        .formatted(
                                status.path("node").asText(),
                                status.path("version").asText(),
                                status.path("pid").asText(),
                                Times.since(status.path("startedAt").asText())));
        JsonNode broker = status.path("broker");
        shell.say(
                broker.path("connected").asBoolean()
                        ? "broker    %s, version %s, since %s"
                                .formatted(
                                        broker.path("url").asText(),
                                        broker.path("version").asText(),
                                        Times.near(broker.path("since").asText()))
                        : "broker    no connection since %s: %s"
                                .formatted(
                                        Times.since(broker.path("since").asText()),
                                        broker.path("problem").asText()));
        shell.say("data      " + status.path("data").asText());
        shell.say("inmsg     " + status.path("inmsg").asText());
        shell.say("sent      " + counts(status.path("messages").path("sent")));
        shell.say("received  " + counts(status.path("messages").path("received")));
        if (broker.path("nameHeld").asBoolean() && broker.hasNonNull("rival")) {
            shell.say(
                    "name      another agent wanted it and was refused: "
                            + broker.path("rival").asText());
        }
        waiting(status.path("waiting"));
        for (JsonNode receiver : status.path("receivers")) {
            if (!receiver.path("state").asText().equals("up")) {
                shell.say(
                        "node      %s; %s"
                                .formatted(Receiver.text(receiver), Receiver.backlog(receiver)));
            }
        }
    }

    private static String counts(JsonNode counts) {
        StringBuilder text = new StringBuilder();
        counts.properties()
                .forEach(count ->
                        text.append(text.isEmpty() ? "" : ", ")
                                .append(count.getValue().asLong())
                                .append(' ')
                                .append(count.getKey()));
        return text.isEmpty() ? "nothing yet" : text.toString();
    }

    private void waiting(JsonNode waiting) {
        Map<String, Long> counts = new LinkedHashMap<>();
        Map<String, String> oldest = new LinkedHashMap<>();
        Map<String, String> notes = new LinkedHashMap<>();
        for (JsonNode one : waiting) {
            String node = one.path("node").asText();
            counts.merge(node, one.path("count").asLong(), Long::sum);
            oldest.merge(node, one.path("oldest").asText(), (a, b) -> a.compareTo(b) < 0 ? a : b);
            if (one.hasNonNull("note")) {
                notes.putIfAbsent(node, one.path("note").asText());
            }
        }
        counts.forEach((node, count) ->
                shell.say(
                        "waiting   %d for %s, the oldest since %s%s"
                                .formatted(
                                        count,
                                        node,
                                        Times.since(oldest.getOrDefault(node, "")),
                                        notes.containsKey(node) ? ": " + notes.get(node) : "")));
    }
}

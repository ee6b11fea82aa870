package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.Durations;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Options of the commands that send, and the sending.
final class Sending {
    private static final Duration DEFAULT_WAIT = Duration.ofSeconds(60);

    @Option(
            names = "--domain",
            paramLabel = "DOMAIN",
            description =
                    "What it is done for, nginx; messages of one node, method and domain run in"
                            + " order. Default: the method's.")
    @Nullable String domain;

    @Option(
            names = "--ack-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "How long to wait for \"received\" before looking after it (30s).")
    @Nullable Duration ackTimeout;

    @Option(
            names = "--retries",
            paramLabel = "N",
            description = "How often to publish again at most; 0: until it expires (0).")
    @Nullable Integer retries;

    @Option(
            names = "--method-timeout",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description =
                    "How long it may run; then it is ended with all its children. Default: the"
                            + " node's setting.")
    @Nullable Duration methodTimeout;

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            description = "After this it is not started any more: a duration or an instant (7d).")
    @Nullable String expires;

    @Option(names = "--unordered", description = "Run it beside the others, not after them.")
    boolean unordered;

    @Option(
            names = "--on-interrupt",
            paramLabel = "WHAT",
            description = "If the node's agent dies while it runs: rerun, report or auto (auto).")
    @Nullable String onInterrupt;

    @Option(
            names = "--max-attempts",
            paramLabel = "N",
            description = "How often it may be started in all (3).")
    @Nullable Integer maxAttempts;

    @Option(
            names = "--label",
            paramLabel = "KEY=VALUE",
            description = "Carried along and searchable; may be given several times.")
    Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--detach", description = "Print the ids and leave; do not wait.")
    boolean detach;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            description =
                    "How long to wait for the results (60s; with --follow: end; of a run: until all"
                            + " that are up have ended); \"end\": until every message has ended."
                            + " What has not ended goes on.")
    String wait = "";

    @Option(
            names = "--reply",
            paramLabel = "NODE:METHOD[:DOMAIN]",
            description =
                    "Where a copy of each result goes, as an event or command of its own:"
                            + " central:textlogging:disks.")
    @Nullable String reply;

    @Option(
            names = "--reply-data",
            paramLabel = "TEXT",
            description = "Arguments of the reply's method, before the result; repeatable.")
    List<String> replyData = new ArrayList<>();

    @Option(names = "--preview", description = "Only print the nodes that are meant; send nothing.")
    boolean preview;

    @Option(
            names = "--missing",
            description = "With --of-run: the targets that were not run, not those that failed.")
    boolean missing;

    @Mixin ScheduleOptions schedule = new ScheduleOptions();

    /// Whether what is printed is wanted as it comes.
    boolean follow;

    /// The message as it would stand in inmsg.txt.
    ObjectNode message(List<String> targets, String type, String method, List<String> data) {
        ObjectNode json = message(type, method, data);
        ArrayNode nodes = json.putArray("toNodes");
        targets(targets).forEach(nodes::add);
        return json;
    }

    /// The message without a receiver.
    private ObjectNode message(String type, String method, List<String> data) {
        ObjectNode json = Json.object();
        json.put("commandOrEvent", type);
        json.put("method", method);
        if (domain != null) {
            json.put("domain", domain);
        }
        ArrayNode array = json.putArray("data");
        data.forEach(array::add);
        put(json, "ackTimeout", ackTimeout);
        put(json, "methodTimeout", methodTimeout);
        if (retries != null) {
            json.put("retries", retries);
        }
        if (expires != null) {
            json.put("expires", expires);
        }
        if (unordered) {
            json.put("ordered", false);
        }
        if (onInterrupt != null) {
            json.put("onInterrupt", onInterrupt);
        }
        if (maxAttempts != null) {
            json.put("maxAttempts", maxAttempts);
        }
        if (!labels.isEmpty()) {
            ObjectNode map = json.putObject("labels");
            labels.forEach(map::put);
        }
        if (follow) {
            json.put("follow", true);
        }
        if (reply != null) {
            json.set("reply", reply(reply));
        }
        schedule.addTo(json);
        return json;
    }

    private ObjectNode reply(String to) {
        String[] parts = to.split(":", -1);
        if (parts.length < 2 || parts.length > 3) {
            throw new CliException(
                    Exit.USAGE,
                    "--reply: \"%s\": expected NODE:METHOD or NODE:METHOD:DOMAIN".formatted(to));
        }
        ObjectNode json = Json.object().put("toNode", parts[0]).put("method", parts[1]);
        if (parts.length == 3) {
            json.put("domain", parts[2]);
        }
        ArrayNode array = json.putArray("data");
        replyData.forEach(array::add);
        return json;
    }

    private static void put(ObjectNode json, String field, @Nullable Duration value) {
        if (value != null) {
            json.put(field, Durations.format(value));
        }
    }

    /// Names apart or with commas between them, each once.
    static List<String> targets(List<String> given) {
        Set<String> names = new LinkedHashSet<>();
        for (String some : given) {
            for (String name : some.split(",", -1)) {
                try {
                    names.add(new NodeName(name).value());
                } catch (IllegalArgumentException e) {
                    throw new CliException(Exit.USAGE, String.valueOf(e.getMessage()));
                }
            }
        }
        return List.copyOf(names);
    }

    /// @return null for as long as it takes
    @Nullable Duration patience() {
        if (wait.equals("end") || (wait.isEmpty() && follow)) {
            return null;
        }
        if (wait.isEmpty()) {
            return DEFAULT_WAIT;
        }
        try {
            return Durations.parse(wait);
        } catch (IllegalArgumentException e) {
            throw new CliException(Exit.USAGE, "--wait: " + e.getMessage() + ", or \"end\"");
        }
    }

    /// Sends, and waits unless detached.
    ///
    /// @return the exit code
    int send(Shell shell, Common common, byte[] body, String contentType) {
        return send(shell, common, agent -> agent.post("/v1/messages", body, contentType));
    }

    /// Sends one message to each node that is meant: named nodes theirs at once, else a run.
    ///
    /// @return the exit code
    int send(
            Shell shell,
            Common common,
            TargetOptions targets,
            PlanOptions plan,
            String type,
            String method,
            List<String> data) {
        AgentClient agent = common.agent(shell);
        List<String> names = targets.names(shell);
        schedule.require(names != null && plan.isEmpty());
        if (follow && !plan.isEmpty()) {
            throw new CliException(
                    Exit.USAGE,
                    "--follow shows what all print at once: leave out --canary, --batch and the"
                            + " like, or --follow");
        }
        if (names != null && plan.isEmpty() && !preview) {
            if (follow) {
                Following.requireFew(names.size());
            }
            return send(
                    shell,
                    common,
                    at ->
                            at.post(
                                    "/v1/messages",
                                    message(names, type, method, data),
                                    Duration.ZERO));
        }
        ObjectNode body = Json.object();
        if (names == null || preview) {
            Meant meant = targets.meant(shell, missing);
            if (preview || follow) {
                if (preview && names != null) {
                    return Nodes.preview(shell, common, meant, Nodes.named(agent, meant, names));
                }
                List<JsonNode> nodes = Nodes.of(shell, agent, meant);
                return preview
                        ? Nodes.preview(shell, common, meant, nodes)
                        : followed(shell, common, nodes, type, method, data);
            }
            meant.addTo(body);
        } else {
            names.forEach(body.putArray("nodes")::add);
        }
        body.set("plan", plan.json());
        body.set("message", message(type, method, data));
        return run(shell, common, agent, body);
    }

    private int followed(
            Shell shell,
            Common common,
            List<JsonNode> nodes,
            String type,
            String method,
            List<String> data) {
        Following.requireFew(nodes.size());
        List<String> names = nodes.stream().map(node -> node.path("node").asText()).toList();
        return send(
                shell,
                common,
                at -> at.post("/v1/messages", message(names, type, method, data), Duration.ZERO));
    }

    private int run(Shell shell, Common common, AgentClient agent, ObjectNode body) {
        @Nullable Duration patience = wait.isEmpty() ? null : patience();
        Runs runs = new Runs(shell, agent, common.format);
        String id = runs.begin(body);
        if (detach) {
            return Runs.detached(shell, common, id);
        }
        return runs.finish(id, patience);
    }

    private int send(Shell shell, Common common, Function<AgentClient, JsonNode> post) {
        AgentClient agent = common.agent(shell);
        @Nullable Duration patience = patience();
        List<String> ids = new ArrayList<>();
        JsonNode answer = post.apply(agent);
        answer.path("messages").forEach(message -> ids.add(message.path("id").asText()));
        if (answer.has("schedules")) {
            ScheduleCommand.accepted(shell, common, answer);
            if (ids.isEmpty()) {
                return Exit.OK;
            }
        }
        return follow && !detach
                ? new Following(shell, agent, ids).follow(patience, false)
                : finish(shell, common, agent, ids, detach, patience);
    }

    /// Waits for messages that are sent, and prints what became of them.
    static int finish(
            Shell shell,
            Common common,
            AgentClient agent,
            List<String> ids,
            boolean detach,
            @Nullable Duration patience) {
        if (detach) {
            ObjectNode json = Json.object();
            ArrayNode array = json.putArray("messages");
            ids.forEach(id -> array.addObject().put("id", id));
            if (!Documents.print(shell, common.format, json, "messages")) {
                ids.forEach(shell.out()::println);
            }
            return Exit.OK;
        }
        Results results = new Results(shell, common.format);
        long start = System.nanoTime();
        List<Delivery> messages = new Waiter(shell, agent).await(ids, patience, results::ended);
        return results.print(messages, Duration.ofNanos(System.nanoTime() - start));
    }
}

package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.fleet.Fleet;
import io.steward.agent.fleet.Member;
import io.steward.agent.fleet.RunBook;
import io.steward.agent.fleet.RunPlan;
import io.steward.agent.fleet.RunSpec;
import io.steward.agent.fleet.RunView;
import io.steward.agent.fleet.Targeting;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.journal.Page;
import io.steward.agent.journal.RunId;
import io.steward.agent.journal.Runs.Run;
import io.steward.agent.journal.Runs.Target;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.outbox.SubmitException;
import io.steward.messages.InputException;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Runs: one send to many nodes.
final class RunRoutes {
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /// Those who wait hear of the progress at least so often.
    private static final Duration LOOK = Duration.ofSeconds(1);

    private static final int NAMES_SHOWN = 5;
    private static final int MOST_TARGETS = 5_000;
    private static final int MOST_RUNS = 1_000;

    private final Fleet fleet;
    private final RunBook runs;
    private final Journal journal;
    private final Outbox outbox;
    private final Gate gate;

    /// @param gate opened here whenever a run has changed
    RunRoutes(Fleet fleet, Journal journal, Outbox outbox, Gate gate) {
        this.fleet = fleet;
        this.runs = fleet.runs();
        this.journal = journal;
        this.outbox = outbox;
        this.gate = gate;
        runs.onChange(gate::open);
    }

    List<Route> routes() {
        return List.of(
                Route.post(Role.OPERATOR, "/v1/runs", this::begin),
                Route.get(Role.VIEWER, "/v1/runs", this::list, "before", "limit"),
                Route.get(Role.VIEWER, "/v1/runs/{id}", this::show, "wait"),
                Route.get(
                        Role.VIEWER,
                        "/v1/runs/{id}/targets",
                        this::targets,
                        "after",
                        "limit",
                        "results",
                        "open"),
                Route.get(
                        Role.VIEWER, "/v1/runs/{id}/ends", this::ends, "after", "limit", "results"),
                Route.post(Role.OPERATOR, "/v1/runs/{id}/pause", this::pause),
                Route.post(Role.OPERATOR, "/v1/runs/{id}/resume", this::resume),
                Route.post(Role.OPERATOR, "/v1/runs/{id}/abort", this::abort, "cancel"),
                Route.post(Role.OPERATOR, "/v1/runs/{id}/again", this::again));
    }

    /// `POST /v1/runs {"target" | "ofRun" | "nodes", "plan", "message"}`.
    private void begin(Call call)
            throws IOException, InterruptedException, InputException, SubmitException {
        JsonNode body = call.jsonBody("target", "ofRun", "missing", "nodes", "plan", "message");
        if (!(body.path("message") instanceof ObjectNode message)) {
            throw Problem.badRequest(
                    "message: expected one as in inmsg.txt, without toNode: {\"commandOrEvent\":"
                            + " ...}");
        }
        RunPlan plan = plan(body.path("plan"), RunPlan.ALL);
        Selection selection = Selection.of(body);
        if (body.has("nodes") && !selection.isEmpty()) {
            throw Problem.badRequest("nodes: names beside target or ofRun; expected one of them");
        }
        ObjectNode json = Json.object();
        boolean areNamed = body.has("nodes") || selection.isOfRunAlone();
        List<NodeName> nodes =
                body.has("nodes")
                        ? named(body.path("nodes"))
                        : areNamed ? selection.targetsOfRun(fleet) : chosen(selection, json);
        if (areNamed) {
            FleetViews.unknown(json, fleet.roster().unknown(nodes));
        }
        String text = body.has("nodes") ? text(nodes) : selection.text();
        answer(call, runs.begin(new RunSpec(text, plan, message, null), nodes), nodes.size(), json);
    }

    private static String text(List<NodeName> nodes) {
        String first =
                nodes.stream()
                        .limit(NAMES_SHOWN)
                        .map(NodeName::value)
                        .collect(Collectors.joining(","));
        return nodes.size() > NAMES_SHOWN
                ? "%s and %d more".formatted(first, nodes.size() - NAMES_SHOWN)
                : first;
    }

    private static void answer(Call call, RunId id, int targets, ObjectNode json) {
        call.answer(202, json.put("id", id.value()).put("targets", targets));
    }

    private static RunPlan plan(JsonNode json, RunPlan byDefault) {
        if (!json.isMissingNode() && !json.isNull() && !json.isObject()) {
            throw Problem.badRequest(
                    "plan: %s, expected an object such as {\"canary\": 1}".formatted(json));
        }
        try {
            return json.isObject() ? RunPlan.of(json) : byDefault;
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(String.valueOf(e.getMessage()));
        }
    }

    private List<NodeName> chosen(Selection selection, ObjectNode json)
            throws InterruptedException {
        if (selection.isEmpty()) {
            throw Problem.badRequest(
                    "target: is missing, expected an expression such as \"cloud=eu and tag=web\";"
                            + " nodes: names, or ofRun: the id of a run, would do, too");
        }
        Targeting.Chosen chosen = selection.choose(fleet, ANSWER);
        FleetViews.notMeant(json, chosen);
        if (chosen.meant().isEmpty()) {
            throw Problem.notFound(
                    chosen.leftAlone().isEmpty()
                            ? "no node matches " + selection.text()
                            : "only nodes in maintenance match %s: name them, or end their maintenance"
                                    .formatted(selection.text()));
        }
        return chosen.meant().stream().map(Member::node).toList();
    }

    static List<NodeName> named(JsonNode array) {
        Set<NodeName> nodes = new LinkedHashSet<>();
        for (JsonNode name : array) {
            try {
                nodes.add(new NodeName(name.asText()));
            } catch (IllegalArgumentException e) {
                throw Problem.badRequest("nodes: " + e.getMessage());
            }
        }
        if (nodes.isEmpty()) {
            throw Problem.badRequest("nodes: expected an array of names");
        }
        return List.copyOf(nodes);
    }

    /// `GET /v1/runs`: the newest first.
    private void list(Call call) {
        Page<Run> page =
                runs.newest(
                        call.query("before", RunId::new).orElse(null),
                        call.number("limit", 20, MOST_RUNS));
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("runs");
        page.items()
                .forEach(run ->
                        runs.view(run.id()).ifPresent(view -> array.add(FleetViews.run(view))));
        json.put("more", page.more());
        call.answer(200, json);
    }

    /// `GET /v1/runs/{id}?wait=`: how a run is, as soon as it is settled, or after the time.
    private void show(Call call) throws InterruptedException {
        RunId id = call.path("id", RunId::new);
        long deadline = System.nanoTime() + call.await(Duration.ZERO, LONGEST).toNanos();
        long ticket = gate.ticket();
        RunView view = view(id);
        while (!view.settled()) {
            long look = Math.min(deadline, System.nanoTime() + LOOK.toNanos());
            if (!gate.passed(ticket, look) && System.nanoTime() - deadline >= 0) {
                break;
            }
            ticket = gate.ticket();
            view = view(id);
        }
        call.answer(200, FleetViews.run(view));
    }

    private RunView view(RunId id) {
        return runs.view(id).orElseThrow(() -> unknown(id));
    }

    static Problem unknown(RunId id) {
        return Problem.notFound(
                "No run %s was begun here; \"steward run list\" lists those that were"
                        .formatted(id));
    }

    /// `GET /v1/runs/{id}/targets`: every target once, in the order of the run, or with `open=true`
    /// those that are not among the ends; with `results=true` also its message, fewer at once where
    /// those are large.
    private void targets(Call call) {
        RunView view = view(call.path("id", RunId::new));
        int after = call.query("after", Integer::valueOf).orElse(-1);
        boolean open = call.query("open", Boolean::valueOf).orElse(false);
        List<Target> page =
                runs.targets(view.run().id(), after, call.number("limit", 1_000, MOST_TARGETS));
        ObjectNode json = Json.object();
        int read = list(call, view, page, target -> !open || target.nth() == 0, json);
        int next = read == 0 ? after : page.get(read - 1).place();
        json.put("next", next);
        json.put("more", next + 1 < view.run().targets() && read > 0);
        call.answer(200, json);
    }

    /// `GET /v1/runs/{id}/ends`: the targets that have ended or were left out, in the order in
    /// which the run learnt of it; those who ask again with `after` get each of them once.
    private void ends(Call call) {
        RunView view = view(call.path("id", RunId::new));
        int after = call.query("after", Integer::valueOf).orElse(0);
        int limit = call.number("limit", 1_000, MOST_TARGETS);
        List<Target> page = runs.ended(view.run().id(), after, limit);
        ObjectNode json = Json.object();
        int read = list(call, view, page, _ -> true, json);
        json.put("next", read == 0 ? after : page.get(read - 1).nth());
        json.put("more", read < page.size() || read == limit);
        call.answer(200, json);
    }

    /// Puts targets into an answer, until it is large enough.
    ///
    /// @return how many were read
    private int list(
            Call call, RunView view, List<Target> page, Predicate<Target> wanted, ObjectNode json) {
        boolean results = call.query("results", Boolean::valueOf).orElse(false);
        ArrayNode array = json.putArray("targets");
        long bytes = 0;
        int read = 0;
        for (Target target : page) {
            read++;
            if (!wanted.test(target)) {
                continue;
            }
            ObjectNode one = FleetViews.target(target, view);
            array.add(one);
            ObjectNode message = results ? result(target) : null;
            if (message != null) {
                one.set("result", message);
                bytes += message.toString().length();
            }
            if (bytes >= Page.BYTES) {
                break;
            }
        }
        return read;
    }

    /// Null where it was not sent one, or that is pruned.
    private @Nullable ObjectNode result(Target target) {
        return target.message() == null
                ? null
                : journal.sent(target.message()).map(this::message).orElse(null);
    }

    private ObjectNode message(SentMessage sent) {
        return Views.sent(sent, outbox::problem);
    }

    private void pause(Call call) throws InterruptedException {
        change(call, runs.pause(audited(call, "run-paused", null)), "is not running");
    }

    private void resume(Call call) throws InterruptedException {
        change(call, runs.resume(audited(call, "run-resumed", null)), "is not paused");
    }

    private void abort(Call call) throws InterruptedException, SubmitException {
        boolean cancel = call.query("cancel", Boolean::valueOf).orElse(false);
        RunId id = audited(call, "run-aborted", cancel ? "cancel" : null);
        boolean changed = runs.abort(id, cancel) || cancel;
        change(call, changed, changed ? "" : nothingToStop(view(call.path("id", RunId::new))));
    }

    /// What an abort that cancels would still stop.
    private static String nothingToStop(RunView view) {
        String nothing = "sends nothing more that could be stopped";
        int open = view.underWay();
        return open == 0
                ? nothing
                : "%s; %d of its messages %s not ended, and abort with --cancel (cancel=true) takes them back"
                        .formatted(nothing, open, open == 1 ? "has" : "have");
    }

    private RunId known(Call call) {
        return view(call.path("id", RunId::new)).run().id();
    }

    private RunId audited(Call call, String what, @Nullable String detail) {
        RunId id = known(call);
        call.audit(what, id.value(), detail);
        return id;
    }

    private void change(Call call, boolean changed, String why) {
        RunView view = view(call.path("id", RunId::new));
        if (!changed) {
            throw new Problem(
                    409,
                    "The run is not in that state",
                    "run %s %s: it is %s"
                            .formatted(view.run().id(), why, FleetViews.phase(view.run().phase())));
        }
        call.answer(200, FleetViews.run(view));
    }

    /// `POST /v1/runs/{id}/again {"failed", "missing", "plan"}`: sends those of a run's targets
    /// theirs once more, as another run.
    private void again(Call call)
            throws IOException, InterruptedException, InputException, SubmitException {
        RunView view = view(call.path("id", RunId::new));
        JsonNode body = call.jsonBody("failed", "missing", "plan");
        RunId id = view.run().id();
        boolean missing = body.path("missing").asBoolean();
        boolean failed = body.path("failed").asBoolean();
        if (!failed && !missing) {
            throw Problem.badRequest("expected \"failed\": true, \"missing\": true, or both");
        }
        if (view.run().phase().isOpen()) {
            throw new Problem(
                    409,
                    "The run is not in that state",
                    "run %s is still going on: wait for its end, or abort it".formatted(id));
        }
        List<NodeName> nodes = runs.left(id, failed, missing);
        if (nodes.isEmpty()) {
            throw Problem.notFound(
                    "no target of run %s %s"
                            .formatted(
                                    id,
                                    failed && missing
                                            ? "failed or is missing"
                                            : failed ? "failed" : "is missing"));
        }
        RunPlan plan = plan(body.path("plan"), view.spec().plan());
        answer(
                call,
                runs.begin(RunBook.again(view.spec(), id, plan), nodes),
                nodes.size(),
                Json.object());
    }
}

package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.adoption.Registrar;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.fleet.Fleet;
import io.steward.agent.fleet.Member;
import io.steward.agent.fleet.MemberState;
import io.steward.agent.fleet.RollCall;
import io.steward.agent.fleet.Targeting;
import io.steward.agent.journal.Journal;
import io.steward.agent.target.TargetException;
import io.steward.messages.Durations;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The nodes: who is there, what they are, who is meant.
final class FleetRoutes {
    private static final Duration ANSWER = Duration.ofSeconds(1);
    private static final Duration PING = Duration.ofSeconds(2);
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private static final int LONGEST_FACT = 256;

    private final NodeName self;
    private final Fleet fleet;
    private final Journal journal;
    private final Broker broker;
    private final @Nullable Registrar registrar;

    /// @param registrar null where this agent does not have the keys of the fleet
    FleetRoutes(
            NodeName self,
            Fleet fleet,
            Journal journal,
            Broker broker,
            @Nullable Registrar registrar) {
        this.registrar = registrar;

        this.self = self;
        this.fleet = fleet;
        this.journal = journal;
        this.broker = broker;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        Role.VIEWER,
                        "/v1/nodes",
                        this::nodes,
                        "target",
                        "ofRun",
                        "missing",
                        "wait"),
                Route.get(Role.VIEWER, "/v1/nodes/{node}", this::node, "wait"),
                Route.post(Role.OPERATOR, "/v1/nodes/{node}/maintenance", this::maintain),
                Route.delete(Role.OPERATOR, "/v1/nodes/{node}/maintenance", this::resume),
                Route.get(
                        Role.VIEWER,
                        "/v1/facts/{fact}",
                        this::histogram,
                        "target",
                        "ofRun",
                        "missing"),
                Route.get(Role.VIEWER, "/v1/groups", this::groups),
                Route.post(Role.OPERATOR, "/v1/groups/{group}", this::saveGroup),
                Route.delete(Role.OPERATOR, "/v1/groups/{group}", this::forgetGroup),
                Route.post(Role.VIEWER, "/v1/ping", this::ping, "wait"));
    }

    static Problem badTarget(TargetException e) {
        return Problem.badRequest("target: " + e.getMessage() + "\n" + e.pointed());
    }

    static Problem unreachable(BrokerException e) {
        return Problem.busy("the broker does not tell of the nodes: " + e.getMessage());
    }

    /// `GET /v1/nodes`: the nodes, or those that are meant; who is there is asked.
    private void nodes(Call call) throws InterruptedException {
        Duration wait = call.listen(ANSWER, LONGEST);
        Selection selection = Selection.of(call);
        ObjectNode json = Json.object();
        ArrayNode nodes = json.putArray("nodes");
        if (!selection.isEmpty()) {
            Targeting.Chosen chosen = selection.choose(fleet, wait);
            chosen.meant().forEach(member -> nodes.add(FleetViews.member(member)));
            FleetViews.notMeant(json, chosen);
        } else {
            Map<NodeName, ObjectNode> all = new TreeMap<>();
            try {
                fleet.roster()
                        .asked(wait)
                        .forEach((node, member) -> all.put(node, FleetViews.member(member)));
            } catch (BrokerException e) {
                json.put("problem", e.getMessage());
            }
            journal.seenNodes()
                    .forEach((node, seen) ->
                            all.computeIfAbsent(
                                            node,
                                            name ->
                                                    Json.object()
                                                            .put("node", name.value())
                                                            .put("state", "unknown"))
                                    .put("lastHello", Json.time(seen.at())));
            all.computeIfAbsent(self, this::self).put("self", true);
            all.values().forEach(nodes::add);
            if (registrar != null) {
                json.put("pending", registrar.pending());
            }
        }
        call.answer(200, json);
    }

    /// This node where the broker does not tell.
    private ObjectNode self(NodeName name) {
        return Json.object()
                .put("node", name.value())
                .put("state", broker.status().connected() ? "up" : "cut off");
    }

    /// `GET /v1/nodes/{node}`: one node with its facts.
    private void node(Call call) throws InterruptedException {
        NodeName node = call.path("node", NodeName::new);
        try {
            Member member =
                    fleet.roster().asked(List.of(node), call.listen(ANSWER, LONGEST)).get(node);
            SortedMap<String, String> facts = fleet.targeting().facts(node);
            if (member == null || (member.agent() == null && facts.isEmpty())) {
                throw Problem.notFound(
                        "no node named %s has ever connected; \"steward nodes\" lists those that have"
                                .formatted(node));
            }
            ObjectNode json = FleetViews.member(member);
            ObjectNode its = json.putObject("facts");
            facts.forEach(its::put);
            call.answer(200, json);
        } catch (BrokerException e) {
            throw unreachable(e);
        }
    }

    /// `POST /v1/nodes/{node}/maintenance {"for", "reason"}`: somebody works at it.
    private void maintain(Call call) throws IOException, InterruptedException {
        NodeName node = call.path("node", NodeName::new);
        JsonNode body = call.jsonBody("for", "reason");
        Instant now = Instant.now().plus(broker.clockAhead());
        @Nullable Instant until = null;
        if (body.hasNonNull("for")) {
            try {
                Duration length = Durations.parse(body.path("for").asText());
                if (!length.isPositive()) {
                    throw new IllegalArgumentException(
                            "%s is out of range, expected 1ms or more"
                                    .formatted(Durations.format(length)));
                }
                until = now.plus(length);
            } catch (IllegalArgumentException e) {
                throw Problem.badRequest("for: " + e.getMessage());
            }
        }
        Member.Maintenance maintenance =
                new Member.Maintenance(now, until, body.path("reason").asText(""), call.by(self));
        call.audit("maintenance", node.value(), maintenance.reason());
        change(node, maintenance);
        ObjectNode json = Json.object().put("node", node.value()).put("state", "maintenance");
        json.set("maintenance", FleetViews.maintenance(maintenance));
        call.answer(200, json);
    }

    /// `DELETE /v1/nodes/{node}/maintenance`: nobody works at it any more.
    private void resume(Call call) throws InterruptedException {
        NodeName node = call.path("node", NodeName::new);
        call.audit("maintenance-ended", node.value(), null);
        change(node, null);
        call.answer(200, Json.object().put("node", node.value()));
    }

    private void change(NodeName node, Member.@Nullable Maintenance maintenance)
            throws InterruptedException {
        try {
            if (broker.nodes().find(node.value()).isEmpty()) {
                throw Problem.notFound("no node named %s has ever connected".formatted(node));
            }
            fleet.roster().maintain(node, maintenance);
        } catch (BrokerException e) {
            throw unreachable(e);
        }
    }

    private static String requireFact(String name) {
        if (name.length() > LONGEST_FACT) {
            throw new IllegalArgumentException(
                    "has %d characters: expected the name of a fact, at most %d"
                            .formatted(name.length(), LONGEST_FACT));
        }
        return name;
    }

    /// `GET /v1/facts/{fact}`: which values a fact has on how many nodes.
    private void histogram(Call call) throws InterruptedException {
        String fact = call.path("fact", FleetRoutes::requireFact);
        Selection selection = Selection.of(call);
        Map<String, ArrayNode> values = new TreeMap<>();
        ArrayNode without = Json.array();
        try {
            Map<NodeName, Map<String, String>> facts = fleet.targeting().allFacts();
            for (Member member : selection.choose(fleet, ANSWER).all()) {
                String value = facts.getOrDefault(member.node(), Map.of()).get(fact);
                (value == null ? without : values.computeIfAbsent(value, _ -> Json.array()))
                        .add(member.node().value());
            }
        } catch (BrokerException e) {
            throw unreachable(e);
        }
        ObjectNode json = Json.object().put("fact", fact);
        ArrayNode array = json.putArray("values");
        values.forEach((value, nodes) ->
                array.addObject()
                        .put("value", value)
                        .put("count", nodes.size())
                        .set("nodes", nodes));
        json.set("without", without);
        call.answer(200, json);
    }

    /// `GET /v1/groups`.
    private void groups(Call call) throws InterruptedException {
        ObjectNode json = Json.object();
        ArrayNode groups = json.putArray("groups");
        try {
            fleet.targeting()
                    .groups()
                    .forEach((name, expression) ->
                            groups.addObject().put("group", name).put("expression", expression));
        } catch (BrokerException e) {
            throw unreachable(e);
        }
        call.answer(200, json);
    }

    /// `POST /v1/groups/{group} {"expression"}`.
    private void saveGroup(Call call) throws IOException, InterruptedException {
        NodeName name = call.path("group", NodeName::new);
        String expression = call.jsonBody("expression").path("expression").asText("");
        try {
            call.audit("group", name.value(), expression);
            fleet.targeting().save(name, expression);
        } catch (TargetException e) {
            throw badTarget(e);
        } catch (BrokerException e) {
            throw unreachable(e);
        }
        call.answer(200, Json.object().put("group", name.value()).put("expression", expression));
    }

    /// `DELETE /v1/groups/{group}`.
    private void forgetGroup(Call call) throws InterruptedException {
        NodeName name = call.path("group", NodeName::new);
        try {
            call.audit("group-forgotten", name.value(), null);
            if (!fleet.targeting().forget(name)) {
                throw Problem.notFound("there is no group " + name);
            }
        } catch (BrokerException e) {
            throw unreachable(e);
        }
        call.answer(200, Json.object().put("group", name.value()));
    }

    /// `POST /v1/ping {"target" | "ofRun" | "nodes"}`: asks who is there now, past all mailboxes;
    /// all who answer, or those that are meant.
    private void ping(Call call) throws IOException, InterruptedException {
        Duration wait = call.listen(PING, LONGEST);
        if (!broker.status().connected()) {
            throw Problem.busy(
                    "There is no connection to the broker: " + broker.status().problem());
        }
        JsonNode body = call.jsonBody("target", "ofRun", "missing", "nodes");
        Selection selection = Selection.of(body);
        boolean some = !selection.isEmpty() || body.has("nodes");
        Collection<NodeName> expected =
                body.has("nodes") ? RunRoutes.named(body.path("nodes")) : expected(selection);
        long begin = System.nanoTime();
        ObjectNode json = Json.object();
        ArrayNode answers = json.putArray("answers");
        ArrayNode missing = json.putArray("missing");
        Map<NodeName, RollCall.Reply> replies = fleet.rollCall().everybody(expected, wait);
        replies.values().stream()
                .filter(reply -> !some || expected.contains(reply.node()))
                .sorted(java.util.Comparator.comparing(RollCall.Reply::after))
                .forEach(reply -> answers.add(FleetViews.reply(reply)));
        expected.stream()
                .filter(node -> !replies.containsKey(node))
                .sorted()
                .forEach(node -> missing.add(node.value()));
        json.put("tookMs", (System.nanoTime() - begin) / 1e6);
        call.answer(200, json);
    }

    /// All that are meant; else those that were not stopped in order.
    private Collection<NodeName> expected(Selection selection) throws InterruptedException {
        try {
            if (selection.isOfRunAlone()) {
                return selection.targetsOfRun(fleet);
            }
            if (!selection.isEmpty()) {
                Targeting.Chosen chosen = selection.choose(fleet, ANSWER);
                Set<NodeName> nodes = new HashSet<>(chosen.unknownNodes());
                chosen.all().forEach(member -> nodes.add(member.node()));
                return nodes;
            }
            return fleet.roster().byRows().values().stream()
                    .filter(member ->
                            member.state() != MemberState.STOPPED
                                    && member.state() != MemberState.UNKNOWN)
                    .map(Member::node)
                    .toList();
        } catch (BrokerException e) {
            throw unreachable(e);
        }
    }
}

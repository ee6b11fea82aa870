package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.fleet.Member;
import io.steward.agent.fleet.RollCall;
import io.steward.agent.fleet.RunView;
import io.steward.agent.fleet.Targeting;
import io.steward.agent.journal.Runs;
import io.steward.agent.journal.Runs.Run;
import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How nodes and runs look in answers; as with [Views], field names are never changed.
final class FleetViews {
    /// Of so many nodes that are away or unknown their names are told.
    private static final int MOST_AWAY = 100;

    private FleetViews() {}

    static ObjectNode member(Member member) {
        ObjectNode json = Json.object();
        json.put("node", member.node().value());
        json.put("state", member.state().word());
        time(json, "since", member.since());
        if (member.answers() != null) {
            json.put("answers", member.answers());
        }
        time(json, "lastSign", member.lastSign());
        if (member.agent() != null) {
            agent(json, member.agent());
        }
        if (member.rival() != null) {
            agent(json.putObject("rival"), member.rival());
        }
        if (member.clockAhead() != null) {
            json.put("clockAheadMs", member.clockAhead().toMillis());
        }
        Views.put(json, "cloud", member.cloud());
        ArrayNode tags = json.putArray("tags");
        member.tags().stream().sorted().forEach(tags::add);
        Member.Maintenance maintenance = member.maintenance();
        if (maintenance != null) {
            json.set("maintenance", maintenance(maintenance));
        }
        return json;
    }

    static ObjectNode maintenance(Member.Maintenance maintenance) {
        ObjectNode json = Json.object();
        time(json, "since", maintenance.since());
        time(json, "until", maintenance.until());
        return json.put("reason", maintenance.reason()).put("by", maintenance.by());
    }

    /// Those that somebody works at, and that are not meant for that; and the names that were
    /// written out and that nobody has heard of.
    static void notMeant(ObjectNode json, Targeting.Chosen chosen) {
        if (!chosen.leftAlone().isEmpty()) {
            ArrayNode nodes = json.putArray("inMaintenance");
            chosen.leftAlone().forEach(member -> nodes.add(member.node().value()));
        }
        unknown(json, chosen.unknownNodes());
    }

    /// Names that nobody has heard of, if there are any.
    static void unknown(ObjectNode json, Collection<NodeName> names) {
        if (!names.isEmpty()) {
            ArrayNode nodes = json.putArray("unknown");
            names.stream().sorted().forEach(name -> nodes.add(name.value()));
        }
    }

    private static void agent(ObjectNode json, Member.Agent agent) {
        json.put("host", agent.host());
        json.put("pid", agent.pid());
        json.put("data", agent.data());
        json.put("version", agent.version());
        json.put("startedAt", Json.time(agent.startedAt()));
    }

    static ObjectNode reply(RollCall.Reply reply) {
        ObjectNode json = Json.object();
        json.put("node", reply.node().value());
        json.put("version", reply.version());
        json.put("afterMs", reply.after().toNanos() / 1e6);
        time(json, "startedAt", reply.startedAt());
        json.put("clockAheadMs", reply.clockAhead().toMillis());
        return json;
    }

    static void time(ObjectNode json, String field, @Nullable Instant time) {
        if (time != null) {
            json.put(field, Json.time(time));
        }
    }

    static ObjectNode run(RunView view) {
        Run run = view.run();
        ObjectNode json = Json.object();
        json.put("id", run.id().value());
        json.put("phase", phase(run.phase()));
        json.put("settled", view.settled());
        json.put("target", view.spec().target());
        json.put("targets", run.targets());
        ObjectNode counts = json.putObject("counts");
        view.counts().states().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> counts.put(each.getKey().word(), each.getValue()));
        counts.put("unsent", view.counts().unsent());
        counts.put("leftOut", view.counts().leftOut());
        counts.put("away", view.away().size());
        counts.put("unknown", view.unknown().size());
        names(json.putArray("away"), view.away());
        names(json.putArray("unknown"), view.unknown());
        Views.put(json, "reason", run.reason());
        Views.put(json, "waits", view.waits());
        json.put("created", Json.time(run.created()));
        json.put("changed", Json.time(run.changed()));
        time(json, "ended", run.ended());
        json.set("plan", view.spec().plan().toJson());
        json.set("message", view.spec().message());
        if (view.spec().again() != null) {
            json.put("again", view.spec().again().value());
        }
        return json;
    }

    private static void names(ArrayNode array, Set<NodeName> nodes) {
        nodes.stream().sorted().limit(MOST_AWAY).forEach(node -> array.add(node.value()));
    }

    static String phase(Runs.Phase phase) {
        return phase.name().toLowerCase(Locale.ROOT);
    }

    /// @param view how the run of the target is
    static ObjectNode target(Runs.Target target, RunView view) {
        ObjectNode json = Json.object();
        json.put("node", target.node().value());
        json.put("place", target.place());
        json.put(
                "state",
                target.state() != null
                        ? target.state().word()
                        : target.leftOut() != null ? "left-out" : "unsent");
        if (target.wave() != null) {
            json.put("wave", target.wave());
        }
        if (target.message() != null) {
            json.put("message", target.message().value());
        }
        if (target.isUnderWay() && view.away().contains(target.node())) {
            json.put("away", true);
        }
        if (target.isUnderWay() && view.unknown().contains(target.node())) {
            json.put("unknown", true);
        }
        Views.put(json, "leftOut", target.leftOut());
        time(json, "sentAt", target.sentAt());
        time(json, "endedAt", target.endedAt());
        return json;
    }
}

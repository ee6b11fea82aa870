package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.fleet.Fleet;
import io.steward.agent.fleet.Member;
import io.steward.agent.fleet.Targeting;
import io.steward.agent.fleet.Targeting.Chosen;
import io.steward.agent.journal.RunId;
import io.steward.agent.target.TargetException;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Which nodes a request means: those of an expression, those targets of an earlier run that failed
/// or were not run, or those that are both. A run stands for names that are written out, of which
/// there may be more than an expression holds.
///
/// @param target an expression; blank for any node
/// @param run null for any node
/// @param missing whether those targets of the run are meant that were not run; else those that
///   failed
record Selection(String target, @Nullable RunId run, boolean missing) {

    /// From the parameters `target`, `ofRun` and `missing` of the query.
    static Selection of(Call call) {
        return new Selection(
                call.query("target", text -> text).orElse(""),
                call.query("ofRun", RunId::new).orElse(null),
                call.query("missing", Boolean::valueOf).orElse(false));
    }

    /// From the fields `target`, `ofRun` and `missing` of a body.
    static Selection of(JsonNode body) {
        try {
            return new Selection(
                    body.path("target").asText(""),
                    body.hasNonNull("ofRun") ? new RunId(body.path("ofRun").asText()) : null,
                    body.path("missing").asBoolean());
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("ofRun: " + e.getMessage());
        }
    }

    /// Whether nothing is said about which nodes.
    boolean isEmpty() {
        return target.isBlank() && run == null;
    }

    /// Whether the nodes are known by their names, and nobody has to be asked.
    boolean isOfRunAlone() {
        return target.isBlank() && run != null;
    }

    /// For people.
    String text() {
        String ofRun = run == null ? "" : which() + " of run " + run;
        return ofRun.isEmpty() ? target : target.isBlank() ? ofRun : target + " and " + ofRun;
    }

    private String which() {
        return missing ? "missing" : "failed";
    }

    /// The targets of the run, in their order.
    ///
    /// @throws Problem if there is no such run, or no such target
    List<NodeName> targetsOfRun(Fleet fleet) {
        RunId id = run;
        if (id == null) {
            throw new IllegalStateException("no run is meant");
        }
        if (fleet.runs().view(id).isEmpty()) {
            throw RunRoutes.unknown(id);
        }
        List<NodeName> nodes = fleet.runs().left(id, !missing, missing);
        if (nodes.isEmpty()) {
            throw Problem.notFound(
                    "no target of run %s %s".formatted(id, missing ? "is missing" : "failed"));
        }
        return nodes;
    }

    /// The same as an expression that every node can read.
    ///
    /// @throws Problem as [#targetsOfRun]
    String expression(Fleet fleet) {
        if (run == null) {
            return target;
        }
        String names =
                targetsOfRun(fleet).stream()
                        .map(NodeName::value)
                        .collect(Collectors.joining(" or ", "(", ")"));
        return target.isBlank() ? names : "(%s) and %s".formatted(target, names);
    }

    /// The members that are meant.
    ///
    /// @param wait how long to wait for nodes that do not answer
    /// @throws Problem if it cannot be found out, or the expression is not as it has to be
    Chosen choose(Fleet fleet, Duration wait) throws InterruptedException {
        try {
            Targeting targeting = fleet.targeting();
            Chosen chosen = targeting.choose(target.isBlank() ? "*" : target, wait);
            chosen.unknownFacts()
                    .forEach((fact, meant) -> {
                        throw unknown(fact, meant);
                    });
            return run == null ? chosen : amongTargetsOfRun(fleet, chosen);
        } catch (TargetException e) {
            throw FleetRoutes.badTarget(e);
        } catch (BrokerException e) {
            throw FleetRoutes.unreachable(e);
        }
    }

    /// Those that somebody works at are meant too, as with all names that are written out.
    private Chosen amongTargetsOfRun(Fleet fleet, Chosen chosen) {
        Set<NodeName> targets = new LinkedHashSet<>(targetsOfRun(fleet));
        List<Member> meant = new ArrayList<>();
        for (Member member : chosen.all()) {
            if (targets.remove(member.node())) {
                meant.add(member);
            }
        }
        if (target.isBlank()) {
            targets.forEach(node -> meant.add(Member.unknown(node)));
        }
        meant.sort(Comparator.comparing(Member::node));
        return new Chosen(meant, List.of(), chosen.unknownFacts(), chosen.unknownNodes());
    }

    /// A slip of the pen would mean nobody, and behind a `not` everybody.
    private Problem unknown(String fact, Optional<String> meant) {
        return Problem.badRequest(
                "target: no node has a fact %s, as is asked for in %s%s"
                        .formatted(
                                fact,
                                target,
                                meant.map(" (did you mean %s?)"::formatted).orElse("")));
    }
}

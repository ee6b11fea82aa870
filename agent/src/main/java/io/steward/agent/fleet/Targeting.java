package io.steward.agent.fleet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.Bucket;
import io.steward.agent.settings.Suggestion;
import io.steward.agent.target.Candidate;
import io.steward.agent.target.Target;
import io.steward.agent.target.TargetException;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Finds the nodes that a target expression means, and keeps the saved groups. Thread-safe.
public final class Targeting {
    private static final JsonMapper JSON = new JsonMapper();

    private final Broker broker;
    private final Roster roster;
    private final NodeName self;

    /// @param self this node
    public Targeting(Broker broker, Roster roster, NodeName self) {
        this.broker = broker;
        this.roster = roster;
        this.self = self;
    }

    /// Which nodes are meant.
    ///
    /// @param meant by their names
    /// @param leftAlone those that are not, only because somebody works at them
    /// @param unknownFacts the facts that are asked for and that no node has, with what may have
    ///   been meant
    /// @param unknownNodes the names that are written out and that no node ever had
    public record Chosen(
            List<Member> meant,
            List<Member> leftAlone,
            Map<String, Optional<String>> unknownFacts,
            SortedSet<NodeName> unknownNodes) {
        public Chosen {
            meant = List.copyOf(meant);
            leftAlone = List.copyOf(leftAlone);
            unknownFacts = Map.copyOf(unknownFacts);
            unknownNodes = Collections.unmodifiableSortedSet(new TreeSet<>(unknownNodes));
        }

        /// Both, for those who only look.
        public List<Member> all() {
            return Stream.concat(meant.stream(), leftAlone.stream()).toList();
        }
    }

    /// The nodes that are meant. A node in maintenance is meant only where its name is written out
    /// or its state is asked for.
    ///
    /// @param wait how long to wait for nodes that do not answer
    public Chosen choose(String expression, Duration wait)
            throws TargetException, BrokerException, InterruptedException {
        Target target = resolve(expression);
        SortedMap<NodeName, Member> members = roster.asked(wait);
        Map<NodeName, Map<String, String>> facts = target.needsFacts() ? allFacts() : Map.of();
        List<Member> meant = new ArrayList<>();
        List<Member> leftAlone = new ArrayList<>();
        members.forEach((node, member) -> {
            Map<String, String> its = facts.getOrDefault(node, Map.of());
            if (target.matches(member.with(its))) {
                (isLeftAlone(target, member, its) ? leftAlone : meant).add(member);
            }
        });
        SortedSet<NodeName> unknownNodes = new TreeSet<>(target.namesGiven());
        unknownNodes.removeAll(members.keySet());
        return new Chosen(meant, leftAlone, unknown(target, facts.values()), unknownNodes);
    }

    private static Map<String, Optional<String>> unknown(
            Target target, Collection<Map<String, String>> facts) {
        Map<String, Optional<String>> unknown = new TreeMap<>();
        for (String key : target.facts()) {
            if (facts.stream().noneMatch(its -> its.containsKey(key))) {
                Set<String> known = new TreeSet<>(Target.KEYS);
                facts.forEach(its -> known.addAll(its.keySet()));
                unknown.put(key, Suggestion.of(key, List.copyOf(known)));
            }
        }
        return unknown;
    }

    private static boolean isLeftAlone(Target target, Member member, Map<String, String> facts) {
        if (member.state() != MemberState.MAINTENANCE
                || target.namesGiven().contains(member.node())) {
            return false;
        }
        Candidate otherwise =
                new Candidate(
                        member.node(), MemberState.UP.word(), member.cloud(), member.tags(), facts);
        return target.matches(otherwise);
    }

    /// Reads an expression, with the saved groups put in.
    public Target resolve(String expression)
            throws TargetException, BrokerException, InterruptedException {
        Target target = Target.parse(expression);
        if (target.groups().isEmpty()) {
            return target;
        }
        Map<String, String> groups = groups();
        return target.resolve(name -> Optional.ofNullable(groups.get(name)));
    }

    // ---- facts

    /// What every node has said of its machine.
    public Map<NodeName, Map<String, String>> allFacts()
            throws BrokerException, InterruptedException {
        Map<NodeName, Map<String, String>> all = new HashMap<>();
        for (Map.Entry<String, Bucket.Row> row :
                broker.bucket(Bucket.Kind.FACTS).all().entrySet()) {
            Roster.name(row.getKey()).ifPresent(node -> all.put(node, facts(row.getValue())));
        }
        return all;
    }

    /// What a node has said of its machine; empty if nothing.
    public SortedMap<String, String> facts(NodeName node)
            throws BrokerException, InterruptedException {
        return broker.bucket(Bucket.Kind.FACTS)
                .find(node.value())
                .map(Targeting::facts)
                .orElseGet(TreeMap::new);
    }

    private static SortedMap<String, String> facts(Bucket.Row row) {
        SortedMap<String, String> facts = new TreeMap<>();
        try {
            JSON.readTree(row.value())
                    .path("facts")
                    .properties()
                    .forEach(fact -> facts.put(fact.getKey(), fact.getValue().asText()));
        } catch (IOException e) {
            return facts; // why: anybody may write into the bucket
        }
        return facts;
    }

    // ---- groups

    /// The expressions of the saved groups.
    public SortedMap<String, String> groups() throws BrokerException, InterruptedException {
        SortedMap<String, String> groups = new TreeMap<>();
        for (Map.Entry<String, Bucket.Row> row :
                broker.bucket(Bucket.Kind.GROUPS).all().entrySet()) {
            try {
                JsonNode json = JSON.readTree(row.getValue().value());
                groups.put(row.getKey(), json.path("expression").asText());
            } catch (IOException e) {
                groups.put(
                        row.getKey(), new String(row.getValue().value(), StandardCharsets.UTF_8));
            }
        }
        return groups;
    }

    /// Saves a group, instead of one of that name.
    ///
    /// @param name as node names are
    /// @throws TargetException if the expression is none, or refers to a group that is not there,
    ///   or in a circle to itself
    public void save(NodeName name, String expression)
            throws TargetException, BrokerException, InterruptedException {
        Map<String, String> groups = new HashMap<>(groups());
        groups.put(name.value(), expression);
        var _ = Target.parse("@" + name).resolve(each -> Optional.ofNullable(groups.get(each)));
        ObjectNode json = JSON.createObjectNode();
        json.put("expression", expression).put("by", self.value());
        Roster.put(
                broker.bucket(Bucket.Kind.GROUPS),
                name.value(),
                json.toString().getBytes(StandardCharsets.UTF_8));
    }

    /// Forgets a group.
    ///
    /// @return whether there was one
    public boolean forget(NodeName name) throws BrokerException, InterruptedException {
        Bucket groups = broker.bucket(Bucket.Kind.GROUPS);
        boolean was = groups.find(name.value()).isPresent();
        Roster.put(groups, name.value(), new byte[0]);
        return was;
    }
}

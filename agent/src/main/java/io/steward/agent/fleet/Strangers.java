package io.steward.agent.fleet;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.messages.NodeName;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Collectors;

/// Names that no node ever had, mistyped ones above all. What is known to be a node's stays known;
/// what is not is asked for again after [#lookAgain()]. For one thread.
final class Strangers {
    /// Up to so many are looked up one by one.
    private static final int FEW = 64;

    private final Broker broker;
    private final Set<NodeName> nodes = new HashSet<>();
    private Set<NodeName> strangers = Set.of();

    Strangers(Broker broker) {
        this.broker = broker;
    }

    /// Those of the names that no node ever had; none where the broker does not tell. Waits for the
    /// broker's answer.
    Set<NodeName> among(Collection<NodeName> names) throws InterruptedException {
        Set<NodeName> unmet = new HashSet<>(names);
        unmet.removeAll(nodes);
        if (!strangers.containsAll(unmet)) {
            try {
                strangers = of(broker, unmet);
            } catch (BrokerException e) {
                return Set.of(); // why: nobody is called a stranger on suspicion
            }
            unmet.stream().filter(name -> !strangers.contains(name)).forEach(nodes::add);
        }
        unmet.retainAll(strangers);
        return unmet;
    }

    /// Some of them may have joined meanwhile.
    void lookAgain() {
        strangers = Set.of();
    }

    /// Those of the names that no node ever had. Waits for the broker's answer.
    static Set<NodeName> of(Broker broker, Collection<NodeName> names)
            throws BrokerException, InterruptedException {
        if (names.size() > FEW) {
            Set<String> known = broker.nodes().all().keySet();
            return names.stream()
                    .filter(name -> !known.contains(name.value()))
                    .collect(Collectors.toSet());
        }
        Set<NodeName> strangers = new HashSet<>();
        for (NodeName name : names) {
            if (broker.nodes().find(name.value()).isEmpty()) {
                strangers.add(name);
            }
        }
        return strangers;
    }
}

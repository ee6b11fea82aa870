package io.steward.agent.target;

import io.steward.messages.NodeName;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A node as far as a [Target] asks about it. Immutable.
///
/// @param state up, late, down, stopped, maintenance, pending
/// @param cloud null if it is in none
/// @param facts by their dotted keys, such as `os.family`; numbers and booleans as text
public record Candidate(
        NodeName name,
        String state,
        @Nullable String cloud,
        Set<String> tags,
        Map<String, String> facts) {

    public Candidate {
        tags = Set.copyOf(tags);
        facts = Map.copyOf(facts);
    }
}

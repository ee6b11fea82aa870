package io.steward.agent.policy;

import io.steward.messages.NodeName;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who sent a message.
///
/// @param known whether it is known what `name` is in the fleet; if not, no rule allows anything
///   because of its cloud or tags, and one that denies because of them denies
/// @param cloud null if it is in none, or not known
/// @param tags empty if they are not known
public record Sender(NodeName name, boolean known, @Nullable String cloud, Set<String> tags) {
    public Sender {
        tags = Set.copyOf(tags);
    }

    /// One of whom only the name is known.
    public static Sender unknown(NodeName name) {
        return new Sender(name, false, null, Set.of());
    }
}

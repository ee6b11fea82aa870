package io.steward.agent.fleet;

import io.steward.agent.journal.Runs.Counts;
import io.steward.agent.journal.Runs.Run;
import io.steward.messages.NodeName;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// How a run is.
///
/// @param counts of those that are neither away nor unknown
/// @param away the nodes that are not there, and that a message waits for
/// @param unknown the names that no node ever had, and that a message waits for; none of them is
///   [#away]
/// @param waits why nothing more is sent just now; null if there is no more to say
/// @param settled whether nothing will happen as long as those stay away: no more is sent, and no
///   other message is under way
public record RunView(
        Run run,
        RunSpec spec,
        Counts counts,
        Set<NodeName> away,
        Set<NodeName> unknown,
        @Nullable String waits,
        boolean settled) {
    public RunView {
        away = Set.copyOf(away);
        unknown = Set.copyOf(unknown);
    }
}

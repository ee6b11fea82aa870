package io.steward.campaign.audit;

import io.steward.campaign.load.Entry;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// All that the auditor goes by.
///
/// @param ledger what agents were given
/// @param nodes by name
/// @param purged nodes whose mailbox was emptied behind everybody's back
public record Evidence(List<Entry> ledger, Map<String, NodeEvidence> nodes, Set<String> purged) {
    public Evidence {
        ledger = List.copyOf(ledger);
        nodes = Map.copyOf(nodes);
        purged = Set.copyOf(purged);
    }
}

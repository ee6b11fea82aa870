package io.steward.campaign.audit;

import io.steward.campaign.load.Entry;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// All that the auditor goes by.
///
/// @param ledger what agents were given
/// @param nodes by name
/// @param emptied when the mailboxes of nodes were emptied behind everybody's back
public record Evidence(
        List<Entry> ledger, Map<String, NodeEvidence> nodes, Map<String, List<Instant>> emptied) {
    public Evidence {
        ledger = List.copyOf(ledger);
        nodes = Map.copyOf(nodes);
        emptied = Map.copyOf(emptied);
    }
}

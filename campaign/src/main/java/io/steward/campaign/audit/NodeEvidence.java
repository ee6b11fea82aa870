package io.steward.campaign.audit;

import java.util.List;

/// What one node has left behind.
///
/// @param journal all its rows
/// @param processed the lines of its processed log, the oldest first
/// @param marks what ran there, in its order
/// @param torn lines of its logs that are not whole
public record NodeEvidence(List<Row> journal, List<Line> processed, List<Mark> marks, int torn) {
    public NodeEvidence {
        journal = List.copyOf(journal);
        processed = List.copyOf(processed);
        marks = List.copyOf(marks);
    }
}

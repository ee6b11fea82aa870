package io.steward.campaign.audit;

import java.util.HashMap;
import java.util.Map;

/// Compares a node's processed log with its journal: each end once, numbered without gaps.
final class ProcessedLogAudit {
    private ProcessedLogAudit() {}

    static void audit(String name, NodeEvidence node, Verdict verdict) {
        Map<String, Line> lines = new HashMap<>();
        long expected = 1;
        for (Line line : node.processed()) {
            if (line.seq() != expected) {
                verdict.violation(
                        Count.LOG,
                        0,
                        "%s: %s has seq %d, expected %d"
                                .formatted(name, line.place(), line.seq(), expected));
            }
            expected = line.seq() + 1;
            Line before = lines.put(key(line.id(), line.sent()), line);
            if (before != null) {
                verdict.violation(
                        Count.LOG,
                        0,
                        "%s: %s repeats %s: %s"
                                .formatted(name, line.place(), before.place(), line.id()));
            }
        }
        for (Row row : node.journal()) {
            Line line = lines.remove(key(row.id(), row.sent()));
            if (row.isEnd() && line == null) {
                verdict.violation(
                        Count.LOG,
                        row.number(),
                        "%s: %s has no line; it is %s".formatted(name, row.id(), row.state()));
            } else if (line != null && !line.state().equals(row.state())) {
                verdict.violation(
                        Count.LOG,
                        row.number(),
                        "%s: %s says %s, the journal %s"
                                .formatted(name, line.place(), line.state(), row.state()));
            }
        }
        for (Line line : lines.values()) {
            verdict.violation(
                    Count.LOG,
                    0,
                    "%s: %s is of %s, which the journal does not know"
                            .formatted(name, line.place(), line.id()));
        }
    }

    private static String key(String id, boolean sent) {
        return (sent ? "s" : "r") + id;
    }
}

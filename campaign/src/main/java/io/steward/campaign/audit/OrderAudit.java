package io.steward.campaign.audit;

import io.steward.campaign.load.Entry;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Counts what ran before something that was given earlier, on the same subject by the same feed.
/// What ran again counts by its first start. Used once.
final class OrderAudit {
    private final Map<Long, Entry> ledger;
    private final Map<Long, List<Row>> sent;
    private final Map<String, List<Instant>> emptied;
    private final Verdict verdict;

    OrderAudit(
            Map<Long, Entry> ledger,
            Map<Long, List<Row>> sent,
            Map<String, List<Instant>> emptied,
            Verdict verdict) {
        this.ledger = ledger;
        this.sent = sent;
        this.emptied = emptied;
        this.verdict = verdict;
    }

    void audit(String node, List<Mark> marks) {
        Map<String, Long> newest = new HashMap<>();
        Set<Long> seen = new HashSet<>();
        for (Mark mark : marks) {
            Entry entry = ledger.get(mark.n());
            if (entry == null || !entry.ordered() || mark.end() || !seen.add(mark.n())) {
                continue;
            }
            String subject = entry.method() + "." + entry.domain() + " from " + entry.from();
            long last = newest.merge(subject, mark.n(), Math::max);
            if (last <= mark.n()) {
                continue;
            }
            // why: what was taken out of a mailbox while newer ones ran cannot run before them
            if (sent.getOrDefault(mark.n(), List.of()).stream()
                    .anyMatch(row -> wasTakenOut(row, node))) {
                verdict.note("ran after newer ones: taken out of its mailbox, published again");
            } else {
                verdict.violation(
                        Count.DISORDER,
                        mark.n(),
                        "ran on %s after %d; %s".formatted(node, last, subject));
            }
        }
    }

    /// Whether it lay in the mailbox when that was emptied, and was published again.
    private boolean wasTakenOut(Row row, String node) {
        Instant ended = row.ended();
        return row.resends() > 0
                && emptied.getOrDefault(node, List.of()).stream()
                        .anyMatch(at ->
                                !row.created().isAfter(at.plusSeconds(1))
                                        && (ended == null || !ended.isBefore(at.minusSeconds(1))));
    }
}

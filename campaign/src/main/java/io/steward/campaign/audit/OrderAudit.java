package io.steward.campaign.audit;

import io.steward.campaign.load.Entry;
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
    private final Set<String> purged;
    private final Verdict verdict;

    OrderAudit(
            Map<Long, Entry> ledger,
            Map<Long, List<Row>> sent,
            Set<String> purged,
            Verdict verdict) {
        this.ledger = ledger;
        this.sent = sent;
        this.purged = purged;
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
            boolean again =
                    purged.contains(node)
                            && sent.getOrDefault(mark.n(), List.of()).stream()
                                    .anyMatch(row -> row.resends() > 0);
            if (again) {
                verdict.note("ran after newer ones: taken out of its mailbox, published again");
            } else {
                verdict.violation(
                        Count.DISORDER,
                        mark.n(),
                        "ran on %s after %d; %s".formatted(node, last, subject));
            }
        }
    }
}

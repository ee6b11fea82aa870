package io.steward.campaign.audit;

import io.steward.campaign.load.Entry;
import io.steward.campaign.load.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Counts. What a message did counts more than what is said of it.
public final class Auditor {
    private static final String SUCCEEDED = "succeeded";

    /// The ends that only an answer brings, and of what ran.
    private static final Set<String> ANSWERED = Set.of(SUCCEEDED, "failed", "interrupted");

    private final Verdict verdict = new Verdict();
    private final Map<Long, List<Row>> sent = new HashMap<>();
    private final Map<String, Map<String, Row>> received = new HashMap<>();
    private final Map<Long, Entry> ledger = new HashMap<>();
    private final Map<Long, List<Mark>> marks = new HashMap<>();

    /// What the answers told the senders, by the ids of the messages.
    private final Map<String, Line> told = new HashMap<>();

    private Auditor(Evidence evidence) {
        evidence.ledger().forEach(entry -> ledger.put(entry.n(), entry));
    }

    public static Verdict audit(Evidence evidence) {
        Auditor auditor = new Auditor(evidence);
        evidence.nodes().forEach(auditor::index);
        evidence.ledger().forEach(auditor::message);
        evidence.nodes()
                .forEach((name, node) -> {
                    ProcessedLogAudit.audit(name, node, auditor.verdict);
                    auditor.open(name, node);
                    new OrderAudit(
                                    auditor.ledger,
                                    auditor.sent,
                                    evidence.emptied(),
                                    auditor.verdict)
                            .audit(name, node.marks());
                });
        return auditor.verdict;
    }

    private void index(String name, NodeEvidence node) {
        Map<String, Row> arrived = new HashMap<>();
        for (Row row : node.journal()) {
            if (!row.sent()) {
                arrived.put(row.id(), row);
            } else if (row.number() != 0) {
                sent.computeIfAbsent(row.number(), _ -> new ArrayList<>()).add(row);
            }
        }
        received.put(name, arrived);
        for (Line line : node.processed()) {
            if (line.sent()) {
                told.put(line.id(), line);
            }
        }
        for (Mark mark : node.marks()) {
            Entry entry = ledger.get(mark.n());
            if (entry == null || !entry.to().equals(name)) {
                verdict.violation(
                        Count.ODD, mark.n(), "ran on %s, to which nobody sent it".formatted(name));
            }
            marks.computeIfAbsent(mark.n(), _ -> new ArrayList<>()).add(mark);
        }
        for (int i = 0; i < node.torn(); i++) {
            verdict.note("torn lines in logs");
        }
    }

    private void message(Entry entry) {
        List<Row> rows = sent.getOrDefault(entry.n(), List.of());
        if (rows.isEmpty()) {
            verdict.violation(
                    Count.LOST,
                    entry.n(),
                    "%s was given it and has it not in its journal".formatted(entry.from()));
            return;
        }
        if (rows.size() > 1) {
            verdict.violation(
                    Count.TWICE,
                    entry.n(),
                    "%s accepted it %d times".formatted(entry.from(), rows.size()));
        }
        Row atSender = rows.getFirst();
        Row atReceiver = received.getOrDefault(entry.to(), Map.of()).get(atSender.id());
        verdict.end(
                "%s: %s%s"
                        .formatted(
                                entry.kind(),
                                atSender.state(),
                                atSender.state().equals(SUCCEEDED)
                                        ? ""
                                        : ", " + Reasons.shape(atSender.reason())));
        runs(entry, atSender, atReceiver, marks.getOrDefault(entry.n(), List.of()));
        ends(entry, atSender, atReceiver);
        answer(entry, atReceiver);
    }

    /// How often it ran, as the sender was told, against what its receiver knows.
    private void answer(Entry entry, @Nullable Row atReceiver) {
        if (atReceiver == null) {
            return;
        }
        Line line = told.get(atReceiver.id());
        if (line == null
                || !line.state().equals(atReceiver.state())
                || !ANSWERED.contains(line.state())
                || line.attempt() == atReceiver.attempt()) {
            return;
        }
        verdict.violation(
                line.attempt() < atReceiver.attempt() ? Count.TWICE : Count.ODD,
                entry.n(),
                "%s was told attempt %d, and %s says %d"
                        .formatted(entry.from(), line.attempt(), entry.to(), atReceiver.attempt()));
    }

    /// What it did, against what is said of it.
    private void runs(Entry entry, Row atSender, @Nullable Row atReceiver, List<Mark> all) {
        List<Mark> begun = all.stream().filter(mark -> !mark.end()).toList();
        int attempts = atReceiver == null ? 0 : atReceiver.attempt();
        if (begun.size() > attempts) {
            verdict.violation(
                    attempts == 0 ? Count.ODD : Count.TWICE,
                    entry.n(),
                    "ran %d times, and %s says attempt %d, %s"
                            .formatted(begun.size(), entry.to(), attempts, said(atReceiver)));
        }
        Set<Integer> numbers = new HashSet<>();
        for (Mark mark : begun) {
            if (mark.attempt() != 0
                    && (!numbers.add(mark.attempt()) || mark.attempt() > attempts)) {
                verdict.violation(
                        Count.TWICE,
                        entry.n(),
                        "attempt %d ran once more, of %d".formatted(mark.attempt(), attempts));
            }
        }
        if (mustHaveRun(entry, atSender)) {
            boolean last =
                    entry.kind().isEvent()
                            ? !begun.isEmpty()
                            : begun.stream().anyMatch(mark -> mark.attempt() == attempts);
            boolean whole =
                    entry.kind() != Kind.SLOW
                            || all.stream()
                                    .anyMatch(mark -> mark.end() && mark.attempt() == attempts);
            if (!last || !whole) {
                verdict.violation(
                        Count.LOST,
                        entry.n(),
                        "is said to have %s at attempt %d, and left no mark of it: %s"
                                .formatted(atSender.state(), attempts, all));
            }
        }
    }

    private static boolean mustHaveRun(Entry entry, Row atSender) {
        return atSender.state().equals(SUCCEEDED)
                || (entry.kind() == Kind.FAILING && "exit code 3".equals(atSender.reason()));
    }

    /// The ends that both sides know, against each other and against what was to be.
    private void ends(Entry entry, Row atSender, @Nullable Row atReceiver) {
        if (!atSender.isEnd()) {
            return; // counted as open
        }
        String state = atSender.state();
        boolean alone = Reasons.isSendersOwn(atSender);
        neverStarted(entry, atSender, atReceiver);
        if (atReceiver == null) {
            if (!alone) {
                verdict.violation(
                        Count.LOST,
                        entry.n(),
                        "%s at %s, and %s knows nothing of it"
                                .formatted(said(atSender), entry.from(), entry.to()));
            }
        } else if (atReceiver.isEnd() && !atReceiver.state().equals(state)) {
            if (alone) {
                verdict.note("the sender gave up on what its node ended as " + atReceiver.state());
            } else {
                verdict.violation(
                        Count.ODD,
                        entry.n(),
                        "%s at %s, %s at %s"
                                .formatted(
                                        said(atSender),
                                        entry.from(),
                                        said(atReceiver),
                                        entry.to()));
            }
        }
        if (!Ends.mayBe(entry, atSender, atReceiver == null ? 0 : atReceiver.attempt())) {
            verdict.violation(
                    Count.ODD, entry.n(), "%s ended as %s".formatted(entry.kind(), said(atSender)));
        }
    }

    /// One that is said never to have been started. A mark that the receiver's journal knows
    /// nothing of is counted with the runs.
    private void neverStarted(Entry entry, Row atSender, @Nullable Row atReceiver) {
        if (atReceiver == null || atReceiver.attempt() == 0) {
            return;
        }
        // why: the receiver notes a start before it looks for the last time whether it is too late
        boolean left = marks.containsKey(entry.n());
        if (Reasons.saysNeverSent(atSender) || (left && Reasons.saysNotStarted(atSender))) {
            verdict.violation(
                    Count.ODD,
                    entry.n(),
                    "%s at %s, and %s has started it: attempt %d, %s, %s"
                            .formatted(
                                    said(atSender),
                                    entry.from(),
                                    entry.to(),
                                    atReceiver.attempt(),
                                    said(atReceiver),
                                    left ? "it left a mark" : "it left no mark"));
        }
    }

    private static String said(@Nullable Row row) {
        return row == null
                ? "not known"
                : row.reason() == null ? row.state() : row.state() + " (" + row.reason() + ")";
    }

    private void open(String name, NodeEvidence node) {
        for (Row row : node.journal()) {
            if (!row.isEnd()) {
                verdict.violation(
                        Count.OPEN,
                        row.number(),
                        "%s %s %s %s is %s"
                                .formatted(
                                        name,
                                        row.sent() ? "sent" : "received",
                                        row.id(),
                                        row.subject(),
                                        row.state()));
            }
        }
    }
}

package io.steward.campaign;

import io.steward.campaign.audit.Count;
import io.steward.campaign.audit.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// What came of a campaign.
///
/// @param messages how many agents were given
/// @param left what was still under way after the longest wait
/// @param late agents that did not stop when they were told
public record Report(
        Plan plan,
        Verdict verdict,
        int messages,
        Map<String, Integer> faults,
        Map<String, String> leftOut,
        Map<String, Long> peaks,
        int endings,
        Map<String, Long> left,
        List<String> late,
        Duration took) {
    Report(
            Plan plan,
            Verdict verdict,
            int messages,
            Chronicle chronicle,
            Map<String, Long> left,
            List<String> late,
            Duration took) {
        this(
                plan,
                verdict,
                messages,
                chronicle.faults(),
                chronicle.leftOut(),
                chronicle.peaks(),
                chronicle.endings(),
                left,
                late,
                took);
    }

    /// Whether everything is as promised.
    public boolean isClean() {
        return verdict.isClean() && left.isEmpty() && late.isEmpty() && endings == 0;
    }

    public int kills() {
        return faults.entrySet().stream()
                .filter(each -> each.getKey().startsWith("kill "))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    /// As Markdown.
    public String text() {
        StringBuilder text = new StringBuilder();
        text.append("| | |\n|---|---|\n");
        row(text, "seed", plan.seed());
        row(text, "topology", plan.topology());
        row(text, "messages", messages);
        row(text, "messages given in", plan.time());
        row(text, "duration in all", took.truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
        row(text, "kills", kills());
        faults.forEach((kind, count) -> row(text, "fault: " + kind, count));
        leftOut.forEach((kind, why) -> row(text, "left out: " + kind, why));
        counts(text, verdict);
        row(text, "agents or brokers that ended by themselves", endings);
        row(text, "agents that did not stop", late);
        row(text, "still under way at the end", left);
        peaks.forEach((name, peak) -> row(text, "most memory of " + name, peak / 1_024 + " MiB"));
        found(text, verdict);
        return text.toString();
    }

    static void counts(StringBuilder text, Verdict verdict) {
        for (Count count : Count.values()) {
            row(text, "**" + count.text() + "**", "**" + verdict.of(count) + "**");
        }
    }

    /// The last rows, and the violations below.
    static void found(StringBuilder text, Verdict verdict) {
        verdict.notes().forEach((note, count) -> row(text, "note: " + note, count));
        verdict.ends().forEach((end, count) -> row(text, "ended: " + end, count));
        text.append('\n');
        verdict.violations()
                .forEach(each ->
                        text.append(
                                "%s: %d: %s%n"
                                        .formatted(each.count().text(), each.n(), each.text())));
    }

    static void row(StringBuilder text, String name, Object value) {
        text.append("| ").append(name).append(" | ").append(value).append(" |\n");
    }
}

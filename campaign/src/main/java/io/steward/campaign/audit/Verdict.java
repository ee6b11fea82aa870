package io.steward.campaign.audit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the auditor found. Not thread-safe.
public final class Verdict {
    private static final int SHOWN = 40;

    /// @param n the message's number; 0 if it is about none of the campaign's
    public record Violation(Count count, long n, String text) {}

    private final Map<Count, Integer> counts = new EnumMap<>(Count.class);
    private final List<Violation> first = new ArrayList<>();
    private final Map<String, Integer> ends = new TreeMap<>();
    private final Map<String, Integer> notes = new TreeMap<>();

    void violation(Count count, long n, String text) {
        if (counts.merge(count, 1, Integer::sum) <= SHOWN) {
            first.add(new Violation(count, n, text));
        }
    }

    /// How a message of a kind ended.
    void end(String kindAndEnd) {
        ends.merge(kindAndEnd, 1, Integer::sum);
    }

    /// What is no violation, and worth knowing.
    void note(String what) {
        notes.merge(what, 1, Integer::sum);
    }

    public int of(Count count) {
        return counts.getOrDefault(count, 0);
    }

    public boolean isClean() {
        return counts.isEmpty();
    }

    /// The first of each count.
    public List<Violation> violations() {
        return List.copyOf(first);
    }

    /// How many ended in which way, by kind.
    public Map<String, Integer> ends() {
        return new TreeMap<>(ends);
    }

    public Map<String, Integer> notes() {
        return new TreeMap<>(notes);
    }
}

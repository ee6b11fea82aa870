package io.steward.agent.fleet;

import java.util.Locale;

/// How a node is.
public enum MemberState {
    /// It answers, or its last sign of life is fresh.
    UP,
    /// It does not answer, but gave a sign of life a moment ago; or it has missed two heartbeats.
    LATE,
    /// It does not answer, and gave no sign of life for long.
    DOWN,
    /// It was stopped in order.
    STOPPED,
    /// Somebody works at it: it is meant only where it is named.
    MAINTENANCE,
    /// It is not adopted yet.
    PENDING,
    /// It was never heard of.
    UNKNOWN;

    /// As it stands in answers and target expressions.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}

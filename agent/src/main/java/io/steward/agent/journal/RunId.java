package io.steward.agent.journal;

import io.steward.messages.Ulid;

/// The name of a run: a [Ulid], so that ids sort by time. See [Runs].
public record RunId(String value) implements Comparable<RunId> {

    /// @throws IllegalArgumentException if it is no ULID
    public RunId {
        value = Ulid.require("run id", value);
    }

    @Override
    public int compareTo(RunId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}

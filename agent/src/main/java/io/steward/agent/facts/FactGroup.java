package io.steward.agent.facts;

/// Gathers the facts of one subject.
interface FactGroup {
    /// Adds what is known now. What cannot be read is left out.
    void gather(Collected to);
}

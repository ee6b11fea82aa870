package io.steward.agent.intake;

/// The places between two steps of taking an input, in which the agent may die.
enum Step {
    BEFORE_CLAIM,
    CLAIMED,
    RECREATED,
    BEFORE_SUBMIT,
    SUBMITTED,
    REMOVED,
    BEFORE_MERGE,
    MERGE_WRITTEN,
    MERGED,
    MERGE_PART_REMOVED,
    BEFORE_PUT_BACK,
    PUT_BACK,
    REASON_WRITTEN,
    FILED;

    /// Told of each step as it is reached; tests let the agent die there.
    @FunctionalInterface
    interface Listener {
        void reached(Step step);
    }
}

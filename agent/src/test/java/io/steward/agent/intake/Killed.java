package io.steward.agent.intake;

/// The agent dies here.
final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    Killed(Step step) {
        super(step.toString());
    }
}

package io.steward.agent.inbox;

import io.steward.messages.Message;
import io.steward.messages.OnInterrupt;

/// Decides what becomes of a message that was started and whose end is not known.
final class Interrupted {
    private Interrupted() {}

    /// What becomes of it.
    sealed interface Decision {
        record RunAgain() implements Decision {}

        /// @param poison whether it is the message that ended its process, so that it failed
        record End(String reason, boolean poison) implements Decision {}
    }

    /// @param starts how often it was started
    /// @param sameBoot whether the machine is up since then
    /// @param idempotent whether running it twice does no harm
    static Decision afterAgentDied(
            Message message, int starts, boolean sameBoot, boolean idempotent) {
        if (starts >= message.maxAttempts()) {
            return new Decision.End(
                    "the agent died while it ran, at start %d of %d; it is not run again"
                            .formatted(starts, message.maxAttempts()),
                    false);
        }
        if (idempotent) {
            return new Decision.RunAgain();
        }
        return switch (message.onInterrupt()) {
            case RERUN -> new Decision.RunAgain();
            case REPORT ->
                    new Decision.End(
                            "the agent died while it ran; onInterrupt is report, so it is not run"
                                    + " again",
                            false);
            case AUTO ->
                    sameBoot
                            ? new Decision.RunAgain()
                            : new Decision.End(
                                    "the machine was restarted while it ran; onInterrupt is auto,"
                                            + " so it is not run again",
                                    false);
        };
    }

    /// Another agent had this node's name, and may have started it: that is as if the agent had
    /// died, and not the machine.
    ///
    /// @param starts how often it was started
    static Decision afterAnother(Message message, int starts, boolean idempotent) {
        String taken =
                "another agent that had this node's name has taken it, and may have run it; ";
        if (starts >= message.maxAttempts()) {
            return new Decision.End(
                    taken
                            + "it is not run again, as maxAttempts is %d"
                                    .formatted(message.maxAttempts()),
                    false);
        }
        return idempotent || message.onInterrupt() != OnInterrupt.REPORT
                ? new Decision.RunAgain()
                : new Decision.End(taken + "onInterrupt is report, so it is not run again", false);
    }

    /// Running it has ended its process, and not the agent.
    ///
    /// @param starts how often it was started
    static Decision afterProcessDied(Message message, int starts, boolean idempotent) {
        if (starts >= message.maxAttempts()) {
            return new Decision.End(
                    "running it ended its process %d times".formatted(starts), true);
        }
        return idempotent || message.onInterrupt() != OnInterrupt.REPORT
                ? new Decision.RunAgain()
                : new Decision.End(
                        "running it ended its process; onInterrupt is report, so it is not run"
                                + " again",
                        true);
    }
}

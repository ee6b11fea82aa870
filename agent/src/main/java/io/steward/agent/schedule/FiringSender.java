package io.steward.agent.schedule;

import io.steward.agent.journal.Schedules.Kept;
import io.steward.agent.journal.Schedules.Move;
import io.steward.messages.MessageRequest;
import java.util.List;

/// Sends what firings send. Thread-safe.
public interface FiringSender {

    /// Accepts the messages and moves the schedule on, all or nothing of it. When it returns, both
    /// are in the journal.
    ///
    /// @param as how the schedule was when that was decided
    Fired fire(Kept as, List<MessageRequest> requests, Move move) throws InterruptedException;

    /// What became of it.
    sealed interface Fired {
        /// They are sent.
        record Sent() implements Fired {}

        /// The schedule was changed since.
        record Changed() implements Fired {}

        /// There is no room for them, or the journal takes nothing now.
        record Later(String why) implements Fired {}

        /// They will never be accepted.
        record Wrong(String why) implements Fired {}
    }
}

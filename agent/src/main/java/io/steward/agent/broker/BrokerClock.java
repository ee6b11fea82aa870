package io.steward.agent.broker;

import java.time.Duration;
import java.time.Instant;

/// How far the broker's clock is ahead of this machine's, by answers that tell the broker's time.
/// Thread-safe.
final class BrokerClock {
    private volatile Duration ahead = Duration.ZERO;

    /// An answer has come.
    ///
    /// @param told the broker's time in it
    /// @param asked when it was asked for, by this machine's clock
    /// @param heard when it came
    void heard(Instant told, Instant asked, Instant heard) {
        Instant middle = asked.plus(Duration.between(asked, heard).dividedBy(2));
        ahead = Duration.between(middle, told);
    }

    Duration ahead() {
        return ahead;
    }
}

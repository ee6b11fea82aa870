package io.steward.agent.broker;

import java.time.Duration;

/// The times of a [NameLease].
///
/// @param check how often the row is read by the one who has the name
/// @param valid how long it relies on what it read
/// @param takeOver how long a claim waits; longer than `valid`
/// @param renew how often the row is written as a sign of life
/// @param retry the pause after a claim to which the other one objected
/// @param freeze a longer gap between two steps is a standstill
/// @param alone after this time without an answer what was left from an earlier life is started
record LeaseTerms(
        Duration check,
        Duration valid,
        Duration takeOver,
        Duration renew,
        Duration retry,
        Duration freeze,
        Duration alone) {

    static final LeaseTerms USUAL =
            new LeaseTerms(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(20),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(12),
                    Duration.ofSeconds(10));

    /// These, with another time between two signs of life.
    LeaseTerms renewedEvery(Duration heartbeat) {
        return new LeaseTerms(check, valid, takeOver, heartbeat, retry, freeze, alone);
    }
}

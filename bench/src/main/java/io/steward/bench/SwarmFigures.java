package io.steward.bench;

/// What was measured with so many agents.
///
/// @param bareMade making as many streams and consumers with jnats alone, one after the other, ms
/// @param bareRound a message to each of them and back with jnats alone, ms; the median
/// @param started until all agents were started, ms
/// @param named until each had its name, ms
/// @param up until each waited for messages and answered a ping, ms
/// @param ping the median
/// @param nodes the median
/// @param first the first run
/// @param run the median of the runs after it
/// @param swarm when nothing was asked
/// @param broker when nothing was asked
/// @param working of one run
/// @param heap live in the swarm, MiB
/// @param threads of the swarm
/// @param centralMemory MiB
record SwarmFigures(
        int agents,
        double bareMade,
        double bareRound,
        double started,
        double named,
        double up,
        FleetCalls.Heard ping,
        FleetCalls.Listed nodes,
        FleetCalls.Ran first,
        FleetCalls.Ran run,
        Idle swarm,
        Idle broker,
        Working working,
        double heap,
        long threads,
        long centralMemory) {

    /// A process while nothing is asked of the fleet.
    ///
    /// @param memory resident, MiB
    /// @param cpu of one CPU, in percent
    /// @param in messages that came in a second; 0 of what is no broker
    /// @param out messages that went out a second; 0 of what is no broker
    record Idle(long memory, double cpu, double in, double out) {}

    /// What one run took of the CPUs, in milliseconds, and of the broker.
    ///
    /// @param in messages that came to the broker
    /// @param out messages that went out from it
    record Working(double swarm, double broker, double central, double in, double out) {}
}

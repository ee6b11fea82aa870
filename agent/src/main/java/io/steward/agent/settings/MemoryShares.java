package io.steward.agent.settings;

/// How much of the heap what waits may take, in bytes. What is more lies in the journal or at the
/// broker and is read when its turn has come.
///
/// @param inbox received messages that wait to be run
/// @param outbox messages that wait to be published
/// @param inFlight messages that the broker has not acknowledged
/// @param fetch one batch that is fetched
/// @param writes what waits for a commit of the journal
public record MemoryShares(long inbox, long outbox, long inFlight, int fetch, long writes) {
    private static final long MIB = 1L << 20;

    /// @param heap the most that this JVM takes
    public static MemoryShares of(long heap) {
        return new MemoryShares(
                between(2 * MIB, heap / 16, 128 * MIB),
                between(2 * MIB, heap / 16, 128 * MIB),
                between(2 * MIB, heap / 16, 64 * MIB),
                (int) between(MIB, heap / 48, 16 * MIB),
                between(4 * MIB, heap / 16, 128 * MIB));
    }

    /// Of this JVM.
    public static MemoryShares ofThisProcess() {
        return of(Runtime.getRuntime().maxMemory());
    }

    private static long between(long least, long value, long most) {
        return Math.max(least, Math.min(value, most));
    }
}

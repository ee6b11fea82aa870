package io.steward.campaign;

import java.time.Duration;
import java.util.Random;

/// One kind of fault: does it, and undoes it.
///
/// @param <V> what it is done to
@FunctionalInterface
interface Fault<V> {
    /// @param random for its times
    void strike(V victim, Random random) throws Exception;

    /// Waits for a random time.
    static void pause(Random random, Duration least, Duration most) throws InterruptedException {
        Thread.sleep(random.nextLong(least.toMillis(), most.toMillis() + 1));
    }
}

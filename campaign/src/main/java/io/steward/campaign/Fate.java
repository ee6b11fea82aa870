package io.steward.campaign;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// What happens to one victim: its strikes, one after the other, each at its time or as soon after
/// it as the one before is over. Runs on a thread of its own.
final class Fate implements Runnable {
    private static final Duration LOOK = Duration.ofMillis(250);

    /// One fault that will happen.
    ///
    /// @param at after the beginning
    /// @param seed of its own random numbers
    record Strike(Duration at, String kind, long seed) {}

    private final Victim victim;
    private final List<Strike> strikes;
    private volatile @Nullable Exception failure;

    Fate(Victim victim, List<Strike> strikes) {
        this.victim = victim;
        this.strikes = List.copyOf(strikes);
    }

    @Override
    public void run() {
        long start = System.nanoTime();
        try {
            for (Strike strike : strikes) {
                while (System.nanoTime() - start < strike.at().toNanos()) {
                    Thread.sleep(LOOK);
                    victim.watch();
                }
                victim.strike(strike.kind(), new Random(strike.seed()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            failure = e;
        }
    }

    Victim victim() {
        return victim;
    }

    /// Why it could not go on; null if it could. A failure of the campaign, not of the product.
    @Nullable Exception failure() {
        return failure;
    }
}

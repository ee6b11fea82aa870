package io.steward.campaign.load;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Gives an agent messages in one of the ways there are, evenly over a time. Runs on a thread of
/// its own.
public final class Feed implements Runnable {
    private static final int MOST = 60;
    private static final Duration PAUSE = Duration.ofMillis(100);

    /// One way of giving messages to an agent.
    interface Way {
        /// Gives one batch. Returns after the agent has it for good; tries as long as it takes.
        void give(List<Recipe.Item> batch) throws IOException, InterruptedException;

        /// Called now and then, with nothing to give.
        default void idle() throws IOException, InterruptedException {}
    }

    private final Recipe recipe;
    private final Way way;
    private final Ledger ledger;
    private final int count;
    private final Duration time;
    private final Random random;

    /// @param count how many messages it gives in all
    /// @param time in which it gives them; takes longer where the agent does not take them
    Feed(Recipe recipe, Way way, Ledger ledger, int count, Duration time, long seed) {
        this.recipe = recipe;
        this.way = way;
        this.ledger = ledger;
        this.count = count;
        this.time = time;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        try {
            long start = System.nanoTime();
            int given = 0;
            while (given < count) {
                double share = (double) (System.nanoTime() - start) / time.toNanos();
                int due = (int) Math.min(count, Math.ceil(share * count)) - given;
                if (due > 0) {
                    List<Recipe.Item> batch = new ArrayList<>();
                    for (int i = Math.min(due, 1 + random.nextInt(MOST)); i > 0; i--) {
                        batch.add(recipe.next());
                    }
                    way.give(batch);
                    ledger.add(batch.stream().map(Recipe.Item::entry).toList());
                    given += batch.size();
                }
                way.idle();
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}

package io.steward.agent.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.kernel.SystemTime;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.SettingsLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever happens between a sender and a receiver, every message has one end and no run that is
/// not reported. `-Dsteward.simulations=100000` runs more of them, `-Dsteward.simulation.seed=7`
/// begins with another seed, `-Dsteward.simulation.minutes=15` ends after that time.
class SimulationTest {
    private static final long SEEDS = Long.getLong("steward.simulations", 80);
    private static final long FIRST =
            Long.getLong("steward.simulation.seed", System.nanoTime() & 0xFFFF_FFFFL);
    private static final Duration MOST =
            Duration.ofMinutes(Long.getLong("steward.simulation.minutes", 600));
    private static final int AT_ONCE = Integer.getInteger("steward.simulation.atOnce", 12);
    private static final int FAILURES_SHOWN = 3;

    @TempDir Path folder;

    @Test
    void whateverHappensEveryMessageEndsOnceAndIsNotRunUnreported() throws Exception {
        Settings central = settings("central");
        Settings ship = settings("ship1");
        AtomicLong next = new AtomicLong(FIRST);
        ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
        long end = System.nanoTime() + MOST.toNanos();
        try (SystemTime time = new SystemTime()) {
            List<Thread> workers = new ArrayList<>();
            for (int i = 0; i < AT_ONCE; i++) {
                workers.add(
                        Thread.ofVirtual()
                                .start(() -> {
                                    for (long seed = next.getAndIncrement();
                                            seed < FIRST + SEEDS
                                                    && System.nanoTime() < end
                                                    && failures.size() < FAILURES_SHOWN;
                                            seed = next.getAndIncrement()) {
                                        run(seed, central, ship, time, failures);
                                    }
                                }));
            }
            for (Thread worker : workers) {
                worker.join();
            }
        }
        System.out.printf(
                "simulations: %d from seed %d, %d failed%n",
                Math.min(SEEDS, next.get() - FIRST), FIRST, failures.size());
        assertThat(failures).isEmpty();
    }

    private static void run(
            long seed,
            Settings central,
            Settings ship,
            SystemTime time,
            ConcurrentLinkedQueue<String> failures) {
        try {
            Scenario scenario = new Scenario(seed, central, ship, time);
            List<String> broken;
            try {
                scenario.run();
                broken = Invariants.broken(scenario);
            } finally {
                scenario.close();
            }
            if (!broken.isEmpty()) {
                failures.add(
                        "seed %d%n  %s%nstory%n  %s%nreceiver %s%n"
                                .formatted(
                                        seed,
                                        String.join("\n  ", broken),
                                        String.join("\n  ", scenario.story()),
                                        scenario.receiver().tree()));
            }
        } catch (Throwable e) {
            java.io.StringWriter words = new java.io.StringWriter();
            e.printStackTrace(new java.io.PrintWriter(words));
            failures.add("seed %d: %s".formatted(seed, words));
        }
    }

    private Settings settings(String node) throws Exception {
        return new SettingsLoader()
                .load(
                        Map.of("node", node, "data", folder.resolve(node).toString()),
                        Map.of(),
                        folder,
                        Mode.AGENT);
    }
}

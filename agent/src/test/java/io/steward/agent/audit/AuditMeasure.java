package io.steward.agent.audit;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Incoming;
import io.steward.messages.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the audit log costs, beside the journal without it, in one run. Not part of the build:
/// `-Dtest=AuditMeasure`.
class AuditMeasure {
    private static final int SINGLE = 500;
    private static final int WRITERS = 64;
    private static final int BATCH = 256;

    @TempDir Path folder;

    /// One write, waited for.
    private interface Write {
        void to(Trail trail, Journal journal) throws Exception;
    }

    @Test
    void measure() throws Exception {
        for (int round = 0; round < 4; round++) {
            Path data = Files.createDirectory(folder.resolve("round" + round));
            try (Trail trail = new Trail(data)) {
                for (String which : List.of("without", "with")) {
                    Journal journal = which.equals("with") ? trail.journal : trail.store;
                    say(round, which, "one sender", single(trail, journal));
                    say(round, which, WRITERS + " senders", many(trail, journal));
                    say(round, which, "batches of " + BATCH, batches(trail, journal));
                }
            }
        }
    }

    private static String single(Trail trail, Journal journal) throws Exception {
        return times(SINGLE, 1, trail, journal, AuditMeasure::send);
    }

    private static void send(Trail trail, Journal journal) {
        journal.accept(null, List.of(trail.command(Trail.CENTRAL, Trail.SHIP, "df", "-h"))).join();
    }

    private static String batches(Trail trail, Journal journal) throws Exception {
        return times(
                40,
                BATCH,
                trail,
                journal,
                (_, to) -> {
                    List<Incoming> batch = new ArrayList<>(BATCH);
                    for (int i = 0; i < BATCH; i++) {
                        Message message = trail.command(Trail.SHIP, Trail.CENTRAL, "df", "-h");
                        batch.add(new Incoming(message, "hash", i + 1L, Trail.now()));
                    }
                    to.receive(batch).join();
                });
    }

    private static String many(Trail trail, Journal journal) throws Exception {
        long begin = System.nanoTime();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            threads.add(
                    Thread.ofVirtual()
                            .start(() -> {
                                for (int n = 0; n < 100; n++) {
                                    send(trail, journal);
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return rate(WRITERS * 100L, System.nanoTime() - begin);
    }

    private static String times(int count, int each, Trail trail, Journal journal, Write write)
            throws Exception {
        long[] times = new long[count];
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            long start = System.nanoTime();
            write.to(trail, journal);
            times[i] = System.nanoTime() - start;
        }
        long all = System.nanoTime() - begin;
        Arrays.sort(times);
        return "%s, median %.2f ms, p99 %.2f ms"
                .formatted(
                        rate((long) count * each, all),
                        times[count / 2] / 1e6,
                        times[count * 99 / 100] / 1e6);
    }

    private static String rate(long messages, long nanos) {
        return "%,.0f messages/s".formatted(messages * 1e9 / nanos);
    }

    private static void say(int round, String which, String what, String figures) {
        System.out.printf(Locale.ROOT, "round %d %-8s %-14s %s%n", round, which, what, figures);
    }
}

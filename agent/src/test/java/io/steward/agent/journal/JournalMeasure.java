package io.steward.agent.journal;

import io.steward.messages.Message;
import io.steward.messages.State;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Figures of the SQLite journal beside a bare insert of the same bytes, in one run. Not part of
/// the build: `-Dtest=JournalMeasure`.
class JournalMeasure {
    @TempDir Path folder;
    private final Samples samples = new Samples();

    @Test
    void measure() throws Exception {
        Path warm = folder.resolve("warm.db");
        try (SqliteJournal journal = SqliteJournal.open(warm, samples.clock())) {
            for (int i = 0; i < 2_000; i++) {
                cycle(journal, samples);
            }
        }
        byte[] envelope = Codec.encode(samples.command());
        say("envelope %d bytes", envelope.length);
        for (int round = 1; round <= 3; round++) {
            bare(round, envelope);
            single(round);
            many(round, 64);
            batches(round);
        }
        restart();
    }

    private static void cycle(Journal journal, Samples samples) {
        Message message = samples.command();
        journal.receive(List.of(samples.incoming(message, 1))).join();
        journal.started(message.id(), 1, "boot", samples.now()).join();
        journal.finishedAll(List.of(samples.finish(message, State.SUCCEEDED))).join();
    }

    private void bare(int round, byte[] envelope) throws Exception {
        Path file = folder.resolve("bare" + round + ".db");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
            statement.execute("PRAGMA synchronous = FULL");
            statement.execute("CREATE TABLE t (n INTEGER PRIMARY KEY, id TEXT UNIQUE, body BLOB)");
            try (var insert =
                    connection.prepareStatement("INSERT INTO t (id, body) VALUES (?, ?)")) {
                long[] times = new long[2_000];
                for (int i = 0; i < times.length; i++) {
                    long start = System.nanoTime();
                    insert.setString(1, samples.id().value());
                    insert.setBytes(2, envelope);
                    insert.executeUpdate();
                    times[i] = System.nanoTime() - start;
                }
                report("bare sqlite, 1 insert a commit", times);
                long start = System.nanoTime();
                int count = 50_000;
                connection.setAutoCommit(false);
                for (int i = 0; i < count; i++) {
                    insert.setString(1, samples.id().value());
                    insert.setBytes(2, envelope);
                    insert.executeUpdate();
                    if (i % 1_000 == 999) {
                        connection.commit();
                    }
                }
                connection.commit();
                say("bare sqlite, 1,000 inserts a commit: %,.0f/s", rate(count, start));
            }
        }
    }

    private void single(int round) {
        try (SqliteJournal journal =
                SqliteJournal.open(folder.resolve("single" + round + ".db"), samples.clock())) {
            long[] accept = new long[2_000];
            for (int i = 0; i < accept.length; i++) {
                List<Message> one = List.of(samples.command());
                long start = System.nanoTime();
                journal.accept(null, one).join();
                accept[i] = System.nanoTime() - start;
            }
            report("accept, 1 caller", accept);
            long[] finish = new long[1_000];
            for (int i = 0; i < finish.length; i++) {
                Message message = samples.command();
                journal.receive(List.of(samples.incoming(message, i))).join();
                journal.started(message.id(), 1, "boot", samples.now()).join();
                var all = List.of(samples.finish(message, State.SUCCEEDED));
                long start = System.nanoTime();
                journal.finishedAll(all).join();
                finish[i] = System.nanoTime() - start;
            }
            report("finish, 1 caller", finish);
        }
    }

    private void many(int round, int callers) throws Exception {
        try (SqliteJournal journal =
                SqliteJournal.open(folder.resolve("many" + round + ".db"), samples.clock())) {
            run(
                    callers,
                    300,
                    "accept",
                    mine -> journal.accept(null, List.of(mine.command())).join());
            run(
                    callers,
                    100,
                    "receive+started+finish (3 commits each)",
                    mine -> cycle(journal, mine));
        }
    }

    private interface Step {
        void run(Samples mine);
    }

    private static void run(int callers, int each, String what, Step step) throws Exception {
        CountDownLatch done = new CountDownLatch(callers);
        AtomicInteger count = new AtomicInteger();
        long start = System.nanoTime();
        for (int i = 0; i < callers; i++) {
            Samples mine = new Samples();
            Thread.ofVirtual()
                    .start(() -> {
                        for (int n = 0; n < each; n++) {
                            step.run(mine);
                            count.incrementAndGet();
                        }
                        done.countDown();
                    });
        }
        done.await();
        say("%s, %d callers: %,.0f/s", what, callers, rate(count.get(), start));
    }

    private void batches(int round) {
        try (SqliteJournal journal =
                SqliteJournal.open(folder.resolve("batch" + round + ".db"), samples.clock())) {
            List<List<Message>> batches = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                batches.add(messages(1_000));
            }
            long start = System.nanoTime();
            batches.forEach(batch -> journal.accept(null, batch).join());
            say("accept of 1,000 messages: %,.0f messages/s", rate(20_000, start));
            start = System.nanoTime();
            for (List<Message> batch : batches) {
                batch.stream()
                        .map(m -> journal.published(m.id(), samples.published(1)))
                        .toList()
                        .forEach(java.util.concurrent.CompletableFuture::join);
            }
            say("published, 1,000 in flight: %,.0f messages/s", rate(20_000, start));
            start = System.nanoTime();
            for (List<Message> batch : batches) {
                journal.acknowledged(
                                batch.stream().map(m -> samples.ack(m, State.SUCCEEDED)).toList(),
                                samples.now())
                        .join();
            }
            say("acknowledged to the end, 1,000 a call: %,.0f messages/s", rate(20_000, start));
            start = System.nanoTime();
            journal.logged(Long.MAX_VALUE);
            long pruned = journal.prune(Instant.parse("9999-01-01T00:00:00Z"));
            say("prune: %d removed, %,.0f messages/s", pruned, rate(20_000, start));
        }
    }

    private List<Message> messages(int count) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(samples.command());
        }
        return messages;
    }

    private void restart() {
        Path file = folder.resolve("restart.db");
        SqliteJournal first = SqliteJournal.open(file, samples.clock());
        for (int i = 0; i < 50; i++) {
            first.accept(null, messages(1_000)).join();
            List<Journal.Incoming> incoming = new ArrayList<>();
            for (Message message : messages(1_000)) {
                incoming.add(samples.incoming(message, i * 1_000 + incoming.size()));
            }
            first.receive(incoming).join();
        }
        first.close();
        for (int round = 0; round < 3; round++) {
            long start = System.nanoTime();
            try (SqliteJournal journal = SqliteJournal.open(file, samples.clock())) {
                say("open with 100,000 unfinished: %d ms", millis(start));
                long begin = System.nanoTime();
                int queued = journal.queued(Integer.MAX_VALUE).size();
                say("queued: %d in %d ms", queued, millis(begin));
                begin = System.nanoTime();
                int unfinished = 0;
                List<Journal.ReceivedMessage> some = journal.unfinished(null, 1_000);
                while (!some.isEmpty()) {
                    unfinished += some.size();
                    some = journal.unfinished(some.getLast(), 1_000);
                }
                say("unfinished: %d in %d ms", unfinished, millis(begin));
                begin = System.nanoTime();
                journal.waiting();
                say("waiting: %d ms", millis(begin));
                begin = System.nanoTime();
                journal.history(Journal.Query.all(), null, 100);
                say("history, 100: %d ms; in all ready after %d ms", millis(begin), millis(start));
            }
        }
    }

    private static long millis(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }

    private static double rate(int count, long start) {
        return count * 1e9 / (System.nanoTime() - start);
    }

    private static void report(String what, long[] nanos) {
        long sum = Arrays.stream(nanos).sum();
        Arrays.sort(nanos);
        say(
                "%s: %,.0f/s, p50 %d us, p99 %d us",
                what,
                nanos.length * 1e9 / sum,
                nanos[nanos.length / 2] / 1_000,
                nanos[nanos.length * 99 / 100] / 1_000);
    }

    @SuppressWarnings("AnnotateFormatMethod") // its annotation is not a dependency
    private static void say(String format, Object... arguments) {
        System.out.println("MEASURED " + String.format(Locale.ROOT, format, arguments));
    }
}

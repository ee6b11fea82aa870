package io.steward.agent.journal;

import static io.steward.agent.journal.JournalContract.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.steward.agent.journal.Journal.DeadLetter;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteFaultsTest {
    @TempDir Path folder;
    private final Samples samples = new Samples();
    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = folder.resolve("journal.db");
    }

    private SqliteJournal open() {
        return SqliteJournal.open(file, samples.clock());
    }

    private JournalException refusedToOpen() {
        return catchThrowableOfType(JournalException.class, () -> open().close());
    }

    private List<Message> fill(SqliteJournal journal, int count) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            messages.add(samples.command());
        }
        done(journal.accept(null, messages));
        return messages;
    }

    @Test
    void aFullDiskRefusesWhatIsNewAndGoesOnByItself() {
        try (SqliteJournal journal = open()) {
            List<Message> kept = fill(journal, 10);
            done(journal.limitPages(1));
            Message received = samples.command();
            JournalException full = null;
            for (int i = 0; i < 100 && full == null; i++) {
                full = catchThrowableOfType(JournalException.class, () -> fill(journal, 100));
            }
            assertThat(full).isNotNull();
            assertThat(full.kind()).isEqualTo(JournalException.Kind.DISK_FULL);
            assertThat(full).hasMessageContaining("journal.db").hasMessageContaining("full");
            assertThat(journal.queued(100_000)).containsAll(kept);
            assertThat(
                            journal.counts().values().stream()
                                    .flatMap(m -> m.values().stream())
                                    .mapToLong(Long::longValue)
                                    .sum())
                    .isEqualTo(journal.queued(100_000).size());
            done(journal.limitPages(1_000_000));
            fill(journal, 100);
            done(journal.receive(List.of(samples.incoming(received, 1))));
        }
    }

    @Test
    void oneRequestThatFailsDoesNotTakeTheOthersOfItsGroupWithIt() throws Exception {
        try (SqliteJournal journal = open()) {
            Message known = fill(journal, 1).getFirst();
            List<CompletableFuture<?>> good = new ArrayList<>();
            List<CompletableFuture<?>> bad = new ArrayList<>();
            // many at once, so that the writer groups them
            for (int i = 0; i < 200; i++) {
                good.add(journal.accept(null, List.of(samples.command())));
                bad.add(journal.accept("bad" + i, List.of(samples.command(), known)));
            }
            for (CompletableFuture<?> each : good) {
                each.get(30, TimeUnit.SECONDS);
            }
            for (CompletableFuture<?> each : bad) {
                assertThatThrownBy(() -> done(each)).isInstanceOf(JournalException.class);
            }
            assertThat(journal.queued(1_000)).hasSize(201);
            assertThat(journal.counts().get(Journal.Direction.SENT))
                    .containsEntry(State.QUEUED, 201L);
        }
    }

    @Test
    void aCallersCodeDoesNotHoldUpTheWriter() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        try (SqliteJournal journal = open()) {
            Message first = samples.command();
            CompletableFuture<Void> chained = new CompletableFuture<>();
            Runnable caller =
                    () -> {
                        var _ =
                                journal.accept(null, List.of(first))
                                        .thenAccept(_ -> {
                                            try {
                                                release.await();
                                            } catch (InterruptedException e) {
                                                Thread.currentThread().interrupt();
                                            }
                                            chained.complete(null);
                                        });
                    };
            Thread.ofVirtual().start(caller); // why: where the write is quicker, it runs the code
            while (journal.sent(first.id()).isEmpty()) {
                Thread.onSpinWait();
            }
            Message second = samples.command();
            var next = journal.accept(null, List.of(second));
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (journal.sent(second.id()).isEmpty() && System.nanoTime() < end) {
                Thread.onSpinWait();
            }
            assertThat(journal.sent(second.id())).isPresent();
            release.countDown();
            chained.get(30, TimeUnit.SECONDS);
            next.get(30, TimeUnit.SECONDS);
        } finally {
            release.countDown();
        }
    }

    @Test
    void aSecondOpenerIsRefused() {
        try (SqliteJournal journal = open()) {
            assertThat(refusedToOpen()).hasMessageContaining("in use by another agent");
            fill(journal, 1);
        }
        open().close();
    }

    @Test
    void aFileThatIsNoDatabaseIsPutAsideAndNothingStartsEmptyInSilence() throws IOException {
        Files.writeString(
                file, "this is not a database, but it is long enough to look at".repeat(20));
        JournalException damaged = refusedToOpen();
        assertThat(damaged.kind()).isEqualTo(JournalException.Kind.DAMAGED);
        assertThat(damaged)
                .hasMessageContaining("journal.db.damaged-20260101T000000Z")
                .hasMessageContaining("start the agent again");
        assertThat(file).doesNotExist();
        assertThat(folder.resolve("journal.db.damaged-20260101T000000Z")).exists();
        try (SqliteJournal journal = open()) {
            assertThat(journal.queued(1)).isEmpty();
        }
    }

    @Test
    void aPageThatIsDamagedIsFoundAfterAnUncleanEnd() throws IOException {
        try (SqliteJournal journal = open()) {
            fill(journal, 1_000);
        }
        Files.writeString(folder.resolve("journal.db.lock"), "open\n");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer rubbish = ByteBuffer.allocate(64 * 1_024);
            for (int i = 0; i < rubbish.capacity(); i++) {
                rubbish.put(i, (byte) (i * 31));
            }
            channel.write(rubbish, 40 * 4_096);
        }
        assertThat(refusedToOpen().kind()).isEqualTo(JournalException.Kind.DAMAGED);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .contains("journal.db.damaged-20260101T000000Z");
        }
        open().close();
    }

    @Test
    void aJournalThatIsMissingIsDamage() throws IOException {
        try (SqliteJournal journal = open()) {
            fill(journal, 1);
        }
        Files.delete(file);
        assertThat(refusedToOpen()).hasMessageContaining("missing or empty");
        open().close();
    }

    @Test
    void aJournalOfANewerVersionIsRefusedAndNotTouched() throws Exception {
        open().close();
        setVersion(Schema.VERSION + 1);
        JournalException refused = refusedToOpen();
        assertThat(refused.kind()).isEqualTo(JournalException.Kind.TOO_NEW);
        assertThat(refused).hasMessageContaining("newer version");
        setVersion(Schema.VERSION);
        open().close();
    }

    @Test
    void theEndsOfARunOfAnOlderVersionAreRead() throws Exception {
        RunId id = new RunId(samples.id().value());
        List<NodeName> nodes = List.of(new NodeName("a"), new NodeName("b"), new NodeName("c"));
        try (SqliteJournal journal = open()) {
            done(journal.runs().begin(id, "{}", nodes, samples.now()));
            done(journal.runs().leaveOut(id, List.of(2), "down", samples.now()));
        }
        sql("DROP INDEX run_target_ended");
        sql("ALTER TABLE run_target DROP COLUMN nth");
        setVersion(3);
        try (SqliteJournal journal = open()) {
            assertThat(journal.runs().ended(id, 0, 9))
                    .extracting(Runs.Target::place, Runs.Target::nth)
                    .containsExactly(tuple(2, 3));
            done(journal.runs().leaveOut(id, List.of(0), "down", samples.now()));
            assertThat(journal.runs().ended(id, 3, 9))
                    .extracting(Runs.Target::place, Runs.Target::nth)
                    .containsExactly(tuple(0, 4));
        }
    }

    private void setVersion(int version) throws Exception {
        sql("PRAGMA user_version = " + version);
    }

    private void sql(String text) throws Exception {
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                var statement = connection.createStatement()) {
            statement.execute(text);
        }
    }

    @Test
    void aStoredMessageThatCannotBeReadAnyMoreHoldsUpNoOther() throws Exception {
        Message damaged;
        Message good;
        Message received = samples.command();
        Message behind = samples.command();
        Message ended;
        try (SqliteJournal journal = open()) {
            damaged = fill(journal, 1).getFirst();
            good = fill(journal, 1).getFirst();
            ended = fill(journal, 1).getFirst();
            done(journal.acknowledged(List.of(samples.ack(ended, State.SUCCEEDED)), samples.now()));
            done(journal.receive(List.of(samples.incoming(received, 1))));
            done(journal.receive(List.of(samples.incoming(behind, 2))));
        }
        sql(
                """
                UPDATE body SET envelope = substr(envelope, 1, length(envelope) - 1)
                WHERE seq IN (SELECT seq FROM message WHERE id IN ('%s', '%s'))
                """
                        .formatted(damaged.id(), received.id()));
        sql("UPDATE answer SET ack = substr(ack, 2)");
        try (SqliteJournal journal = open()) {
            assertThat(journal.queued(10)).containsExactly(good);
            assertThat(journal.queuedOf(damaged.subject(), List.of(), 10, 1 << 20))
                    .containsExactly(good);
            assertThat(journal.unfinished(null, 10))
                    .extracting(Journal.ReceivedMessage::message)
                    .containsExactly(behind);
            assertThat(journal.processedLast(10))
                    .singleElement()
                    .satisfies(line -> assertThat(line.entry().message()).isEqualTo(ended));
            assertThat(done(journal.receive(List.of(samples.incoming(received, 3)))))
                    .as("its second copy stands in for it")
                    .singleElement()
                    .isInstanceOf(Journal.Taken.Known.class);
            assertThat(journal.unfinished(null, 10))
                    .extracting(Journal.ReceivedMessage::message)
                    .containsExactly(received, behind);
        }
    }

    @Test
    void nobodyElseMayReadTheFiles() throws IOException {
        try (SqliteJournal journal = open()) {
            fill(journal, 1);
            try (Stream<Path> files = Files.list(folder)) {
                for (Path path : files.toList()) {
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .as(path.toString())
                            .isEqualTo("rw-------");
                }
            }
        }
    }

    @Test
    void closingWritesWhatIsWaitingAndLeavesNoThread() {
        SqliteJournal journal = open();
        List<CompletableFuture<?>> futures = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            futures.add(
                    journal.deadLetter(
                            new DeadLetter("s", i, new byte[] {1}, "bad", samples.now())));
        }
        journal.close();
        assertThat(futures).allMatch(CompletableFuture::isDone);
        assertThat(futures).noneMatch(CompletableFuture::isCompletedExceptionally);
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("journal-"));
        try (SqliteJournal again = open()) {
            assertThat(again.deadLetters(1_000)).hasSize(500);
        }
    }
}

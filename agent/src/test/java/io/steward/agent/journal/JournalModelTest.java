package io.steward.agent.journal;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No sequence of what may happen to messages leads to a second end, a start after the end, or a
/// state that [JournalModel] does not say. `-Dsteward.model.steps=100000` goes further,
/// `-Dsteward.model.seed=7` goes a certain way again.
class JournalModelTest {
    private static final int STEPS = Integer.getInteger("steward.model.steps", 1_000);
    private static final long SEED =
            Long.getLong("steward.model.seed", System.nanoTime() & 0xFFFF_FFFFL);

    @TempDir Path folder;

    @Test
    void theJournalInMemoryIsAsTheModelSays() {
        Samples samples = new Samples();
        MemoryJournal memory = new MemoryJournal(samples.clock());
        new JournalWalk(
                        samples,
                        SEED,
                        memory,
                        () -> {
                            memory.close();
                            memory.reopen();
                            return memory;
                        })
                .go(STEPS);
    }

    @Test
    void theJournalInSqliteIsAsTheModelSays() {
        Samples samples = new Samples();
        Path file = folder.resolve("journal.db");
        new JournalWalk(
                        samples,
                        SEED,
                        SqliteJournal.open(file, samples.clock()),
                        () -> SqliteJournal.open(file, samples.clock()))
                .go(STEPS);
    }
}

package io.steward.agent.journal;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteJournalTest extends JournalContract {
    @TempDir Path folder;

    @Override
    Journal open() {
        return SqliteJournal.open(folder.resolve("journal.db"), samples.clock());
    }

    @Override
    Journal restart() {
        journal.close();
        return open();
    }
}

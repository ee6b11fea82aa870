package io.steward.agent.journal;

import static io.steward.agent.journal.JournalContract.done;
import static org.assertj.core.api.Assertions.assertThat;

import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.State;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
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

    @Test
    void aPageEndsWhereItsBytesDoAndNoEntryIsMissing() {
        for (int i = 0; i < 9; i++) {
            Message message = samples.command();
            done(journal.accept(null, List.of(message)));
            if (i % 2 == 0) { // this node sent to itself
                done(journal.receive(List.of(samples.incoming(message, i + 1))));
            }
            done(
                    journal.acknowledged(
                            List.of(samples.ack(message, State.SUCCEEDED)), samples.now()));
        }
        List<Journal.Entry> whole = journal.history(Journal.Query.all(), null, 100);
        assertThat(whole).hasSize(14);
        for (int bytes : new int[] {1, 700, 1_500, 3_000}) {
            List<Journal.Entry> read = new ArrayList<>();
            MessageId before = null;
            boolean more = true;
            while (more) {
                Page<Journal.Entry> page = journal.history(Journal.Query.all(), before, 100, bytes);
                read.addAll(page.items());
                before = read.getLast().message().id();
                more = page.more();
            }
            assertThat(read).as("pages of %d bytes", bytes).isEqualTo(whole);
        }
        assertThat(journal.processedLast(9, 1))
                .singleElement()
                .satisfies(first -> assertThat(first.sequence()).isEqualTo(1));
    }
}

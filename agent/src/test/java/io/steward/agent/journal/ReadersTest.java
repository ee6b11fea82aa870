package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadersTest {
    private final List<Sql> opened = new ArrayList<>();

    private Sql open() throws SQLException {
        Sql made = new Sql(DriverManager.getConnection("jdbc:sqlite::memory:"));
        opened.add(made);
        return made;
    }

    private Readers readers() throws SQLException {
        return new Readers(Path.of("journal.db"), open(), this::open, 2);
    }

    private static int one(Sql sql) throws SQLException {
        return sql.first("SELECT 1", row -> row.getInt(1)).orElseThrow();
    }

    @Test
    void oneConnectionDoesForQuestionsThatComeOneAfterTheOther() throws Exception {
        try (Readers readers = readers()) {
            assertThat(readers.ask(ReadersTest::one)).isEqualTo(1);
            assertThat(readers.ask(ReadersTest::one)).isEqualTo(1);
        }
        assertThat(opened).hasSize(1);
    }

    @Test
    void aSecondIsOpenedForTwoAtATimeAndStaysAndIsClosedToo() throws Exception {
        Readers readers = readers();
        for (int i = 0; i < 2; i++) {
            assertThat(readers.<Integer>ask(_ -> readers.ask(ReadersTest::one))).isEqualTo(1);
        }
        assertThat(opened).hasSize(2);
        readers.close();
        for (Sql each : opened) {
            assertThatThrownBy(() -> one(each)).isInstanceOf(SQLException.class);
        }
        assertThatThrownBy(() -> readers.ask(ReadersTest::one))
                .isInstanceOf(JournalException.class);
    }

    @Test
    void whereNoneCanBeOpenedThoseThereAreDo() throws Exception {
        try (Readers readers =
                new Readers(
                        Path.of("journal.db"),
                        open(),
                        () -> {
                            throw new SQLException("unable to open database file");
                        },
                        2)) {
            Thread second = Thread.ofVirtual().unstarted(() -> readers.ask(ReadersTest::one));
            readers.ask(sql -> {
                second.start();
                return one(sql);
            });
            second.join();
        }
    }
}

package io.steward.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.campaign.audit.Count;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a campaign left is counted as the campaign counts.
class RecountTest {
    private static final String LINE =
            "{\"seq\":%d,\"message\":{\"id\":\"m1\"},\"direction\":\"%s\",\"state\":\"succeeded\",\"ack\":{\"attempt\":1}}\n";

    @TempDir Path folder;

    @BeforeEach
    void oneCommandOfAShipToItself() throws Exception {
        Files.writeString(
                folder.resolve("ledger.tsv"),
                "1\tship1\tship1\tshellcommand\td1-h\tQUICK\ttrue\t5\tfalse\n");
        Files.writeString(
                folder.resolve("faults.txt"),
                """
                2026-11-21T12:00:00Z    1.00 the mailbox of ship1 has been emptied
                2026-11-21T12:00:09Z   10.25 quiet, but for {}
                """);
        Files.createDirectories(folder.resolve("witness"));
        Files.writeString(folder.resolve("witness").resolve("ship1.txt"), "1 1 b\n");
        Path data = Files.createDirectories(folder.resolve("nodes").resolve("ship1"));
        Files.writeString(
                data.resolve("processed.jsonl"),
                LINE.formatted(1, "sent") + LINE.formatted(2, "received"));
        journal(data.resolve("journal.db"));
    }

    private static void journal(Path file) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate(
                    """
                    CREATE TABLE message (id, direction, state, attempt, resends, reason, created,
                            ended, type, method, domain)
                    """);
            statement.executeUpdate("CREATE TABLE label (key, id, direction, value)");
            for (int direction = 0; direction <= 1; direction++) {
                statement.executeUpdate(
                        """
                        INSERT INTO message
                        VALUES ('m1', %d, 4, 1, 0, NULL, 1, 2, 'command', 'shellcommand', 'd1-h')
                        """
                                .formatted(direction));
                statement.executeUpdate(
                        "INSERT INTO label VALUES ('n', 'm1', %d, '1')".formatted(direction));
            }
        }
    }

    @Test
    void whatIsAsItHasToBe() throws Exception {
        Recount recount = Recount.of(folder);
        assertThat(recount.isClean()).as(recount.text()).isTrue();
        assertThat(recount.messages()).isEqualTo(1);
    }

    @Test
    void aMarkTooMany() throws Exception {
        Files.writeString(folder.resolve("witness").resolve("ship1.txt"), "1 1 b\n1 1 b\n");
        Recount recount = Recount.of(folder);
        assertThat(recount.isClean()).isFalse();
        assertThat(recount.verdict().of(Count.TWICE)).isPositive();
    }

    @Test
    void whatEndedByItselfAndWhatDidNotStop() throws Exception {
        Files.writeString(
                folder.resolve("faults.txt"),
                """
                2026-11-21T12:00:00Z    1.00 ship1 ended by itself
                2026-11-21T12:00:09Z   10.25 quiet, but for {ship1 inputs=1}
                2026-11-21T12:00:10Z   11.25 ship1 did not stop
                """);
        Recount recount = Recount.of(folder);
        assertThat(recount.isClean()).isFalse();
        assertThat(recount.endings()).isEqualTo(1);
        assertThat(recount.late()).containsExactly("ship1");
        assertThat(recount.left()).isEqualTo("{ship1 inputs=1}");
    }

    @Test
    void oneThatDidNotComeToItsEnd() throws Exception {
        Files.writeString(folder.resolve("faults.txt"), "");
        assertThatThrownBy(() -> Recount.of(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has not come to its end");
    }

    @Test
    void aNodeThatIsNotThere() throws Exception {
        Files.delete(folder.resolve("nodes").resolve("ship1").resolve("journal.db"));
        assertThatThrownBy(() -> Recount.of(folder))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no journal.db");
    }
}

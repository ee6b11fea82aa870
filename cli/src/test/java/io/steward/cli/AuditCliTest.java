package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.audit.Asker;
import io.steward.agent.audit.AuditEntry;
import io.steward.agent.audit.AuditFiles;
import io.steward.agent.audit.AuditLog;
import io.steward.agent.files.PrivateFile;
import io.steward.agent.journal.SqliteJournal;
import io.steward.cli.Console.Run;
import io.steward.messages.NodeName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCliTest {
    @TempDir private Path folder;
    private Console console;
    private Path data;
    private Path file;

    @BeforeEach
    void write() throws Exception {
        console = new Console(folder);
        data = Files.createDirectory(folder.resolve("node"));
        file = data.resolve(AuditFiles.NAME);
        InstantSource clock = InstantSource.system();
        try (SqliteJournal journal = SqliteJournal.open(data.resolve("journal.db"), clock);
                AuditLog log =
                        AuditLog.open(data, new NodeName("central"), journal, 1 << 20, 3, clock)) {
            for (String node : List.of("ship1", "ship2", "ship3")) {
                log.record(
                        List.of(
                                AuditEntry.member(
                                        "adopted", Map.of("node", node), Asker.api("ann"))));
            }
        }
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void theLastLinesAreShown() {
        Run table = console.run("audit", "show", "--last", "2", "--data", data.toString());
        assertThat(table.exit()).isZero();
        assertThat(table.out())
                .doesNotContain("node=ship1")
                .contains("what=adopted node=ship2")
                .contains("api ann");
        Run lines = console.run("audit", "show", "-o", "jsonl", "--data", data.toString());
        assertThat(lines.out().lines()).hasSize(4);
        assertThat(console.run("audit", "show", "--since", "0s", "--data", data.toString()).out())
                .doesNotContain("ship3");
        assertThat(console.run("audit", "show", "--since", "x", "--data", data.toString()).exit())
                .isEqualTo(2);
    }

    @Test
    void anIntactLogExitsWithZeroAndABrokenOneWithOne() throws Exception {
        Run intact = console.run("audit", "verify", "--data", data.toString());
        assertThat(intact.exit()).isZero();
        assertThat(intact.out()).contains("intact: 4 lines, n=1 to n=4");
        List<String> lines = new ArrayList<>(Files.readAllLines(file));
        lines.set(2, lines.get(2).replace("ship2", "ship9"));
        Files.write(file, lines);
        Run broken = console.run("audit", "verify", "--data", data.toString());
        assertThat(broken.exit()).isEqualTo(1);
        assertThat(broken.out()).contains(file + ":3: was changed").contains("broken: 4 lines");
        Run alone = console.run("audit", "verify", file.toString(), "-o", "json");
        assertThat(alone.exit()).isEqualTo(1);
        assertThat(alone.out()).contains("\"endChecked\" : false");
    }

    @Test
    void aFolderWithoutALogIsAnError() {
        Run run = console.run("audit", "verify", "--data", folder.toString());
        assertThat(run.exit()).isEqualTo(2);
        assertThat(run.err()).contains("has no audit.jsonl");
        assertThat(console.run("audit").exit()).isEqualTo(2);
    }

    @Test
    void secretsAreListedByTheirNames() throws Exception {
        Path secrets = data.resolve("secrets");
        PrivateFile.folders(secrets);
        PrivateFile.replace(secrets.resolve("db"), "hunter2");
        Run good = console.run("secret", "list", "--data", data.toString());
        assertThat(good.exit()).isZero();
        assertThat(good.out()).contains("db    ok").doesNotContain("hunter2");
        PrivateFile.replace(secrets.resolve("pin"), "123");
        Run bad = console.run("secret", "list", "--data", data.toString());
        assertThat(bad.exit()).isEqualTo(1);
        assertThat(bad.out()).contains("pin   the value has 3 characters").doesNotContain("123");
    }
}

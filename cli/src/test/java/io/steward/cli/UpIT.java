package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.cli.Steward.Running;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the README tells: `steward up` in one terminal, an editor and `steward log -f` in others.
class UpIT {
    @TempDir Path folder;
    private Steward steward;

    @BeforeEach
    void start() throws Exception {
        steward = new Steward(folder);
    }

    @AfterEach
    void stop() throws Exception {
        steward.close();
    }

    @Test
    void whatIsWrittenIntoInmsgRunsOnAnotherNodeAndTheLogShowsIt() throws Exception {
        Path inmsg = folder.resolve("inmsg.txt");
        Running up =
                steward.start(
                        "up",
                        "--node",
                        "central",
                        "--data",
                        steward.data("central").toString(),
                        "--broker-port",
                        "0",
                        "--http",
                        "127.0.0.1:0");
        up.awaitSaid("Ctrl-C");
        assertThat(up.said()).contains("messages      write them into " + inmsg);
        Running log = steward.start("log", "-f");

        append(inmsg, message("appended"));
        up.awaitSaid("1 for ship1 cannot go out: ");
        String url = Files.readString(steward.data("central").resolve("broker/url")).strip();
        Running ship1 = steward.agent("ship1", url);
        log.awaitSaid("shellcommand echo appended");

        Path beside = folder.resolve("inmsg.txt.swp");
        Files.writeString(beside, "[" + message("renamed") + "]");
        Files.move(beside, inmsg, StandardCopyOption.REPLACE_EXISTING);
        log.awaitSaid("shellcommand echo renamed");
        up.awaitSaid("  renamed\n");
        await().atMost(Steward.LONG).until(() -> Files.size(inmsg) == 0);
        assertThat(steward.run("log", "--method", "shellcommand").out().lines())
                .hasSize(2)
                .allMatch(line -> line.contains("to ship1  succeeded"));
        assertThat(ship1.said()).doesNotContain("://steward:"); // the password of the broker

        Files.writeString(inmsg, "[{\"toNode\": \"ship1\"");
        Path error = folder.resolve("inmsg.txt.error");
        await().atMost(Steward.LONG).until(() -> Files.exists(error));
        Files.writeString(inmsg, "");
        await().atMost(Steward.LONG).until(() -> !Files.exists(error));

        for (Running agent : List.of(ship1, up)) {
            agent.interrupt();
            assertThat(agent.awaitEnd()).as(agent.said()).isZero();
            assertThat(agent.said()).doesNotContain("\tat ");
        }
        assertThat(log.awaitEnd()).isEqualTo(Exit.NO_AGENT);
        assertThat(folder.resolve("central/lib")).isEmptyDirectory();
    }

    private static void append(Path file, String text) throws Exception {
        Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    private static String message(String word) {
        return """
        {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand", "data": ["echo", "%s"]}
        """
                .formatted(word);
    }
}

package io.steward.cli;

import io.steward.agent.http.AgentFile;
import io.steward.agent.http.AgentRegistry;
import io.steward.agent.http.ApiToken;
import java.io.ByteArrayInputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// Does once what commands do, so that the JDK can write down which classes they need (its AOT
/// cache). Run by the launcher after a build; talks to nobody.
public final class Train {
    private Train() {}

    /// Prints nothing that is of use.
    public static void main(String[] arguments) throws Exception {
        Path home = Files.createTempDirectory("steward-train-");
        try (PrintStream out =
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8)) {
            Shell shell =
                    new Shell(
                            out,
                            out,
                            new ByteArrayInputStream(new byte[0]),
                            true,
                            true,
                            Map.of("STEWARD_HOME", home.toString()),
                            home,
                            List.of(),
                            false);
            for (List<String> command :
                    List.of(
                            List.of("version"),
                            List.of("status"),
                            List.of("help", "--all"),
                            List.of("log", "--server", "127.0.0.1:1", "--token", "x"),
                            List.of(
                                    "send-command",
                                    "--server",
                                    "127.0.0.1:1",
                                    "--token",
                                    "x",
                                    "n",
                                    "--",
                                    "true"),
                            List.of("nonsense"))) {
                Cli.run(shell, command.toArray(String[]::new));
            }
            new Results(shell, Format.TABLE)
                    .print(
                            List.of(new Delivery(Json.read(SAMPLE))),
                            java.time.Duration.ofMillis(3));
            shell.say(Lines.processed(Json.read(SAMPLE)));
            shell.say(AgentFile.NAME + ApiToken.NAME + AgentRegistry.home(Map.of()));
        } finally {
            Folders.delete(home);
        }
    }

    private static final String SAMPLE =
            """
            {"id": "01", "node": "n", "direction": "sent", "state": "succeeded", "at": "2026-11-20T00:00:00.000Z",
             "message": {"data": ["a b"], "to": "n"},
             "ack": {"exitCode": 0, "stdout": "x\\n", "durationMs": 3},
             "states": {"queued": "2026-11-20T00:00:00.000Z", "succeeded": "2026-11-20T00:00:00.003Z"}}
            """;
}

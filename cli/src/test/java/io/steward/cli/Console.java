package io.steward.cli;

import io.steward.agent.http.TestAgent;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A place where somebody types commands: they run in this process and find one [TestAgent], named
/// central. Closing ends the agent. Not thread-safe.
final class Console implements AutoCloseable {
    private final Path folder;
    private final TestAgent agent;
    private final Map<String, String> environment = new HashMap<>();
    private String input = "";
    private boolean terminal;
    private boolean errTerminal;

    /// @param folder where everything is kept; the commands' working folder
    Console(Path folder) throws IOException {
        this.folder = folder;
        this.agent = new TestAgent("central", folder.resolve("data"), folder.resolve("agents"));
        environment.put("STEWARD_HOME", folder.toString());
    }

    /// What a command ended with.
    record Run(int exit, String out, String err) {}

    Run run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Shell shell =
                new Shell(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                        terminal,
                        errTerminal,
                        Map.copyOf(environment),
                        folder,
                        List.of(),
                        false);
        int exit = Cli.run(shell, arguments);
        return new Run(
                exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    TestAgent agent() {
        return agent;
    }

    /// What every command finds in its environment.
    Map<String, String> environment() {
        return environment;
    }

    /// What every command from now on reads from standard input.
    void input(String text) {
        input = text;
    }

    /// From now on a person sees what is printed.
    void becomeTerminal() {
        terminal = true;
    }

    /// From now on a person sees what is printed as errors.
    void errBecomesTerminal() {
        errTerminal = true;
    }

    /// Every message is answered at once: *bad* fails, *away* says nothing, all others succeed.
    void answerByNode() {
        agent.outbox()
                .onMessage(message -> {
                    NodeName node = message.subject().node();
                    switch (node.value()) {
                        case "away" -> {}
                        case "bad" -> agent.answer(message, State.FAILED, 7, "", "oops\n");
                        default -> agent.answer(message, State.SUCCEEDED, 0, "same\n", "");
                    }
                });
    }

    @Override
    public void close() {
        agent.close();
    }
}

package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.http.TestAgent;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UpWatchTest {
    @TempDir Path folder;

    @Test
    void aMessageForANodeThatIsNotThereTellsHowToStartItAndThenWhatCameOfIt() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Shell shell = shell(out);
        try (TestAgent agent =
                new TestAgent("central", folder.resolve("data"), folder.resolve("agents"))) {
            AgentClient client =
                    new AgentClient(
                            new AgentAddress(URI.create(agent.url().toString()), agent.token()));
            agent.outbox().hold("no mailbox takes it");
            try (UpWatch _ = UpWatch.start(shell, client, client.get("/v1/status"))) {
                agent.outbox()
                        .submit(
                                null,
                                List.of(
                                        MessageRequest.of(
                                                List.of(new NodeName("ship1")),
                                                MessageType.COMMAND,
                                                "shellcommand",
                                                List.of("bash", "-c", "ls -l ../"))));
                await().until(() -> text(out).contains("./steward agent --node ship1"));
                assertThat(text(out))
                        .contains("sent to ship1: shellcommand bash -c \"ls -l ../\"")
                        .contains("1 for ship1 cannot go out: no mailbox takes it");
                agent.answer(
                        agent.journal().queued(1).getFirst(), State.SUCCEEDED, 0, "total 0\n", "");
                await().until(() -> text(out).contains("  total 0\n"));
                assertThat(text(out)).contains("to ship1  succeeded in 3 ms");
            }
        }
    }

    @Test
    void whyInmsgIsNotTakenIsTold() throws Exception {
        Path inmsg = folder.toRealPath().resolve("inmsg.txt");
        Path note = inmsg.resolveSibling("inmsg.txt.error");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        UpNote told =
                new UpNote(
                        shell(out),
                        Json.object()
                                .put("inmsg", inmsg.toString())
                                .put("startedAt", Instant.now().toString()));
        told.look();
        assertThat(text(out)).isEmpty();
        Files.writeString(note, "inmsg.txt: line 2: expected a comma\n");
        told.look();
        told.look();
        String first = inmsg + " is not taken; " + note + " says:\n";
        assertThat(text(out)).isEqualTo(first + "  inmsg.txt: line 2: expected a comma\n");
        Files.writeString(note, "another\n");
        told.look();
        assertThat(text(out)).endsWith(first + "  another\n");
        Files.delete(note);
        told.look();
        told.look();
        assertThat(text(out))
                .endsWith("  another\n" + inmsg + " is right again, and " + note + " is gone\n");
    }

    private Shell shell(ByteArrayOutputStream out) {
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        return new Shell(
                stream,
                stream,
                new ByteArrayInputStream(new byte[0]),
                false,
                false,
                Map.of("STEWARD_SELF", "./steward"),
                folder,
                List.of(),
                false);
    }

    private static String text(ByteArrayOutputStream out) {
        return out.toString(StandardCharsets.UTF_8);
    }
}

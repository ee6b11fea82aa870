package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.broker.Bucket;
import io.steward.agent.http.TestAgent;
import io.steward.cli.Console.Run;
import io.steward.messages.State;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What others have written does nothing to the terminal of who looks at it: titles (OSC 0), links
/// (OSC 8), the clipboard (OSC 52), 8-bit controls (C1), and characters that turn the direction of
/// writing are shown, in every form of output.
class HostileCorpusTest {
    /// All of them, with a word by which it is found in what is printed.
    private static final String EVIL =
            "evil\u001b]0;t\u0007\u001b[2J\u009b31m\u0090q\u009c\u202e\u2066\u200f\u001b]8;;http://x\u001b\\\u001b]52;c;eA==\u0007\u007f\r"
                + "\b";

    @TempDir Path folder;
    private Console console;
    private TestAgent agent;

    @BeforeEach
    void start() throws Exception {
        console = new Console(folder);
        agent = console.agent();
        console.becomeTerminal();
        console.errBecomesTerminal();
        console.environment().put("NO_COLOR", "1");
        fill();
    }

    @AfterEach
    void stop() {
        console.close();
    }

    /// Everything that other nodes and people can write.
    private void fill() throws Exception {
        String row =
                """
                {"instance": "i", "run": "r", "host": "%1$s", "pid": 1, "data": "%1$s",
                 "version": "%1$s", "startedAt": "%2$s", "epoch": 1, "state": "up",
                 "cloud": "%1$s", "tags": ["%1$s"],
                 "claim": {"instance": "j", "run": "s", "host": "%1$s"}, "seen": "%2$s"}
                """
                        .formatted(escaped(), Instant.now());
        write(Bucket.Kind.NODES, "ship1", row);
        write(
                Bucket.Kind.FACTS,
                "ship1",
                "{\"facts\": {\"os.id\": \"%1$s\", \"evil%1$s\": \"x\"}}".formatted(escaped()));
        write(Bucket.Kind.GROUPS, "web", "{\"expression\": \"%s\"}".formatted(escaped()));
        write(
                Bucket.Kind.MAINTENANCE,
                "ship1",
                "{\"since\": \"%2$s\", \"reason\": \"%1$s\", \"by\": \"%1$s\"}"
                        .formatted(escaped(), Instant.now()));
        agent.answerWith(State.FAILED, 1, EVIL + "\n", EVIL + "\n");
        Run _ = console.run("send-command", "ship1", "--label", "job=evil", "--", EVIL);
        Run _ = console.run("send-command", "a,b", "--batch", "1", "--", EVIL);
        Run _ = console.run("notify", "weather", EVIL);
        Files.writeString(
                agent.settings().data().resolve("errors.jsonl"),
                "{\"node\":\"%1$s\",\"process\":\"%1$s\",\"doing\":\"%1$s\",\"cause\":\"%1$s\",\"at\":\"2026-11-22T08:00:00Z\"}\n"
                        .formatted(escaped()));
    }

    private void write(Bucket.Kind kind, String key, String value) throws Exception {
        assertThat(
                        agent.broker()
                                .bucket(kind)
                                .write(key, value.getBytes(StandardCharsets.UTF_8), 0))
                .isPresent();
    }

    private static String escaped() {
        StringBuilder text = new StringBuilder();
        EVIL.chars().forEach(c -> text.append("\\u%04x".formatted(c)));
        return text.toString();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nodes",
                "node show ship1",
                "facts os.id",
                "inventory ship1",
                "group list",
                "history",
                "log",
                "errors",
                "queue",
                "run list",
                "subscribe weather",
                "send-command ship1 -- x",
                "send-command ship1,ship2 -- x",
                "send-command ship1 --follow -- x"
            })
    void whatOthersWroteIsShownAndNotObeyed(String command) {
        boolean seen = false;
        for (String format : List.of("table", "json", "jsonl", "yaml")) {
            if (command.contains("--follow") && !format.equals("table")) {
                continue;
            }
            List<String> words = new java.util.ArrayList<>(List.of(command.split(" ")));
            int end = words.indexOf("--");
            words.addAll(end < 0 ? words.size() : end, List.of("-o", format));
            Run run = console.run(words.toArray(String[]::new));
            assertHarmless(command + " -o " + format, run);
            seen |= (run.out() + run.err()).contains("evil");
        }
        if (!command.equals("queue")) {
            assertThat(seen).as("something of it is shown").isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status",
                "follow",
                "cancel",
                "node show",
                "facts",
                "nodes --target",
                "group remove",
                "schedule show",
                "run status",
                "token end",
                "adopt revoke",
                "send-event",
                "ping",
                "history --state"
            })
    void anErrorAboutItShowsItOnly(String command) {
        List<String> words = new java.util.ArrayList<>(List.of(command.split(" ")));
        words.add(EVIL);
        Run run = console.run(words.toArray(String[]::new));
        assertThat(run.exit()).isNotZero();
        assertThat(run.err()).isNotEmpty();
        assertHarmless(command, run);
    }

    @Test
    void jsonAndYamlMeanWhatTheyDid() {
        String id =
                Json.read(console.run("history", "--label", "job=evil", "-o", "json").out())
                        .path("messages")
                        .path(0)
                        .path("id")
                        .asText();
        Run json = console.run("status", id, "-o", "jsonl");
        assertThat(Json.read(json.out()).path("ack").path("stdout").asText())
                .isEqualTo(EVIL + "\n");
    }

    private static void assertHarmless(String what, Run run) {
        // why: the line of progress is our own
        for (String printed : List.of(run.out(), run.err().replace("\r\u001b[K", ""))) {
            printed.chars()
                    .forEach(c ->
                            assertThat(isHarmful(c))
                                    .as("%s prints U+%04X in %s", what, c, printed)
                                    .isFalse());
        }
    }

    private static boolean isHarmful(int c) {
        return (c < 0x20 && c != '\n' && c != '\t')
                || (c >= 0x7f && c < 0xa0)
                || (c >= 0x202a && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0x200e
                || c == 0x200f;
    }
}

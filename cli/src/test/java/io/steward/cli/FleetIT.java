package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.broker.TestNats;
import io.steward.cli.Steward.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Commands of a person at `central`, with the agents `central`, `ship1` and `ship2`, every one a
/// process of its own, and a real broker.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FleetIT {
    private static final String COMMANDS = "ship1.command.shellcommand.operatingsystem";

    private TestNats nats;
    private Steward steward;
    private Path folder;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        nats = TestNats.start();
        steward = new Steward(folder);
        for (String node : List.of("central", "ship1", "ship2")) {
            steward.agent(node, nats.url().toString());
        }
    }

    @AfterAll
    void stop() throws Exception {
        try (TestNats _ = nats) {
            steward.close();
        }
    }

    @Test
    void ofOneNodeTheOutputIsOursAsItIsAndTheExitCodeToo() throws Exception {
        assertThat(
                        steward.run(
                                "send-command",
                                "ship1",
                                "--",
                                "sh",
                                "-c",
                                "printf 'a\\tb'; printf \"$1\" >&2; exit 42",
                                "sh",
                                "x y"))
                .isEqualTo(new Run(42, "a\tb", "x y"));
        assertThat(steward.run("send-command", "ship1", "--", "true"))
                .isEqualTo(new Run(0, "", ""));
    }

    @Test
    void whatIsFollowedGoesOnAfterCtrlCAndIsFollowedAgainFromTheStart() throws Exception {
        Steward.Running first =
                steward.start(
                        "send-command",
                        "ship1",
                        "--domain",
                        "followed",
                        "--follow",
                        "--",
                        "sh",
                        "-c",
                        "for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.5; done; exit 9");
        first.awaitSaid("2\n");
        first.interrupt();
        assertThat(first.awaitEnd()).isEqualTo(130);
        assertThat(first.said()).startsWith("1\n2\n").contains("goes on without you");
        String id = first.said().replaceAll("(?s).*steward follow (\\S+).*", "$1");
        assertThat(steward.run("follow", id)).isEqualTo(new Run(9, "1\n2\n3\n4\n5\n6\n7\n8\n", ""));
    }

    @Test
    void ofTwoNodesEqualOutputIsFolded() throws Exception {
        Run run = steward.run("send-command", "ship1,ship2", "--", "echo", "same");
        assertThat(run.exit()).isZero();
        assertThat(run.out())
                .startsWith("2 nodes: ship1 ship2: succeeded\n  same\n2 nodes: 2 succeeded, in ");
        assertThat(steward.run("send-command", "ship1", "ship2", "--", "false").exit())
                .isEqualTo(1);
    }

    @Test
    void theExitCodesSayHowItEnded() throws Exception {
        Run late =
                steward.run("send-command", "ship1", "--method-timeout", "1s", "--", "sleep", "60");
        assertThat(late.exit()).as(late.err()).isEqualTo(1);
        assertThat(late.err()).contains("timed out after 1s");
        assertThat(steward.run("send-command", "ship1").exit()).isEqualTo(2);
        Run waiting = steward.run("send-command", "nobody", "--wait", "2s", "--", "true");
        assertThat(waiting.exit()).as(waiting.err()).isEqualTo(3);
        assertThat(waiting.err())
                .contains("nobody: still waiting: ")
                .contains("the node has never joined");
        assertThat(steward.run("status").out())
                .containsPattern("waiting .* for nobody, .*the node has never joined");
        assertThat(steward.run("status", "01M7X814CWAFGJFVVEHQNG00ZZ").exit()).isEqualTo(4);
        Run refused = steward.run("process", "restart", "ship1", "nothing");
        assertThat(refused.exit()).as(refused.err()).isEqualTo(5);
        Run expired = steward.run("send-command", "nobody", "--expires", "1s", "--", "true");
        assertThat(expired.exit()).as(expired.err()).isEqualTo(6);
        assertThat(expired.err()).contains("the node has never joined");
        assertThat(steward.run("status", "--data", folder.resolve("none").toString()).exit())
                .isEqualTo(7);
    }

    @Test
    void aHundredQuickCommandsEndWhileOneOfAnotherSubjectSleepsWhichIsThenCancelled()
            throws Exception {
        String slow =
                steward.run(
                                "send-command",
                                "ship1",
                                "--domain",
                                "slow",
                                "--detach",
                                "--",
                                "sleep",
                                "300")
                        .out()
                        .strip();
        await().atMost(Steward.LONG)
                .until(() -> steward.run("status", slow).out().contains("  started "));
        String second =
                steward.run("send-command", "ship1", "--domain", "slow", "--detach", "--", "true")
                        .out()
                        .strip();
        Path file = folder.resolve("hundred.json");
        Files.writeString(
                file,
                """
                {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand", "data": ["true"]}
                """
                        .repeat(100));
        Run quick = steward.run("send", "--file", file.toString(), "-o", "jsonl");
        assertThat(quick.exit()).as(quick.err()).isZero();
        assertThat(quick.out().lines())
                .hasSize(100)
                .allMatch(line -> Json.read(line).path("state").asText().equals("succeeded"));
        assertThat(steward.run("status", slow, second).exit()).isEqualTo(3);

        assertThat(steward.run("cancel", slow).exit()).isZero();
        Run cancelled = steward.run("status", slow, "--wait", "30s");
        assertThat(cancelled.exit()).as(cancelled.out()).isEqualTo(6);
        assertThat(cancelled.out()).contains("cancelled while it ran");
        assertThat(steward.run("status", second, "--wait", "30s").exit()).isZero();
    }

    @Test
    void whatIsQueuedIsCancelledAtOnce() throws Exception {
        String id = steward.run("send-command", "nobody", "--detach", "--", "true").out().strip();
        Run cancel = steward.run("cancel", id);
        assertThat(cancel.exit()).as(cancel.err()).isZero();
        assertThat(cancel.out()).contains("was never run");
        assertThat(steward.run("status", id).exit()).isEqualTo(6);
        assertThat(steward.run("cancel", id).exit()).isEqualTo(1);
    }

    @Test
    void aProcessOfAnotherNodeIsRestarted() throws Exception {
        assertThat(steward.run("send-command", "ship2", "--", "true").exit()).isZero();
        String path = "root/inbox/ship2.command.shellcommand.operatingsystem";
        Run restart = steward.run("process", "restart", "ship2", path);
        assertThat(restart.exit()).as(restart.err()).isZero();
        await().atMost(Steward.LONG)
                .until(() -> process(path).path("status").asText().equals("running"));
        assertThat(process(path).path("restarts").asInt()).isEqualTo(1);
        assertThat(steward.run("send-command", "ship2", "--", "echo", "on").out())
                .isEqualTo("on\n");
    }

    private JsonNode process(String path) throws Exception {
        Run run = steward.run("ps", "ship2", "-o", "jsonl");
        return run.out()
                .lines()
                .map(Json::read)
                .filter(line -> line.path("path").asText().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError(run.toString()));
    }

    @Test
    void errorsOfANodeReachTheCentralOne() throws Exception {
        try (PlainClient client = new PlainClient(nats.url())) {
            client.publish(COMMANDS, "this is no message");
        }
        await().atMost(Steward.LONG)
                .until(() ->
                        steward.run("errors").out().contains("  ship1  root/inbox/receiver  "));
        String line =
                steward.run("errors")
                        .out()
                        .lines()
                        .filter(l -> l.contains("  ship1  "))
                        .findFirst()
                        .orElseThrow();
        assertThat(line).contains(COMMANDS).doesNotContain("{\"");
    }

    @Test
    void whoIsThereAnswersAPing() throws Exception {
        Run ping = steward.run("ping", "ship1", "ship2", "nobody");
        assertThat(ping.exit()).isEqualTo(3);
        assertThat(ping.out()).containsPattern("ship1 +[0-9.]+ ms").contains("nobody  no answer");
        Run doctor = steward.run("doctor");
        assertThat(doctor.exit()).as(doctor.out()).isZero();
    }
}

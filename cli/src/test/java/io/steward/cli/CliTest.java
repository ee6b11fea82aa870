package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.http.TestAgent;
import io.steward.cli.Console.Run;
import io.steward.messages.Message;
import io.steward.messages.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CliTest {
    @TempDir Path folder;
    private Console console;
    private TestAgent agent;

    @BeforeEach
    void start() throws IOException {
        console = new Console(folder);
        agent = console.agent();
    }

    @AfterEach
    void stop() {
        console.close();
    }

    @Test
    void oneNodeItsOutputIsOursAndItsExitCodeToo() {
        agent.answerWith(State.SUCCEEDED, 0, "out\n", "err\n");
        assertThat(steward("send-command", "ship1", "--", "ls", "-l"))
                .isEqualTo(new Run(0, "out\n", "err\n"));
        assertThat(
                        agent.journal()
                                .history(io.steward.agent.journal.Journal.Query.all(), null, 1)
                                .getFirst()
                                .message()
                                .data())
                .containsExactly("ls", "-l");
        agent.answerWith(State.FAILED, 42, "out\n", "");
        assertThat(steward("send-command", "ship1", "--", "false"))
                .isEqualTo(new Run(42, "out\n", ""));
    }

    @Test
    void whatIsFollowedIsPrintedAsItComesAndOnce() {
        agent.outbox()
                .onMessage(message -> {
                    assertThat(message.follow()).isTrue();
                    agent.print(message, "one\n", 0);
                    agent.print(message, "two\n", 4);
                    agent.answer(message, State.FAILED, 42, "one\ntwo\nthree", "err");
                });
        assertThat(steward("send-command", "ship1", "--follow", "--", "x"))
                .isEqualTo(new Run(42, "one\ntwo\nthree", "err"));
        String id =
                agent.journal()
                        .history(io.steward.agent.journal.Journal.Query.all(), null, 1)
                        .getFirst()
                        .message()
                        .id()
                        .value();
        assertThat(steward("follow", id)).isEqualTo(new Run(42, "one\ntwo\nthree", "err"));
        assertThat(steward("follow", "--tail", id)).isEqualTo(new Run(42, "", ""));
        Run several = steward("send-command", "a,b", "--follow", "--", "x");
        assertThat(several.exit()).isEqualTo(1);
        assertThat(several.out().lines())
                .containsExactlyInAnyOrder(
                        "a: one", "a: two", "a: three", "b: one", "b: two", "b: three");
        assertThat(several.err()).contains("a: err\n", "steward: b: failed: exit code 42\n");
        assertThat(steward("send-command", "a", "--follow", "-o", "json", "--", "x").exit())
                .isEqualTo(2);
        Run inAnotherForm = steward("follow", id, "-o", "json");
        assertThat(inAnotherForm.exit()).isEqualTo(2);
        assertThat(inAnotherForm.err()).contains("leave out -o json");
    }

    @Test
    void whatIsFollowedAndDoesNotEndInTimeGoesOn() {
        agent.outbox().hold("ship9 has no mailbox: never joined");
        Run run = steward("send-command", "ship9", "--follow", "--wait", "900ms", "--", "true");
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.out()).isEmpty();
        assertThat(run.err())
                .contains("waiting for ship9 to take the message (ship9 has no mailbox")
                .contains("it goes on; follow: steward follow 0");
        assertThat(steward("follow", "01M7X814CWAFGJFVVEHQNG00ZZ").exit()).isEqualTo(4);
    }

    @Test
    void everyEndHasItsExitCode() {
        Map<State, Integer> codes =
                Map.of(
                        State.FAILED, 1,
                        State.INTERRUPTED, 1,
                        State.REFUSED, 5,
                        State.EXPIRED, 6,
                        State.CANCELLED, 6);
        codes.forEach((state, code) -> {
            agent.answerWith(state, null, "", "");
            Run run = steward("send-command", "ship1", "--", "true");
            assertThat(run.exit()).as(state.word()).isEqualTo(code);
            assertThat(run.err()).contains("ship1: " + state.word() + ": because");
        });
    }

    @Test
    void whatIsNotAnsweredInTimeGoesOn() {
        agent.outbox().hold("ship9 has no mailbox: never joined");
        Run run = steward("send-command", "ship9", "--wait", "900ms", "--", "true");
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err())
                .contains("ship9: still waiting: ship9 has no mailbox")
                .contains("steward status 0")
                .contains("steward cancel 0");
        assertThat(steward("status").out())
                .contains("waiting   1 for ship9, the oldest since ")
                .contains(": ship9 has no mailbox: never joined");
    }

    @Test
    void whatWaitsIsShownAndRemovedOnlyWhenItIsSaidWhichAndNobodyHasToBeAsked() {
        steward("send-command", "ship9", "--detach", "--", "echo", "one");
        steward("send-command", "ship9", "--detach", "--", "echo", "two");
        assertThat(steward("queue").out()).contains("NODE   WAITING").contains("ship9  2");
        Run run = steward("queue", "ship9", "--limit", "1");
        assertThat(run.out())
                .contains("2 sent from here: 2 queued, 0 in the mailbox")
                .contains("echo one")
                .contains("... and 1 more")
                .contains("ship9 has no mailbox");
        assertThat(steward("queue", "ship9", "-o", "jsonl").out().lines()).hasSize(2);
        assertThat(steward("queue", "purge", "ship9").exit()).isEqualTo(2);
        Run nobody = steward("queue", "purge", "ship9", "--all");
        assertThat(nobody.exit()).isEqualTo(2);
        assertThat(nobody.err()).contains("--yes");
        assertThat(steward("queue", "purge", "ship9", "--all", "--dry-run").out())
                .contains("2 sent from here would be cancelled");
        assertThat(steward("queue", "purge", "ship9", "--method", "shellcommand", "--yes").out())
                .contains("2 cancelled");
        Run nothing = steward("queue", "purge", "ship9", "--all", "--yes");
        assertThat(nothing.exit()).isEqualTo(4);
        assertThat(nothing.out()).contains("0 cancelled: nothing that was asked for waits for");
        assertThat(steward("queue").err()).contains("nothing that was sent from here waits");
        assertThat(steward("queue", "ship9", "--yes").exit()).isEqualTo(2);
    }

    @Test
    void whatIsSentAgainAndAgainIsListedPausedAndRemoved() {
        Run sent =
                steward(
                        "send-command",
                        "ship1,ship2",
                        "--cron",
                        "0 3 * * 1-5",
                        "--zone",
                        "Europe/Oslo",
                        "--splay",
                        "10m",
                        "--until",
                        "90d",
                        "--catch-up",
                        "once",
                        "--max-lateness",
                        "2h",
                        "--schedule-name",
                        "night",
                        "--",
                        "apt-get",
                        "-y",
                        "upgrade");
        assertThat(sent.err()).isEmpty();
        assertThat(sent.out()).startsWith("night: next 20").endsWith("\n");
        assertThat(
                        steward("send-event", "ship1", "hello", "--every", "15m", "--domain", "d")
                                .exit())
                .isZero();
        assertThat(steward("schedule", "list").out())
                .contains("NAME ", "night ", "  active  0 3 * * 1-5 Europe/Oslo  20")
                .contains("  ship1,ship2: shellcommand apt-get -y upgrade\n")
                .contains("  active  every 15m  ");
        assertThat(steward("schedule", "list", "-o", "jsonl").out().lines()).hasSize(2);
        assertThat(steward("schedule", "show", "night").out())
                .startsWith(
                        "night  active\n  what      ship1,ship2: shellcommand apt-get -y upgrade\n")
                .contains("\n  splay     10m\n  missed    once, at most 2h late\n")
                .contains("history --label schedule=night\n");
        assertThat(steward("schedule", "pause", "night").out()).isEqualTo("night is paused\n");
        Run twice = steward("schedule", "pause", "night");
        assertThat(twice.exit()).isEqualTo(1);
        assertThat(twice.err()).contains("schedule night is paused, expected: active");
        assertThat(steward("schedule", "resume", "night").out())
                .startsWith("night is active, next 20");
        assertThat(steward("schedule", "remove", "night").out()).isEqualTo("night is removed\n");
        assertThat(steward("schedule", "show", "night").exit()).isEqualTo(4);
        assertThat(steward("schedule").exit()).isEqualTo(2);
    }

    @Test
    void aPausedScheduleThatIsSentAgainUnchangedSaysThatItIsPaused() {
        String[] nightly = {
            "send-command", "ship1", "--every", "1h", "--schedule-name", "tick", "--", "true"
        };
        assertThat(steward(nightly).out()).startsWith("tick: next ");
        assertThat(steward(nightly).out()).startsWith("tick: next ");
        steward("schedule", "pause", "tick");
        assertThat(steward(nightly).out())
                .isEqualTo(
                        "tick: is there already, and paused; to go on: steward schedule resume"
                                + " tick\n");
        assertThat(steward("schedule", "list").out()).contains("tick  paused");
        String[] changed = {
            "send-command", "ship1", "--every", "2h", "--schedule-name", "tick", "--", "true"
        };
        assertThat(steward(changed).out()).startsWith("tick: next ");
    }

    @Test
    void aScheduleThatIsNoneIsRefused() {
        Run bad = steward("send-command", "ship1", "--cron", "0 24 * * *", "--", "true");
        assertThat(bad.exit()).isEqualTo(2);
        assertThat(bad.err())
                .isEqualTo(
                        "steward: schedule.cron: \"0 24 * * *\" is not a cron line: the hour"
                                + " \"24\": expected 0 to 23, as *, 1-3, 1,3 or */2\n");
        assertThat(steward("send-command", "ship1", "--splay", "1m", "--", "true").err())
                .contains("--cron or --every is missing");
        assertThat(steward("send-command", "ship*", "--every", "1m", "--", "true").err())
                .contains("a schedule sends to nodes that are named");
        assertThat(
                        steward(
                                        "send-command",
                                        "ship1",
                                        "--every",
                                        "1m",
                                        "--canary",
                                        "1",
                                        "--",
                                        "true")
                                .err())
                .contains("a schedule sends to nodes that are named");
    }

    @Test
    void manyNodesAreFoldedWithTheFailuresFirst() {
        console.answerByNode();
        Run run = steward("send-command", "a,b,c,bad,away", "--wait", "800ms", "--", "true");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out())
                .containsSubsequence(
                        "bad: failed: exit code 7\n  oops\n",
                        "3 nodes: a b c: succeeded\n  same\n",
                        "away: queued\n",
                        "5 nodes: 1 failed, 3 succeeded, 1 queued, in ");
    }

    @Test
    void documentsForPrograms() {
        console.answerByNode();
        Run json = steward("send-command", "a", "bad", "-o", "json", "--", "true");
        JsonNode document = Json.read(json.out());
        assertThat(document.path("messages")).hasSize(2);
        assertThat(document.path("summary").path("failed").asInt()).isEqualTo(1);
        assertThat(json.exit()).isEqualTo(1);
        assertThat(steward("send-command", "a,b", "-o", "jsonl", "--", "true").out().lines())
                .hasSize(2)
                .allMatch(line -> Json.read(line).path("state").asText().equals("succeeded"));
        assertThat(steward("send-command", "a,b", "-o", "yaml", "--", "true").out())
                .startsWith("messages:\n  - id: ")
                .contains("\nsummary:\n  count: 2\n  succeeded: 2\n");
        assertThat(steward("send-command", "a,b", "-o", "raw", "--", "true").out())
                .isEqualTo("same\nsame\n");
        assertThat(steward("send-command", "a", "-o", "xml", "--", "true").exit()).isEqualTo(2);
    }

    @Test
    void outputOfOthersDoesNothingToATerminal() {
        agent.answerWith(State.SUCCEEDED, 0, "a\033]0;title\007\r\nb\u202E\n", "");
        assertThat(steward("send-command", "ship1", "--", "x").out()).contains("\033]0;title");
        console.becomeTerminal();
        console.environment().put("NO_COLOR", "1");
        assertThat(steward("send-command", "ship1", "--", "x").out())
                .isEqualTo("a^[]0;title^G\nb<U+202E>\n");
        console.answerByNode();
        assertThat(steward("send-command", "a,b", "--", "x").out()).doesNotContain("\033");
        console.environment().remove("NO_COLOR");
        assertThat(steward("send-command", "a,b", "--", "x").out()).contains("\033[32m");
    }

    @Test
    void detachedPrintsTheIds() {
        Run run = steward("send-command", "a,b", "--detach", "--label", "job=7", "--", "true");
        assertThat(run.exit()).isZero();
        assertThat(run.out().lines()).hasSize(2).allMatch(line -> line.length() == 26);
        assertThat(steward("history", "--label", "job=7", "-o", "jsonl").out().lines()).hasSize(2);
    }

    @Test
    void wrongUsageSaysWhatIsRight() {
        assertThat(steward("send-command", "ship1").err()).contains("put it behind --");
        assertThat(steward("send-command", "--", "true").exit()).isEqualTo(2);
        assertThat(steward("send-command", "my.host", "--", "true").err()).contains("my-host");
        assertThat(steward("send-command", "a", "--wait", "soon", "--", "true").exit())
                .isEqualTo(2);
        assertThat(steward("send-command", "a", "--retries", "-1", "--", "true").exit())
                .isEqualTo(2);
        assertThat(steward("stauts").err()).contains("status");
        assertThat(steward("stauts").exit()).isEqualTo(2);
        assertThat(steward().exit()).isEqualTo(2);
        assertThat(steward("log", "--state", "odd").exit()).isEqualTo(2);
        assertThat(steward("history", "--since", "soon").exit()).isEqualTo(2);
        assertThat(steward("status", "nonsense").exit()).isEqualTo(2);
        assertThat(steward("status", "01K00000000000000000000000").exit()).isEqualTo(4);
        assertThat(steward("resend").exit()).isEqualTo(2);
        assertThat(steward("process", "kill", "central", "x").exit()).isEqualTo(2);
    }

    @Test
    void filesAreSentAsTheyAre() throws IOException {
        agent.answerWith(State.SUCCEEDED, 0, "done\n", "");
        Files.writeString(
                folder.resolve("m.yaml"),
                "toNode: ship1\ncommandOrEvent: command\nmethod: shellcommand\n");
        assertThat(steward("send", "--file", "m.yaml")).isEqualTo(new Run(0, "done\n", ""));
        Files.writeString(folder.resolve("bad.json"), "[\n {\"toNode\": 1}]");
        Run bad = steward("send", "--file", "bad.json");
        assertThat(bad.exit()).isEqualTo(2);
        assertThat(bad.err()).contains("line 2, column");
        assertThat(steward("send", "--file", "none.json").err()).contains("there is no file");
        assertThat(steward("send-event", "central", "textlogging", "hello").exit()).isZero();
    }

    @Test
    void statusShowsEveryStateAndWhyItWaits() {
        String id = steward("send-command", "ship1", "--detach", "--", "uptime").out().strip();
        Run waiting = steward("status", id);
        assertThat(waiting.exit()).isEqualTo(3);
        assertThat(waiting.out())
                .contains("  queued ")
                .contains("waiting     for the broker")
                .contains("data        uptime");
        agent.answer(message(id), State.FAILED, 2, "x\n", "");
        Run ended = steward("status", id, "--wait", "400d");
        assertThat(ended.exit()).isEqualTo(2);
        assertThat(ended.out()).contains("failed: exit code 2").contains("    x\n");
        assertThat(steward("status").out()).contains("central  version 1.2.3");
    }

    @Test
    void aLineOfJsonIsThereForEachMessageOnceAndForEachErrorOfEveryList() {
        String id = steward("send-command", "ship1", "--detach", "--", "uptime").out().strip();
        assertThat(steward("status", id, "-o", "jsonl").out().lines()).hasSize(1);
        agent.answer(message(id), State.FAILED, 2, "x\n", "");
        assertThat(steward("status", id, "-o", "jsonl").out().lines()).hasSize(1);
        assertThat(steward("errors", "-o", "jsonl").out().lines())
                .hasSize(1)
                .allMatch(line -> Json.read(line).path("list").asText().equals("here"));
    }

    @Test
    void cancelAndResend() {
        String id = steward("send-command", "ship1", "--detach", "--", "true").out().strip();
        assertThat(steward("cancel", id))
                .isEqualTo(new Run(0, id + " is cancelled; it was never run\n", ""));
        assertThat(steward("cancel", id).exit()).isEqualTo(1);
        agent.answerWith(State.SUCCEEDED, 0, "again\n", "");
        assertThat(steward("resend", id).out()).isEqualTo("again\n");
        assertThat(steward("resend", "--from", write(steward("log", "-o", "jsonl").out())).exit())
                .isZero();
    }

    @Test
    void theLogIsFiltered() {
        console.answerByNode();
        steward("send-command", "a,bad", "--", "true");
        assertThat(steward("log").out().lines()).hasSize(2);
        assertThat(steward("log", "--node", "bad").out()).contains("failed (exit code 7)");
        assertThat(steward("log", "--state", "succeeded", "--since", "1h").out().lines())
                .hasSize(1);
        assertThat(Json.read(steward("log", "-o", "json").out()).path("lines")).hasSize(2);
        assertThat(steward("history").out()).contains("succeeded").contains("exit code 7");
        assertThat(steward("history", "-n", "1").out().lines()).hasSize(2);
    }

    @Test
    void whatAgentsTellEachOtherIsLeftOut() {
        agent.answerWith(State.SUCCEEDED, null, "", "");
        steward("send-event", "central", "hello", "{}");
        steward("send-event", "central", "errorlog", "{}");
        steward("send-event", "central", "textlogging", "x");
        for (String command : List.of("log", "history")) {
            assertThat(steward(command).out())
                    .contains("textlogging")
                    .doesNotContain("hello", "errorlog");
            assertThat(steward(command, "--all").out()).contains("hello", "errorlog");
            assertThat(steward(command, "--method", "hello").out())
                    .contains("hello")
                    .doesNotContain("textlogging");
        }
    }

    @Test
    void messagesMadeByOptionsHaveNoPlaceInAFile() {
        assertThat(steward("send-command", "a", "--on-interrupt", "nosuch", "--", "x").err())
                .contains("onInterrupt: ")
                .doesNotContain("line 1");
    }

    @Test
    void theNodesAreThisOneAndTheOthers() {
        assertThat(steward("nodes").out()).contains("central  up").contains("1 node: 1 up");
    }

    @Test
    void withoutAnAgentTheDoctorChecksTheRest() {
        agent.close();
        assertThat(steward("doctor", "--data", folder.resolve("new").toString()).out())
                .contains("ok    jdk", "nats-server", "new would be made by the first start")
                .contains("agent --broker URL");
    }

    @Test
    void theAgentsOwnProcessesNeedNoMessage() {
        assertThat(steward("ps").out()).contains("  outbox").contains("IOException: gone");
        assertThat(steward("process", "stop", "central", "outbox").out())
                .isEqualTo("root/outbox is stopped\n");
        assertThat(steward("process", "stop", "central", "none").exit()).isEqualTo(4);
        assertThat(steward("errors").out()).contains("publishing: IOException: gone  (2 times)");
    }

    @Test
    void processesOfOthersAreAskedByMessage() {
        agent.answerWith(
                State.SUCCEEDED,
                null,
                "{\"processes\":[{\"path\":\"root/inbox\",\"status\":\"running\"},"
                        + "{\"path\":\"root/inbox/ship1.command.processlist.kernel\"}]}",
                "");
        assertThat(steward("ps", "ship1").out())
                .contains("inbox")
                .contains("running")
                .doesNotContain("processlist");
        agent.answerWith(State.SUCCEEDED, null, "restarted\n", "");
        assertThat(steward("process", "restart", "ship1", "inbox").out()).isEqualTo("restarted\n");
    }

    @Test
    void pingCountsWhoAnswers() throws Exception {
        assertThat(steward("ping", "--wait", "10ms", "--expect", "1").exit()).isEqualTo(3);
        try (AutoCloseable answering =
                agent.broker()
                        .another()
                        .answer(
                                "clusterbus.ping.central",
                                question ->
                                        "{\"node\":\"ship1\",\"version\":\"1\"}"
                                                .getBytes(StandardCharsets.UTF_8))) {
            assertThat(answering).isNotNull();
            Run one = steward("ping", "--wait", "10ms", "--expect", "1");
            assertThat(one.exit()).isZero();
            assertThat(one.out()).startsWith("ship1  ").contains("1 answered");
        }
        assertThat(steward("ping", "ship9", "--wait", "10ms").out()).contains("ship9  no answer");
    }

    @Test
    void whatIsToldIsShownWhereItIsMeant() {
        Run all = steward("notify", "weather", "storm", "from the west");
        assertThat(all.exit()).isZero();
        assertThat(all.out()).endsWith("  to all nodes\n");
        assertThat(steward("notify", "news", "for eu", "--cloud", "eu", "--tag", "db").out())
                .endsWith("  to cloud=eu and tag=db\n");
        assertThat(steward("notify", "news", "for others", "--where", "cloud=us").exit()).isZero();
        assertThat(steward("notify", "last").exit()).isZero();
        await().until(() -> steward("subscribe", "last").out().contains("from central  last"));
        assertThat(steward("subscribe").out().lines()).hasSize(3);
        assertThat(steward("subscribe", "-n", "1").out().lines()).hasSize(1);
        assertThat(steward("subscribe", "-n", "0").out()).isEmpty();
        assertThat(steward("subscribe", "weather").out())
                .endsWith("  from central  weather  storm from the west\n");
        assertThat(steward("subscribe", "weather", "-o", "raw").out())
                .isEqualTo("storm from the west\n");
        assertThat(steward("subscribe", "news", "-o", "jsonl").out().lines()).hasSize(1);
        assertThat(Json.read(steward("subscribe", "-o", "json").out()).path("notices")).hasSize(3);
    }

    @Test
    void whatCannotBeToldIsSaidWithItsPlace() {
        assertThat(steward("notify").exit()).isEqualTo(2);
        assertThat(steward("notify", "two words").err()).contains("topic: \"two words\"");
        Run bad = steward("notify", "news", "x", "--where", "cloud=eu and");
        assertThat(bad.exit()).isEqualTo(2);
        assertThat(bad.err()).contains("--where: ").contains("^");
        assertThat(steward("notify", "news", "--group", "none").exit()).isEqualTo(2);
        assertThat(steward("subscribe", "two words").exit()).isEqualTo(2);
        assertThat(steward("subscribe", "-n", "1001").exit()).isEqualTo(2);
        assertThat(steward("subscribe", "-f", "-o", "json").exit()).isEqualTo(2);
        agent.broker().disconnect();
        assertThat(steward("notify", "news", "--group", "none").exit()).isEqualTo(1);
        assertThat(steward("notify", "news", "later").exit()).isZero();
    }

    @Test
    void noAgentIsSeven() throws IOException {
        assertThat(steward("log", "--server", "127.0.0.1:1", "--token", "x").exit()).isEqualTo(7);
        assertThat(steward("log", "--data", "nowhere").exit()).isEqualTo(7);
        assertThat(steward("log", "--server", agent.url().toString(), "--token", "x").exit())
                .isEqualTo(7);
        assertThat(
                        steward("log", "--server", agent.url().toString(), "--token", agent.token())
                                .exit())
                .isZero();
        agent.close();
        Run none = steward("log");
        assertThat(none.exit()).isEqualTo(7);
        assertThat(none.err()).contains("steward up");
        assertThat(steward("doctor").exit()).isEqualTo(1);
    }

    @Test
    void ofTwoAgentsOneHasToBeChosen() throws IOException {
        try (TestAgent other =
                new TestAgent("ship1", folder.resolve("other"), folder.resolve("agents"))) {
            Run two = steward("status");
            assertThat(two.exit()).isEqualTo(2);
            assertThat(two.err())
                    .contains("--data")
                    .contains("node ship1")
                    .contains("node central");
            assertThat(steward("status", "--data", "other").out()).startsWith("ship1");
            console.environment().put("STEWARD_DATA", other.settings().data().toString());
            assertThat(steward("status").out()).startsWith("ship1");
        }
    }

    @Test
    void helpNamesEveryCommandAndExitCode() {
        Run help = steward("help", "--all");
        Commands.all().keySet().forEach(name -> assertThat(help.out()).contains("steward " + name));
        assertThat(steward("log", "--help").out()).contains("7   cannot reach the agent");
        assertThat(steward("help", "log").out()).contains("--follow");
        assertThat(steward("version").out()).startsWith("steward ");
    }

    @Test
    void completionsAreScripts() throws Exception {
        for (String which : List.of("bash", "zsh")) {
            Path script = Path.of(write(steward("completion", which).out()));
            Process bash = new ProcessBuilder("bash", "-n", script.toString()).inheritIO().start();
            assertThat(bash.waitFor()).isZero();
        }
        assertThat(steward("completion", "fish").out())
                .contains("-a send-command")
                .contains("-l ack-timeout -r");
        assertThat(steward("completion", "tcsh").exit()).isEqualTo(2);
    }

    private Message message(String id) {
        return agent.journal().sent(new io.steward.messages.MessageId(id)).orElseThrow().message();
    }

    private String write(String text) {
        try {
            Path file = folder.resolve("file-" + Instant.now().toEpochMilli());
            return Files.writeString(file, text).toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private Run steward(String... arguments) {
        return console.run(arguments);
    }
}

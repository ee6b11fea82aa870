package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.broker.Bucket;
import io.steward.agent.http.TestAgent;
import io.steward.agent.journal.RunId;
import io.steward.cli.Console.Run;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands for many nodes, over the real API and fakes below it.
class FleetCliTest {
    @TempDir Path folder;
    private Console console;
    private TestAgent agent;

    @BeforeEach
    void start() throws IOException {
        console = new Console(folder);
        agent = console.agent();
        console.answerByNode();
    }

    @AfterEach
    void stop() {
        console.close();
    }

    private Run steward(String... arguments) {
        return console.run(arguments);
    }

    private void row(String node, String more) throws Exception {
        String json =
                """
                {"instance": "i", "run": "r", "host": "h", "pid": 1, "data": "/d", "version": "1",
                 "startedAt": "%s", "epoch": 1, "state": "up" %s}
                """
                        .formatted(Instant.now(), more);
        assertThat(
                        agent.broker()
                                .bucket(Bucket.Kind.NODES)
                                .write(node, json.getBytes(StandardCharsets.UTF_8), 0))
                .isPresent();
    }

    private String newest() {
        return Json.read(steward("run", "list", "-o", "json").out())
                .path("runs")
                .path(0)
                .path("id")
                .asText();
    }

    @Test
    void aPlanMakesItARunThatIsWaitedForAndReported() {
        Run run = steward("send-command", "a,b,c", "--batch", "2", "--", "true");
        assertThat(run.exit()).as(run.err()).isZero();
        assertThat(run.out())
                .startsWith("3 nodes: a b c: succeeded\n  same\n3 targets: 3 succeeded, in ");
        Run list = steward("run", "list");
        assertThat(list.out()).contains("done   a,b,c: 3 succeeded").contains("shellcommand true");
        Run status = steward("run", "status", newest());
        assertThat(status.exit()).isZero();
        assertThat(status.out())
                .contains("  done\n", "  what     shellcommand true", "{\"batch\":\"2\"}");
    }

    @Test
    void aRunThatStopsSaysWhyAndHowToGoOn() {
        Run run =
                steward("send-command", "bad,a,b", "--batch", "1", "--max-errors", "0", "--", "x");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(run.out())
                .contains("bad: failed: exit code 7\n  oops\n")
                .contains("2 nodes: a b: not sent\n")
                .contains("3 targets: 1 failed, 2 not sent, in ");
        String id = newest();
        assertThat(run.err())
                .contains("the run was stopped: 1 of 3 targets failed, and maxErrors allows 0")
                .contains("steward run again " + id + " --failed --missing");
        assertThat(steward("run", "resume", id).err()).contains("is not paused: it is stopped");
        Run missing = steward("run", "again", id, "--missing");
        assertThat(missing.exit()).as(missing.err()).isZero();
        assertThat(missing.out()).startsWith("2 nodes: a b: succeeded\n");
        assertThat(steward("run", "again", newest(), "--failed").exit()).isEqualTo(4);
        assertThat(steward("run", "again", id).exit()).isEqualTo(2);
        assertThat(steward("send-command", "--of-run", id, "--preview", "--", "x").out())
                .contains("bad", "1 node: 1 unknown would get it");
    }

    @Test
    void whoeverIsAwayIsNamedAndTheExitCodeSaysThatItDidNotAnswer() throws Exception {
        row("away", "");
        Run run = steward("send-command", "a,away", "--batch", "2", "--wait", "20s", "--", "x");
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.out())
                .contains("a: succeeded\n", "away: away: the message is queued\n")
                .contains("2 targets: 1 succeeded, 1 away, in ");
        assertThat(run.err())
                .contains("away: away, the message waits")
                .contains("steward run watch");
        assertThat(steward("run", "abort", newest()).err())
                .contains("that could be stopped; 1 of its messages has not ended, and abort with")
                .contains("it is sent");
        assertThat(steward("run", "abort", newest(), "--cancel").out()).contains("1 succeeded");
        assertThat(steward("run", "watch", newest()).exit()).isEqualTo(6);
    }

    @Test
    void whatIsTooLateToBeRunIsNotPromisedAndIsSentOnceMoreAtOnce() throws Exception {
        row("away", "");
        Run run =
                steward(
                        "send-command",
                        "a,away",
                        "--batch",
                        "2",
                        "--expires",
                        "1ms",
                        "--wait",
                        "20s",
                        "--",
                        "x");
        assertThat(run.exit()).as(run.err()).isEqualTo(6);
        assertThat(run.out())
                .contains("away: lapsed: not answered, and too late to be run now: expired at 20")
                .contains("2 targets: 1 lapsed, 1 succeeded, in ");
        assertThat(run.err())
                .contains("away: not answered, and too late to be run now; whether")
                .contains("steward run again " + newest() + " --failed --missing")
                .doesNotContain("is run when the node is back");
        Run lines = steward("run", "status", newest(), "-o", "jsonl");
        assertThat(lines.exit()).isEqualTo(6);
        assertThat(lines.out()).contains("\"lapsed\":true");
        assertThat(steward("run", "again", newest(), "--missing", "--detach").exit()).isZero();
    }

    @Test
    void aRunThatWasAbortedOrStoppedSaysSoAndWhatIsStillUnderWay() throws Exception {
        row("away", "");
        Run stopped =
                with(
                        new String[] {"send-command", "away,bad,c", "--batch", "1"},
                        "--max-errors",
                        "0",
                        "--wait",
                        "20s",
                        "--",
                        "x");
        assertThat(stopped.err())
                .contains("the run was stopped: 1 of 3 targets failed")
                .contains("1 message is under way, and run also where the node comes back later")
                .contains("take back: steward run abort " + newest() + " --cancel");
        Run mistyped =
                steward("send-command", "awya", "--canary", "1", "--wait", "400ms", "--", "x");
        assertThat(mistyped.err())
                .contains("awya: nothing is sent there before a target that is up has been")
                .contains("no target is up to be the canary, expected one of awya; it goes on")
                .doesNotContain("the message waits until");
        assertThat(steward("run", "abort", newest()).exit()).isZero();
        assertThat(steward("run", "status", newest()).err())
                .contains("the run was aborted: no more is sent")
                .doesNotContain("under way");
    }

    @Test
    void programsAreToldOfThoseThatAreAwayInEveryForm() throws Exception {
        row("away", "");
        String[] send = {"send-command", "a,away", "--batch", "2", "--wait", "20s"};
        JsonNode json = Json.read(with(send, "-o", "json", "--", "x").out());
        assertThat(json.path("summary").path("away").asInt()).isEqualTo(1);
        assertThat(json.path("summary").has("queued")).isFalse();
        assertThat(json.path("run").path("counts").path("away").asInt()).isEqualTo(1);
        Run raw = with(send, "-o", "raw", "--", "x");
        assertThat(raw.out()).isEqualTo("same\n");
        assertThat(raw.err()).contains("steward: 2 targets: 1 succeeded, 1 away, in ");
    }

    @Test
    void aNameThatNobodyHasHeardOfIsToldApartFromANodeThatIsAway() throws Exception {
        row("a", "");
        agent.outbox().onMessage(this::answerTheKnown);
        Run run = steward("send-command", "a,awya", "--batch", "2", "--wait", "20s", "--", "x");
        assertThat(run.exit()).isEqualTo(3);
        assertThat(run.err())
                .startsWith("steward: nobody has heard of awya: the message waits until a node")
                .contains("steward queue purge awya --all")
                .doesNotContain("away, the message waits");
        assertThat(run.out())
                .contains("awya: nobody has heard of it: the message is queued\n")
                .contains("2 targets: 1 succeeded, 1 unknown, in ");
        JsonNode counts =
                Json.read(steward("run", "status", newest(), "-o", "json").out())
                        .path("run")
                        .path("counts");
        assertThat(counts.path("unknown").asInt()).isEqualTo(1);
        assertThat(counts.path("away").asInt()).isZero();
        assertThat(counts.path("queued").asInt()).isZero();
        assertThat(steward("run", "list").out()).contains("1 succeeded, 1 unknown");
        Run onlyUp = steward("send-command", "awya", "--only-up", "--", "x");
        assertThat(onlyUp.exit()).isEqualTo(4);
        assertThat(onlyUp.out()).contains("awya: left out: nobody has heard of it\n");
        assertThat(onlyUp.err()).contains("nobody has heard of awya: nothing is sent there");
        Run glob = steward("send-command", "a*", "awya", "--", "x");
        assertThat(glob.exit()).isZero();
        assertThat(glob.err()).contains("nobody has heard of awya: nothing is sent there");
        assertThat(steward("nodes", "a", "awya").err()).contains("heard of awya: not listed");
        assertThat(steward("ping", "a*", "awya", "--wait", "10ms").out())
                .contains("awya  no answer");
    }

    @Test
    void fiftyThousandTargetsOfARunAreMeantByItsId() throws Exception {
        int many = 50_000;
        RunId id = new RunId("01M7X7X52M57NDPDAT9498W8QD");
        String spec =
                "{\"target\":\"*\",\"plan\":{},\"message\":{\"commandOrEvent\":\"command\","
                        + "\"method\":\"noop\"}}";
        agent.journal()
                .runs()
                .begin(
                        id,
                        spec,
                        IntStream.range(0, many)
                                .mapToObj(i -> new NodeName("a-ship-with-a-name-" + i))
                                .toList(),
                        Instant.now())
                .get();
        row("a-ship-with-a-name-7", ", \"cloud\": \"eu\"");
        row("another", ", \"cloud\": \"eu\"");
        String[] missing = {"send-command", "--of-run", id.value(), "--missing"};
        assertThat(with(missing, "--preview", "-o", "jsonl").out().lines()).hasSize(many);
        Run one = with(missing, "--cloud", "eu", "--", "x");
        assertThat(one.exit()).as(one.err()).isZero();
        assertThat(one.out()).startsWith("a-ship-with-a-name-7: succeeded");
        assertThat(steward("run", "list").out())
                .contains("cloud=eu and missing of run 01M7X7X52M57NDPDAT9498W8QD: 1 succeeded");
        // why: a canary has to be up, and nobody is: all are accepted, and nothing is sent
        Run all = with(missing, "--canary", "1", "--wait", "1ms", "-o", "json", "--", "x");
        assertThat(all.err()).contains("nobody has heard of a-ship-with-a-name-0 ");
        assertThat(Json.read(all.out()).path("targets")).hasSize(many);
        assertThat(steward("run", "abort", newest()).exit()).isZero();
        assertThat(steward("nodes", "--of-run", id.value()).err())
                .contains("no target of run %s failed".formatted(id));
        assertThat(steward("ping", "--of-run", "01K00000000000000000000000").exit()).isEqualTo(4);
        assertThat(steward("facts", "os.id", "--of-run", "x").err())
                .contains("run id \"x\" has 1 characters");
        assertThat(steward("notify", "news", "--of-run", id.value()).exit()).isEqualTo(4);
    }

    private Run with(String[] words, String... more) {
        return steward(Stream.concat(Stream.of(words), Stream.of(more)).toArray(String[]::new));
    }

    private void answerTheKnown(Message message) {
        if (!message.subject().node().value().equals("awya")) {
            agent.answer(message, State.SUCCEEDED, 0, "same\n", "");
        }
    }

    @Test
    void runsForPrograms() {
        Run json = steward("send-command", "a,bad", "--concurrency", "5", "-o", "json", "--", "x");
        JsonNode document = Json.read(json.out());
        assertThat(json.exit()).isEqualTo(1);
        assertThat(document.path("run").path("phase").asText()).isEqualTo("sent");
        assertThat(document.path("targets")).hasSize(2);
        assertThat(document.path("summary").path("failed").asInt()).isEqualTo(1);
        Run lines = steward("send-command", "a,bad", "--batch", "9", "-o", "jsonl", "--", "x");
        assertThat(lines.exit()).isEqualTo(1);
        assertThat(lines.out().lines()).hasSize(2).allMatch(line -> Json.read(line).isObject());
        for (String line : lines.out().lines().toList()) {
            JsonNode target = Json.read(line);
            assertThat(target.path("place").isInt()).isTrue();
            assertThat(target.path("message")).isEqualTo(target.path("result").path("id"));
        }
        Run detached = steward("send-command", "a,b", "--batch", "1", "--detach", "--", "x");
        assertThat(detached.out().strip()).isEqualTo(newest());
        assertThat(steward("send-command", "a,b", "--batch", "1", "-o", "raw", "--", "x").out())
                .isEqualTo("same\nsame\n");
    }

    @Test
    void aLineOfJsonHasOneShapeWhetherTheTargetHasEndedOrNot() throws Exception {
        row("away", "");
        String[] send = {
            "send-command", "a,away,bad,c", "--batch", "1", "--max-errors", "0", "--wait", "20s"
        };
        Run run = with(send, "-o", "jsonl", "--", "x");
        assertThat(run.exit()).isEqualTo(1);
        assertThat(lines(run))
                .containsExactlyInAnyOrder(
                        "a succeeded succeeded",
                        "away queued queued",
                        "bad failed failed",
                        "c unsent -");
        for (String command : List.of("status", "watch")) {
            Run again = steward("run", command, newest(), "-o", "jsonl");
            assertThat(lines(again)).containsExactlyInAnyOrderElementsOf(lines(run));
            assertThat(again.exit()).isEqualTo(1);
        }
        Run onlyUp = steward("send-command", "away", "--only-up", "-o", "jsonl", "--", "x");
        assertThat(lines(onlyUp)).containsExactly("away left-out -");
        assertThat(onlyUp.exit()).isEqualTo(4);
    }

    /// Of each line the node, the state of the target and that of its message.
    private static List<String> lines(Run run) {
        return run.out()
                .lines()
                .map(Json::read)
                .map(target ->
                        "%s %s %s"
                                .formatted(
                                        target.path("node").asText(),
                                        target.path("state").asText(),
                                        target.path("result").path("state").asText("-")))
                .toList();
    }

    @Test
    void everyCommandAnswersInTheFormThatIsAskedFor() throws Exception {
        row("ship1", "");
        steward("send-command", "ship1", "--every", "1h", "--schedule-name", "tick", "--", "true");
        steward("send-command", "bad,away", "--canary", "1", "--detach", "--", "true");
        String id = newest();
        List<String> commands =
                List.of(
                        "node show ship1",
                        "node maintenance ship1 --for 2h --reason disk",
                        "node resume ship1",
                        "group set edge ship1",
                        "group remove edge",
                        "schedule pause tick",
                        "schedule resume tick",
                        "schedule show tick",
                        "schedule remove tick",
                        "notify weather storm",
                        "process stop central outbox",
                        "queue purge ship1 --all --yes",
                        "status",
                        "run abort " + id + " --cancel",
                        "run again " + id + " --missing --detach",
                        "send-command ship* --detach -- true");
        for (String command : commands) {
            for (String format : List.of("json", "jsonl", "yaml")) {
                if (command.startsWith("group remove")) {
                    steward("group", "set", "edge", "ship1");
                } else if (command.startsWith("schedule")) {
                    restoreSchedule(command);
                }
                String out = inForm(command, format).out();
                assertThat(out).as("%s -o %s", command, format).isNotBlank();
                if (!format.equals("yaml")) {
                    assertThat(Json.read(out).isObject())
                            .as("%s -o %s: %s", command, format, out)
                            .isTrue();
                }
                if (format.equals("jsonl")) {
                    assertThat(out.lines()).hasSize(1);
                }
            }
        }
        JsonNode maintenance =
                Json.read(inForm("node maintenance ship1 --for 2h --reason disk", "json").out());
        assertThat(maintenance.path("node").asText()).isEqualTo("ship1");
        assertThat(maintenance.path("maintenance").path("reason").asText()).isEqualTo("disk");
        assertThat(maintenance.path("maintenance").has("until")).isTrue();
    }

    private void restoreSchedule(String next) {
        steward("schedule", "remove", "tick");
        steward("send-command", "ship1", "--every", "1h", "--schedule-name", "tick", "--", "true");
        if (next.contains("resume")) {
            steward("schedule", "pause", "tick");
        }
    }

    private Run inForm(String command, String format) {
        List<String> words = new ArrayList<>(List.of(command.split(" ")));
        int program = words.indexOf("--");
        words.addAll(program < 0 ? words.size() : program, List.of("-o", format));
        return steward(words.toArray(String[]::new));
    }

    @Test
    void theExitCodeIsTheSameInEveryForm() throws Exception {
        row("ship1", "");
        for (String format : List.of("table", "json", "jsonl", "yaml")) {
            assertThat(steward("facts", "no.such", "-o", format).exit()).isEqualTo(4);
            assertThat(steward("inventory", "ship1", "-o", format).exit()).isEqualTo(4);
        }
    }

    @Test
    void whatCannotBeMeantIsRefusedBeforeAnythingIsSent() {
        assertThat(steward("send-command", "a", "--all", "--", "x").err())
                .contains("--all means every node: leave out \"a\"");
        assertThat(steward("nodes", "--where", "a) or (b").err())
                .contains("--where: ")
                .doesNotContain("(a)");
        String many = String.join(",", IntStream.range(0, 65).mapToObj(i -> "n" + i).toList());
        assertThat(steward("send-command", many, "--follow", "--", "x").exit()).isEqualTo(2);
        assertThat(steward("send-command", "a,b", "--batch", "1", "--follow", "--", "x").exit())
                .isEqualTo(2);
        assertThat(steward("history").out()).doesNotContain("shellcommand");
    }

    @Test
    void namesAreReadFromStandardInput() throws Exception {
        console.input("# the ships\n\nship1  up\nship2\n");
        Run run = steward("send-command", "-", "--", "x");
        assertThat(run.out()).startsWith("2 nodes: ship1 ship2: succeeded");
        console.input("ship3\n");
        Run both = steward("send-command", "ship1", "-", "--preview", "--", "x");
        assertThat(both.out()).contains("ship1", "ship3", "2 nodes: 2 unknown would get it");
        row("ship2", "");
        console.input("ship3\n");
        assertThat(steward("send-command", "ship2*", "-", "--preview", "--", "x").exit()).isZero();
        console.input("ship 1\nmy.host\n");
        assertThat(steward("send-command", "-", "--", "x").err()).contains("on standard input");
        console.input("\n");
        assertThat(steward("send-command", "-", "--", "x").exit()).isEqualTo(4);
    }

    @Test
    void targetsAreFoundAndShownBeforeAnythingIsSent() throws Exception {
        row("ship1", ", \"cloud\": \"eu\", \"tags\": [\"web\"]");
        row("ship2", ", \"cloud\": \"us\", \"clockAheadMs\": 4000");
        Run preview = steward("send-command", "ship*", "--cloud", "eu", "--preview");
        assertThat(preview.out())
                .contains("ship1")
                .doesNotContain("ship2")
                .contains("nothing was sent");
        assertThat(steward("history").out()).doesNotContain("ship1");
        assertThat(steward("send-command", "--where", "cloud=us", "--", "x").out())
                .startsWith("ship2: succeeded");
        assertThat(steward("send-command", "--tag", "web", "--tag", "db", "--", "x").exit())
                .isEqualTo(4);
        assertThat(steward("nodes").out())
                .contains("its clock is 4.0 s behind")
                .contains("3 nodes:");
        Run wrong = steward("nodes", "--where", "cloud=eu and and tag=web");
        assertThat(wrong.exit()).isEqualTo(2);
        assertThat(wrong.err()).contains("^ expected");
        assertThat(steward("nodes", "x*").exit()).isEqualTo(4);
    }

    @Test
    void groupsAreSavedListedAndForgotten() throws Exception {
        row("ship1", ", \"cloud\": \"eu\"");
        assertThat(steward("group", "set", "edge", "cloud=eu").exit()).isZero();
        assertThat(steward("group", "list").out()).contains("edge   cloud=eu");
        assertThat(steward("send-command", "--group", "edge", "--", "x").out())
                .startsWith("ship1: succeeded");
        assertThat(steward("group", "set", "edge", "@edge").err()).contains("@edge");
        assertThat(steward("group", "remove", "edge").exit()).isZero();
        assertThat(steward("group", "remove", "edge").exit()).isEqualTo(4);
        assertThat(steward("group").exit()).isEqualTo(2);
    }

    @Test
    void aNodeInMaintenanceIsLeftOutAndTold() throws Exception {
        row("ship1", "");
        row("ship2", "");
        assertThat(steward("node", "maintenance", "ship1", "--for", "2h", "--reason", "disk").out())
                .isEqualTo("ship1 is in maintenance for 2h\n");
        Run run = steward("send-command", "ship*", "--", "x");
        assertThat(run.out()).startsWith("ship2: succeeded");
        assertThat(run.err()).contains("left out, in maintenance: ship1");
        assertThat(steward("node", "show", "ship1").out())
                .contains("disk, said by local at central, until");
        assertThat(steward("node", "resume", "ship1").exit()).isZero();
        assertThat(steward("send-command", "ship*", "--", "x").out()).startsWith("2 nodes: ");
        assertThat(steward("node", "maintenance", "nobody").exit()).isEqualTo(4);
        assertThat(steward("node", "show", "nobody").exit()).isEqualTo(4);
    }

    @Test
    void aFactIsCountedOverTheNodes() throws Exception {
        row("ship1", "");
        row("ship2", "");
        assertThat(
                        agent.broker()
                                .bucket(Bucket.Kind.FACTS)
                                .write(
                                        "ship1",
                                        "{\"facts\":{\"os.id\":\"debian\"}}"
                                                .getBytes(StandardCharsets.UTF_8),
                                        0))
                .isPresent();
        assertThat(steward("facts", "os.id").out())
                .contains("debian  1      ###")
                .contains("1 without: ship2");
        assertThat(steward("facts", "no.such").exit()).isEqualTo(4);
        assertThat(steward("inventory", "ship1").out()).contains("os.id  debian");
        assertThat(steward("inventory", "ship2").exit()).isEqualTo(4);
    }

    @Test
    void tagsAreSetByAMessage() {
        assertThat(steward("tag", "a", "--add", "web", "--set-cloud", "eu").exit()).isZero();
        assertThat(
                        agent.journal()
                                .history(io.steward.agent.journal.Journal.Query.all(), null, 1)
                                .getFirst()
                                .message()
                                .data())
                .containsExactly("+web", "cloud=eu");
        assertThat(steward("tag", "a").exit()).isEqualTo(2);
    }

    @Test
    void anOptionThatIsOfNoUseIsAnError() {
        assertThat(steward("send-command", "a", "--reply-data", "x", "--", "df").err())
                .contains("--reply-data: of which reply? expected --reply");
        assertThat(steward("send-command", "a", "--missing", "--", "df").err())
                .contains("--missing: of which run? expected --of-run");
    }

    @Test
    void aReplyGoesWhereItIsSaid() {
        assertThat(
                        steward(
                                        "send-command",
                                        "a",
                                        "--reply",
                                        "central:textlogging:disks",
                                        "--reply-data",
                                        "df",
                                        "--",
                                        "df")
                                .exit())
                .isZero();
        var reply =
                agent.journal()
                        .history(io.steward.agent.journal.Journal.Query.all(), null, 1)
                        .getFirst()
                        .message()
                        .reply();
        assertThat(reply).isNotNull();
        assertThat(reply.domain()).isEqualTo("disks");
        assertThat(reply.data()).containsExactly("df");
        assertThat(steward("send-command", "a", "--reply", "central", "--", "x").exit())
                .isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ping --wait 0s|--wait: 0s is out of range, expected 1ms to 30s",
                "ping --wait 31s|--wait: 31s is out of range, expected 1ms to 30s",
                "ping --expect=-1|--expect: -1 is out of range, expected 0 or more",
                "node maintenance ship1 --for 0s|--for: 0s is out of range, expected 1ms or more",
                "run list --limit 0|--limit: 0 is out of range, expected 1 to 1000",
                "run list -n -1|--limit: -1 is out of range, expected 1 to 1000",
                "queue --limit 0|--limit: 0 is out of range, expected 1 or more",
                "history -n 0|--lines: 0 is out of range, expected 1 or more",
                "log -n -1|--lines: -1 is out of range, expected 0 to 1000",
                "errors -n 0|--lines: 0 is out of range, expected 1 to 1000",
                "subscribe -n -1|--lines: -1 is out of range, expected 0 to 1000",
                "send-command a --concurrency 0 -- x|plan.concurrency: \"0\": expected a whole",
                "send-command a --concurrency=-1 -- x|plan.concurrency: \"-1\"",
                "send-command a --canary 0 -- x|plan.canary: \"0\": expected a whole",
                "send-command a --batch=-1 -- x|plan.batch: \"-1\"",
                "send-command a --batch 0% -- x|batch: is 0",
                "send-command a --max-errors=-1 -- x|plan.maxErrors: \"-1\"",
                "send-command a --method-timeout 0s -- x|methodTimeout",
                "send-command a --ack-timeout 0s -- x|ackTimeout",
                "send-command a --expires 0s -- x|expires",
                "send-command a --retries=-1 -- x|retries",
                "send-command a --max-attempts 0 -- x|maxAttempts",
            })
    void aNumberOutOfItsRangeIsRefusedByTheNameOfItsOption(String command, String named)
            throws Exception {
        row("ship1", "");
        Run run = steward(command.split(" "));
        assertThat(run.exit()).as(run.out()).isEqualTo(2);
        assertThat(run.err()).contains(named);
    }

    @Test
    void wrongUsageSaysWhatIsRight() {
        assertThat(steward("send-command", "--", "x").err()).contains("no target");
        assertThat(steward("send-command", "a b", "--", "x").exit()).isEqualTo(2);
        assertThat(steward("send-command", "ship*(", "--", "x").err()).contains("behind --where");
        assertThat(steward("send-command", "a", "--batch", "0", "--", "x").err())
                .contains("batch: is 0");
        assertThat(steward("send-command", "a", "--max-errors", "few", "--", "x").err())
                .contains("plan.maxErrors");
        assertThat(steward("run").err()).contains("expected list, status, watch");
        Run malformed = steward("run", "status", "01XXXX");
        assertThat(malformed.exit()).isEqualTo(2);
        assertThat(malformed.err())
                .contains("run id \"01XXXX\" has 6 characters: expected a ULID of 26");
        assertThat(steward("run", "status", "01K00000000000000000000000").exit()).isEqualTo(4);
        assertThat(steward("run", "watch", "--nosuch").err()).contains("run watch --help");
    }
}

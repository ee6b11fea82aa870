package io.steward.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.fleet.Broadcasts;
import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.Notices;
import io.steward.agent.outbox.SubmitException;
import io.steward.agent.settings.Settings.HttpSettings;
import io.steward.messages.MessageIds;
import io.steward.messages.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpApiTest {
    private static final String MESSAGE =
            "{\"toNode\":\"ship1\",\"commandOrEvent\":\"command\",\"method\":\"shellcommand\",\"data\":[\"true\"]}";

    @TempDir Path folder;
    private TestAgent agent;
    private final HttpClient http = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws IOException {
        agent = new TestAgent("central", folder.resolve("data"), folder.resolve("registry"));
    }

    @AfterEach
    void stop() {
        agent.close();
        http.close();
    }

    @Test
    void whatWaitsForANodeIsListedAndPurged() throws Exception {
        agent.broker().mailbox(new io.steward.messages.NodeName("ship1"));
        call("POST", "/v1/messages", MESSAGE, "Bearer " + agent.token());
        call("POST", "/v1/messages", MESSAGE, "Bearer " + agent.token());
        assertThat(get("/v1/queue").body()).contains("\"node\":\"ship1\",\"count\":2,\"queued\":2");
        String first = get("/v1/queue/ship1?limit=1").body();
        assertThat(first)
                .contains(
                        "\"queued\":2", "\"next\":\"", "\"mailbox\":{\"exists\":true,\"count\":0");
        assertThat(get("/v1/queue/ship1?method=other").body()).contains("\"queued\":0");
        assertThat(get("/v1/queue/ship1?olderThan=soon").statusCode()).isEqualTo(400);
        String path = "/v1/queue/ship1/purge";
        String token = "Bearer " + agent.token();
        assertThat(call("POST", path, "{}", token).statusCode()).isEqualTo(400);
        assertThat(call("POST", path, "{\"everything\":true}", token).body())
                .contains("everything");
        assertThat(call("POST", path, "{\"all\":true,\"dryRun\":true}", token).body())
                .contains("\"matched\":2,\"cancelled\":0");
        assertThat(call("POST", path, "{\"all\":true}", token).body())
                .contains("\"matched\":2,\"cancelled\":2", "\"more\":false");
        assertThat(get("/v1/queue").body()).contains("\"nodes\":[]");
    }

    @Test
    void aMessageWithAScheduleBecomesOneThatIsListedPausedAndRemoved() throws Exception {
        String token = "Bearer " + agent.token();
        String nightly =
                MESSAGE.replace(
                        "}",
                        ",\"schedule\":{\"name\":\"night\",\"cron\":\"0 3 * *"
                                + " *\",\"zone\":\"UTC\"}}");
        HttpResponse<String> accepted = call("POST", "/v1/messages", nightly, token);
        assertThat(accepted.statusCode()).isEqualTo(202);
        assertThat(accepted.body())
                .matches(
                        "\\{\"messages\":\\[],\"schedules\":\\[\\{\"name\":\"night\",\"state\":\"active\",\"next\":\"....-..-..T03:00:00.000Z\"}],\"unknown\":\\[\"ship1\"]}\n");
        assertThat(get("/v1/schedules").body())
                .contains(
                        "\"name\":\"night\",\"state\":\"active\",\"next\":\"",
                        "\"schedule\":{\"name\":\"night\",\"cron\":\"0 3 * *"
                                + " *\",\"zone\":\"UTC\",\"catchUp\":\"skip\"}",
                        "\"message\":{\"toNodes\":[\"ship1\"]",
                        "\"more\":false");
        assertThat(get("/v1/schedules?after=night").body()).contains("\"schedules\":[]");
        String path = "/v1/schedules/night";
        assertThat(call("POST", path + "/resume", "", token).statusCode()).isEqualTo(409);
        assertThat(call("POST", path + "/pause", "", token).body())
                .contains("\"state\":\"paused\",\"firings\":0");
        HttpResponse<String> again = call("POST", path + "/pause", "", token);
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(again.body()).contains("schedule night is paused, expected: active");
        assertThat(call("POST", "/v1/messages", nightly, token).body())
                .contains("\"schedules\":[{\"name\":\"night\",\"state\":\"paused\"}]");
        assertThat(call("POST", path + "/resume", "", token).body())
                .contains("\"state\":\"active\",\"next\":\"");
        assertThat(call("DELETE", path, null, token).statusCode()).isEqualTo(200);
        assertThat(call("DELETE", path, null, token).statusCode()).isEqualTo(404);
        assertThat(get(path).body()).contains("There is no schedule \\\"night\\\" here");
        assertThat(call("POST", "/v1/messages", nightly.replace("0 3", "0 33"), token).body())
                .contains("\"field\":\"schedule.cron\"", "\"line\":1,\"column\":");
    }

    @Test
    void aNoticeIsAcceptedAndComesToWhoWaitsForIt() throws Exception {
        assertThat(json(get("/v1/broadcasts")).path("next").asLong()).isZero();
        assertThat(
                        post(
                                        "/v1/broadcasts",
                                        "{\"topic\":\"news\",\"data\":[],\"target\":\"cloud=us\"}")
                                .statusCode())
                .isEqualTo(202);
        HttpResponse<String> answer =
                post("/v1/broadcasts", "{\"topic\":\"weather\",\"data\":[\"storm\",\"\"]}");
        assertThat(answer.statusCode()).isEqualTo(202);
        JsonNode came = json(get("/v1/broadcasts?topic=weather&after=0&wait=30s"));
        JsonNode notice = came.path("notices").path(0);
        assertThat(notice.path("id")).isEqualTo(json(answer).path("id"));
        assertThat(notice.path("from").asText()).isEqualTo("central");
        assertThat(notice.path("data").toString()).isEqualTo("[\"storm\",\"\"]");
        assertThat(came.path("notices")).hasSize(1);
        assertThat(came.path("next").asLong()).isEqualTo(notice.path("number").asLong());
        assertThat(json(get("/v1/broadcasts?after=" + came.path("next").asLong())))
                .isEqualTo(
                        Json.read("{\"notices\":[],\"next\":1}".getBytes(StandardCharsets.UTF_8)));
        assertThat(json(get("/v1/broadcasts?limit=1")).path("notices")).hasSize(1);
    }

    @Test
    void aRunThatIsNotAsItHasToBeSendsNothing() throws Exception {
        String message = "\"message\":{\"commandOrEvent\":\"command\",\"method\":\"noop\"}";
        for (String[] each :
                new String[][] {
                    {"\"target\":\"*\",\"plan\":\"canary=1\"", "plan: \"canary=1\""},
                    {"\"target\":\"*\",\"plans\":{\"canary\":1}", "did you mean plan?"},
                    {"\"target\":\"*\",\"nodes\":[\"ship1\"]", "nodes: names beside target"},
                }) {
            HttpResponse<String> answer = post("/v1/runs", "{%s,%s}".formatted(each[0], message));
            assertThat(answer.statusCode()).as(each[0]).isEqualTo(400);
            assertThat(json(answer).path("detail").asText()).contains(each[1]);
        }
        assertThat(json(get("/v1/runs")).path("runs")).isEmpty();
    }

    @Test
    void aNoticeThatIsNotAsItHasToBeIsTurnedAway() throws Exception {
        for (String[] each :
                new String[][] {
                    {"{}", "topic: is missing"},
                    {
                        "{\"topic\":\"a\",\"targt\":\"cloud=eu\"}",
                        "targt: is not known here; did you mean target?"
                    },
                    {"{\"topic\":7}", "topic: 7, expected text"},
                    {"{\"topic\":\"a b\"}", "topic: "},
                    {"{\"topic\":\"a\",\"data\":\"b\"}", "data: expected an array"},
                    {"{\"topic\":\"a\",\"data\":[\"b\",7]}", "data[1]: 7"},
                    {"{\"topic\":\"a\",\"target\":\"cloud=eu and\"}", "target: "},
                    {"{\"topic\":\"a\",\"target\":\"@none\"}", "none"},
                }) {
            HttpResponse<String> answer = post("/v1/broadcasts", each[0]);
            assertThat(answer.statusCode()).as(each[0]).isEqualTo(400);
            assertThat(json(answer).path("detail").asText()).contains(each[1]);
        }
        assertThat(get("/v1/broadcasts?after=x").statusCode()).isEqualTo(400);
        assertThat(get("/v1/broadcasts?topic=a.b").statusCode()).isEqualTo(400);
    }

    @Test
    void whenTooManyNoticesWaitNoMoreAreTaken() throws Exception {
        agent.broker().disconnect();
        MessageIds ids = new MessageIds(InstantSource.system());
        for (int i = 0; i < Broadcasts.MOST_QUEUED; i++) {
            agent.journal()
                    .notices()
                    .queue(
                            new Notices.Note(
                                    ids.next(), agent.settings().node(), "a", "{}", Instant.EPOCH),
                            Broadcasts.MOST_QUEUED)
                    .join();
        }
        HttpResponse<String> answer = post("/v1/broadcasts", "{\"topic\":\"a\"}");
        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(json(answer).path("detail").asText()).contains("1000 notices wait");
    }

    @Test
    void aForeignHostIsTurnedAwayBeforeTheTokenIsLookedAt() throws Exception {
        String request =
                "GET /v1/status HTTP/1.1\r\nHost: evil.example.org\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n"
                        .formatted(agent.token());
        assertThat(raw(request)).startsWith("HTTP/1.1 421");
        assertThat(raw(request.replace("evil.example.org", "LocalHost:99")))
                .startsWith("HTTP/1.1 200");
        assertThat(raw(request.replace("evil.example.org", "[::1]:8787")))
                .startsWith("HTTP/1.1 200");
        assertThat(raw(request.replace("/v1/status", "/nowhere"))).startsWith("HTTP/1.1 421");
        assertThat(raw(request.replace("/v1/status", "/healthz"))).startsWith("HTTP/1.1 421");
    }

    @Test
    void acceptedMessagesAreAnsweredWithTheirIds() throws Exception {
        HttpResponse<String> answer = post("/v1/messages", "[" + MESSAGE + "," + MESSAGE + "]");
        assertThat(answer.statusCode()).isEqualTo(202);
        JsonNode messages = json(answer).path("messages");
        assertThat(messages).hasSize(2);
        assertThat(agent.journal().queued(10)).hasSize(2);
        JsonNode one = json(get("/v1/messages/" + messages.path(0).path("id").asText()));
        assertThat(one.path("state").asText()).isEqualTo("queued");
        assertThat(one.path("node").asText()).isEqualTo("ship1");
        assertThat(one.path("message").path("data").path(0).asText()).isEqualTo("true");
    }

    @Test
    void anInputKeyIsTakenOnce() throws Exception {
        HttpRequest request =
                request("/v1/messages", agent.token())
                        .header("Idempotency-Key", "a")
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(MESSAGE))
                        .build();
        String first = http.send(request, BodyHandlers.ofString()).body();
        assertThat(http.send(request, BodyHandlers.ofString()).body()).isEqualTo(first);
        assertThat(agent.journal().queued(10)).hasSize(1);
    }

    @Test
    void waitingAnswersWithTheOutcome() throws Exception {
        agent.answerWith(State.FAILED, 3, "out", "err");
        HttpResponse<String> answer = post("/v1/messages?wait=10s", MESSAGE);
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode message = json(answer).path("messages").path(0);
        assertThat(message.path("state").asText()).isEqualTo("failed");
        assertThat(message.path("ack").path("exitCode").asInt()).isEqualTo(3);
        assertThat(message.path("ack").path("stdout").asText()).isEqualTo("out");
    }

    @Test
    void thoseWhoWaitAreAnsweredWhenTheMessageEnds() throws Exception {
        String id =
                json(post("/v1/messages", MESSAGE)).path("messages").path(0).path("id").asText();
        var waiting =
                http.sendAsync(
                        request("/v1/messages/" + id + "?wait=60s", agent.token()).GET().build(),
                        BodyHandlers.ofString());
        var outcomes =
                http.sendAsync(
                        request("/v1/messages/outcomes?wait=60s", agent.token())
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"ids\":[\"" + id + "\"]}"))
                                .build(),
                        BodyHandlers.ofString());
        var log =
                http.sendAsync(
                        request("/v1/processed?after=0&wait=60s", agent.token()).GET().build(),
                        BodyHandlers.ofString());
        agent.answer(agent.journal().queued(1).getFirst(), State.SUCCEEDED, 0, "", "");
        assertThat(json(waiting.get()).path("state").asText()).isEqualTo("succeeded");
        assertThat(json(outcomes.get()).path("messages").path(0).path("ended").asBoolean())
                .isTrue();
        assertThat(json(log.get()).path("message").path("id").asText()).isEqualTo(id);
        assertThat(log.get().headers().firstValue("Steward-Next")).contains("1");
    }

    @Test
    void theOutputIsToldPieceByPieceUntilTheEnd() throws Exception {
        String id =
                json(post("/v1/messages", MESSAGE)).path("messages").path(0).path("id").asText();
        var message = agent.journal().queued(1).getFirst();
        String output = "/v1/messages/" + id + "/output";
        assertThat(json(get(output)).path("pieces")).isEmpty();
        var waiting =
                http.sendAsync(
                        request(output + "?wait=60s", agent.token()).GET().build(),
                        BodyHandlers.ofString());
        agent.print(message, "one\n", 0);
        JsonNode first = json(waiting.get());
        assertThat(first.path("pieces").path(0).path("text").asText()).isEqualTo("one\n");
        assertThat(first.path("pieces").path(0).path("stream").asText()).isEqualTo("stdout");
        assertThat(first.path("ended").asBoolean()).isFalse();
        assertThat(first.path("message").path("state").asText()).isEqualTo("started");
        agent.answer(message, State.FAILED, 3, "one\ntwo\n", "oops");
        JsonNode last = json(get(output + "?wait=60s&after=" + first.path("next").asLong()));
        assertThat(last.path("pieces").path(0).path("text").asText()).isEqualTo("two\n");
        assertThat(last.path("pieces").path(1).path("stream").asText()).isEqualTo("stderr");
        assertThat(last.path("ended").asBoolean()).isTrue();
        assertThat(last.path("message").path("ack").path("exitCode").asInt()).isEqualTo(3);
        assertThat(json(get(output)).path("pieces")).hasSize(3);
        assertThat(get("/v1/messages/01M7X814CWAFGJFVVEHQNG00ZZ/output").statusCode())
                .isEqualTo(404);
        assertThat(get(output + "?after=x").statusCode()).isEqualTo(400);
    }

    @Test
    void theOutputOfAMessageThatToldNothingComesAtItsEnd() throws Exception {
        agent.answerWith(State.SUCCEEDED, 0, "out", "err");
        String id =
                json(post("/v1/messages", MESSAGE)).path("messages").path(0).path("id").asText();
        JsonNode all = json(get("/v1/messages/" + id + "/output?wait=60s"));
        assertThat(all.path("pieces")).hasSize(2);
        assertThat(all.path("ended").asBoolean()).isTrue();
        JsonNode rest = json(get("/v1/messages/" + id + "/output?after=1"));
        assertThat(rest.path("pieces").path(0).path("text").asText()).isEqualTo("err");
    }

    @Test
    void closingAnswersThoseWhoWait() throws Exception {
        String id =
                json(post("/v1/messages", MESSAGE)).path("messages").path(0).path("id").asText();
        var waiting =
                http.sendAsync(
                        request("/v1/messages/" + id + "?wait=1h", agent.token()).GET().build(),
                        BodyHandlers.ofString());
        agent.close();
        assertThat(waiting.handle((answer, e) -> true).get()).isTrue();
        assertThat(agent.settings().data().resolve("agent.json")).doesNotExist();
        assertThat(folder.resolve("registry")).isEmptyDirectory();
    }

    @Test
    void badInputIsNamedWithItsPlace() throws Exception {
        HttpResponse<String> answer =
                post("/v1/messages", "[\n  {\"toNode\": \"ship1\", \"nonsense\": 1}\n]");
        assertThat(answer.statusCode()).isEqualTo(400);
        JsonNode problem = json(answer);
        assertThat(problem.path("line").asInt()).isEqualTo(2);
        assertThat(problem.path("column").asInt()).isPositive();
        assertThat(problem.path("field").asText()).isEqualTo("[0]");
        assertThat(problem.path("detail").asText()).contains("nonsense");
        assertThat(problem.path("status").asInt()).isEqualTo(400);
        assertThat(agent.journal().queued(10)).isEmpty();
    }

    @Test
    void bodiesThatAreNotAsTheyHaveToBeAreRefused() throws Exception {
        assertThat(call("POST", "/v1/messages", MESSAGE, bearer(), "text/plain").statusCode())
                .isEqualTo(415);
        assertThat(post("/v1/messages", " ".repeat(TestAgent.BODY_LIMIT + 1)).statusCode())
                .isEqualTo(413);
        HttpRequest chunked =
                request("/v1/messages", agent.token())
                        .header("Content-Type", "application/json")
                        .POST(
                                BodyPublishers.fromPublisher(
                                        BodyPublishers.ofString(
                                                " ".repeat(TestAgent.BODY_LIMIT + 1))))
                        .build();
        assertThat(http.send(chunked, BodyHandlers.ofString()).statusCode()).isEqualTo(413);
        assertThat(post("/v1/messages", "  ").statusCode()).isEqualTo(400);
        assertThat(post("/v1/messages/outcomes", "nonsense").statusCode()).isEqualTo(400);
        assertThat(post("/v1/messages/outcomes", "{\"ids\":[\"x\"]}").statusCode()).isEqualTo(400);
        assertThat(
                        call(
                                        "POST",
                                        "/v1/messages",
                                        "toNode: ship1\nextra: 1\n",
                                        bearer(),
                                        "application/yaml")
                                .body())
                .contains("extra");
    }

    @Test
    void whatCannotBeAcceptedSaysWhetherItEverCan() throws Exception {
        agent.outbox().failWith(new SubmitException("no such method", true, null));
        assertThat(post("/v1/messages", MESSAGE).statusCode()).isEqualTo(422);
        agent.outbox().failWith(new SubmitException("disk full", false, null));
        HttpResponse<String> full = post("/v1/messages", MESSAGE);
        assertThat(full.statusCode()).isEqualTo(503);
        assertThat(full.headers().firstValue("Retry-After")).isPresent();
        assertThat(full.body()).contains("disk full");
        JournalException cause =
                new JournalException(JournalException.Kind.QUEUE_FULL, "1000000 wait");
        agent.outbox().failWith(new SubmitException("1000000 wait", false, cause));
        HttpResponse<String> tooMany = post("/v1/messages", MESSAGE);
        assertThat(tooMany.statusCode()).isEqualTo(429);
        assertThat(tooMany.body()).contains("1000000 wait");
    }

    @Test
    void unknownQueriesAreErrors() throws Exception {
        assertThat(get("/v1/messages?nonsense=1").body()).contains("expected before, direction");
        assertThat(get("/v1/messages?state=odd").statusCode()).isEqualTo(400);
        assertThat(get("/v1/messages?limit=0").statusCode()).isEqualTo(400);
        assertThat(get("/v1/messages?from=yesterday").statusCode()).isEqualTo(400);
        assertThat(get("/v1/messages?limit=1&limit=2").statusCode()).isEqualTo(400);
        assertThat(get("/v1/processed").statusCode()).isEqualTo(400);
        assertThat(get("/v1/messages/nonsense").statusCode()).isEqualTo(400);
        assertThat(get("/v1/messages/01K00000000000000000000000").statusCode()).isEqualTo(404);
    }

    @Test
    void theHistoryGoesOnPageByPage() throws Exception {
        post("/v1/messages", "[" + MESSAGE + "," + MESSAGE + "," + MESSAGE + "]");
        JsonNode first = json(get("/v1/messages?limit=2&node=ship1&state=queued&direction=sent"));
        assertThat(first.path("messages")).hasSize(2);
        JsonNode second = json(get("/v1/messages?limit=2&before=" + first.path("next").asText()));
        assertThat(second.path("messages")).hasSize(1);
        assertThat(second.has("next")).isFalse();
        assertThat(json(get("/v1/messages?node=ship2")).path("messages")).isEmpty();
    }

    @Test
    void aMessageIsCancelledOrHadEnded() throws Exception {
        String id =
                json(post("/v1/messages", MESSAGE)).path("messages").path(0).path("id").asText();
        assertThat(
                        json(call("DELETE", "/v1/messages/" + id, null, bearer()))
                                .path("result")
                                .asText())
                .isEqualTo("cancelled");
        HttpResponse<String> again = call("DELETE", "/v1/messages/" + id, null, bearer());
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(json(again).path("message").path("state").asText()).isEqualTo("cancelled");
    }

    @Test
    void messagesAreSentAgainByIdAndFromTheLog() throws Exception {
        agent.answerWith(State.SUCCEEDED, 0, "", "");
        String id =
                json(post("/v1/messages", MESSAGE)).path("messages").path(0).path("id").asText();
        JsonNode again = json(call("POST", "/v1/messages/" + id + "/resend", "", bearer()));
        assertThat(again.path("messages").path(0).path("id").asText()).isNotEqualTo(id);
        String lines = get("/v1/processed?last=10").body();
        assertThat(lines.lines()).hasSize(2);
        HttpResponse<String> both =
                call("POST", "/v1/resend", lines, bearer(), "application/x-ndjson");
        assertThat(both.statusCode()).isEqualTo(202);
        assertThat(json(both).path("messages")).hasSize(2);
        HttpResponse<String> bad =
                call("POST", "/v1/resend", lines + "{\"a\":1}\n", bearer(), "application/x-ndjson");
        assertThat(json(bad).path("line").asInt()).isEqualTo(3);
    }

    @Test
    void processesAreShownAndChanged() throws Exception {
        JsonNode tree = json(get("/v1/processes")).path("processes");
        assertThat(tree.path(1).path("path").asText()).isEqualTo("root/outbox");
        assertThat(tree.path(1).path("lastError").path("cause").asText()).contains("gone");
        assertThat(
                        json(post("/v1/processes/stop", "{\"name\":\"outbox\"}"))
                                .path("status")
                                .asText())
                .isEqualTo("stopped");
        assertThat(
                        json(post("/v1/processes/restart", "{\"name\":\"outbox\"}"))
                                .path("status")
                                .asText())
                .isEqualTo("running");
        assertThat(post("/v1/processes/stop", "{\"name\":\"none\"}").statusCode()).isEqualTo(404);
    }

    @Test
    void aTimeInWhichNobodyCouldAnswerIsRefused() throws Exception {
        for (String wait : List.of("0s", "31s")) {
            String expected = "wait: %s is out of range, expected 1ms to 30s".formatted(wait);
            assertThat(post("/v1/ping?wait=" + wait, "{}").statusCode()).isEqualTo(400);
            assertThat(post("/v1/ping?wait=" + wait, "{}").body()).contains(expected);
            assertThat(get("/v1/nodes?wait=" + wait).body()).contains(expected);
            assertThat(get("/v1/nodes/ship1?wait=" + wait).body()).contains(expected);
        }
        assertThat(post("/v1/nodes/ship1/maintenance", "{\"for\":\"0s\"}").body())
                .contains("for: 0s is out of range, expected 1ms or more");
    }

    @Test
    void theAgentTellsHowItIs() throws Exception {
        post("/v1/messages", MESSAGE);
        JsonNode status = json(get("/v1/status"));
        assertThat(status.path("node").asText()).isEqualTo("central");
        assertThat(status.path("version").asText()).isEqualTo("1.2.3");
        assertThat(status.path("broker").path("connected").asBoolean()).isTrue();
        assertThat(status.path("waiting").path(0).path("node").asText()).isEqualTo("ship1");
        assertThat(json(get("/v1/errors")).path("here")).hasSize(1);
        Files.writeString(
                agent.settings().data().resolve("errors.jsonl"), "{\"node\":\"n\"}\nhalf");
        assertThat(json(get("/v1/errors")).path("nodes")).hasSize(2);
        assertThat(json(get("/v1/dead-letters")).path("deadLetters")).isEmpty();
        assertThat(json(get("/v1/nodes")).path("nodes"))
                .singleElement()
                .satisfies(node -> assertThat(node.path("self").asBoolean()).isTrue());
        assertThat(json(get("/v1/doctor")).path("checks").size()).isGreaterThanOrEqualTo(5);
        assertThat(post("/v1/ping?wait=10ms", "{}").statusCode()).isEqualTo(200);
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
        agent.broker().disconnect();
        assertThat(get("/readyz").statusCode()).isEqualTo(503);
        assertThat(post("/v1/ping", "{}").statusCode()).isEqualTo(503);
        assertThat(get("/v1/doctor").body())
                .contains("\"result\":\"fail\"")
                .doesNotContain("tried at: []");
    }

    @Test
    void doctorNamesABrokerThatStoresNothing() throws Exception {
        agent.outbox().hold("ship1.event.hello.x: no answer for 5 s: is its disk full?");
        JsonNode checks = json(get("/v1/doctor")).path("checks");
        assertThat(checks)
                .filteredOn(check -> check.path("name").asText().equals("sending"))
                .singleElement()
                .satisfies(check ->
                        assertThat(check.path("detail").asText())
                                .isEqualTo(
                                        "messages on ship1.event.hello.x are held up: no answer"
                                                + " for 5 s: is its disk full?"));
        assertThat(checks)
                .filteredOn(check -> check.path("name").asText().equals("storage"))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.path("result").asText()).isEqualTo("fail");
                    assertThat(check.path("detail").asText()).contains("disk full");
                    assertThat(check.path("todo").asText()).contains("make room");
                });
    }

    @Test
    void itsFilesAreForTheOwnerOnly() throws Exception {
        for (String file : new String[] {"agent.json", "api-token"}) {
            Path path = agent.settings().data().resolve(file);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                    .isEqualTo("rw-------");
        }
        AgentFile written = AgentFile.read(agent.settings().data());
        assertThat(written.url()).isEqualTo(agent.url());
        assertThat(written.isAlive()).isTrue();
        assertThat(new AgentRegistry(folder.resolve("registry")).dataFolders())
                .containsExactly(agent.settings().data());
    }

    @Test
    void aTakenPortIsLeftOnlyIfItWasNotAskedFor() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            HttpSettings byDefault =
                    new HttpSettings(true, "127.0.0.1", taken.getLocalPort(), false);
            try (TestAgent other =
                    new TestAgent(
                            TestAgent.settings("ship1", folder.resolve("other"), byDefault),
                            folder.resolve("registry"))) {
                assertThat(other.url().getPort()).isNotEqualTo(taken.getLocalPort());
            }
            HttpSettings fixed = new HttpSettings(true, "127.0.0.1", taken.getLocalPort(), true);
            assertThatThrownBy(() ->
                            new TestAgent(
                                    TestAgent.settings("ship1", folder.resolve("x"), fixed),
                                    folder.resolve("registry")))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("--http");
            HttpSettings everywhere = new HttpSettings(true, "0.0.0.0", 0, true);
            assertThatThrownBy(() ->
                            new TestAgent(
                                    TestAgent.settings("ship1", folder.resolve("x"), everywhere),
                                    folder.resolve("registry")))
                    .hasMessageContaining("is not this machine alone");
        }
    }

    @Test
    void whoChangesSomethingIsWrittenDown() throws Exception {
        agent.broker().mailbox(new io.steward.messages.NodeName("ship1"));
        post("/v1/tokens", "{\"name\":\"ci\",\"role\":\"viewer\"}");
        call("DELETE", "/v1/tokens/ci", null, bearer());
        post("/v1/queue/ship1/purge", "{\"all\":true,\"dryRun\":true}");
        post("/v1/queue/ship1/purge", "{\"all\":true}");
        post("/v1/groups/web", "{\"expression\":\"tag:web\"}");
        call("DELETE", "/v1/groups/web", null, bearer());
        post("/v1/nodes/ship1/maintenance", "{\"reason\":\"disk\"}");
        call("DELETE", "/v1/nodes/ship1/maintenance", null, bearer());
        post("/v1/processes/restart", "{\"name\":\"outbox\"}");
        post("/v1/broadcasts", "{\"topic\":\"weather\"}");
        assertThat(agent.audited())
                .containsExactly(
                        line("api-token", "ci", "viewer"),
                        line("api-token-ended", "ci", null),
                        line("purge", "ship1", "{\\\"all\\\":true}"),
                        line("group", "web", "tag:web"),
                        line("group-forgotten", "web", null),
                        line("maintenance", "ship1", "disk"),
                        line("maintenance-ended", "ship1", null),
                        line("process-restart", "root/outbox", null),
                        line("notice", "weather", null));
    }

    @Test
    void whatIsNoRightRequestIsNotWrittenDown() throws Exception {
        post("/v1/tokens", "{\"name\":\"ci\",\"role\":\"king\"}");
        post("/v1/processes/stop", "{\"name\":\"none\"}");
        post("/v1/queue/ship1/purge", "{}");
        call("DELETE", "/v1/groups/web", null, "Bearer wrong");
        get("/v1/queue");
        assertThat(agent.audited()).isEmpty();
    }

    @Test
    void aMemberIsNotAcceptedWithFieldsOfAnotherKind() throws Exception {
        HttpResponse<String> answer = post("/v1/adoptions/x/accept", "{\"tags\":\"web\"}");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).path("detail").asText())
                .isEqualTo("tags: \"web\", expected an array of texts");
        assertThat(post("/v1/adoptions/x/accept", "{\"replace\":\"yes\"}").statusCode())
                .isEqualTo(400);
    }

    private static String line(String what, String name, @Nullable String detail) {
        return "api {\"by\":\"api\",\"who\":\"local\",\"what\":\"%s\",\"name\":\"%s\"%s}"
                .formatted(
                        what, name, detail == null ? "" : ",\"detail\":\"%s\"".formatted(detail));
    }

    private String bearer() throws IOException {
        return "Bearer " + agent.token();
    }

    private HttpResponse<String> get(String path) throws Exception {
        return call("GET", path, null, bearer());
    }

    private HttpResponse<String> post(String path, String body) throws Exception {
        return call("POST", path, body, bearer());
    }

    private HttpResponse<String> call(
            String method, String path, @Nullable String body, @Nullable String authorization)
            throws Exception {
        return call(method, path, body, authorization, "application/json");
    }

    private HttpResponse<String> call(
            String method,
            String path,
            @Nullable String body,
            @Nullable String authorization,
            String contentType)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(agent.url() + path))
                        .header("Content-Type", contentType)
                        .method(
                                method,
                                body == null
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofString(body));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path, String token) {
        return HttpRequest.newBuilder(URI.create(agent.url() + path))
                .header("Authorization", "Bearer " + token);
    }

    private String raw(String request) throws IOException {
        try (java.net.Socket socket =
                new java.net.Socket(InetAddress.getLoopbackAddress(), agent.url().getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return Json.read(answer.body().getBytes(StandardCharsets.UTF_8));
    }
}

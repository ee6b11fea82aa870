package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.Broker;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Waiting;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.settings.Settings;
import io.steward.messages.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// How this agent is, and what it knows of the others.
final class StatusRoutes {
    /// Where an embedded broker writes its URL, with user and password, in the data folder.
    private static final String EMBEDDED_URL = "broker/url";

    /// Of so many nodes that are waited for a status says how they are.
    private static final int MOST_RECEIVERS = 50;

    private final Settings settings;
    private final AgentInfo info;
    private final Outbox outbox;
    private final Journal journal;
    private final Broker broker;
    private final Receivers receivers;

    StatusRoutes(Settings settings, AgentInfo info, Outbox outbox, Journal journal, Broker broker) {
        this.settings = settings;
        this.info = info;
        this.outbox = outbox;
        this.journal = journal;
        this.broker = broker;
        this.receivers = new Receivers(journal, broker);
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, "/v1/status", this::status),
                Route.probe("/healthz", call -> call.answerText(200, "ok")),
                Route.probe("/readyz", this::ready));
    }

    /// `GET /v1/status`.
    private void status(Call call) throws InterruptedException {
        ObjectNode json = Json.object();
        json.put("node", settings.node().value());
        json.put("central", settings.central().value());
        json.put("version", info.version());
        json.put("pid", ProcessHandle.current().pid());
        json.put("startedAt", Json.time(info.startedAt()));
        json.put("uptimeMs", Duration.between(info.startedAt(), Instant.now()).toMillis());
        json.put("data", settings.data().toString());
        json.put("inmsg", settings.inmsg().toString());
        json.put("inbox", settings.inbox().toString());
        json.set("broker", broker());
        ObjectNode counts = json.putObject("messages");
        journal.counts()
                .forEach((direction, states) -> {
                    ObjectNode of = counts.putObject(Views.word(direction));
                    states.forEach((state, count) -> of.put(state.word(), count));
                });
        json.put("unfinished", journal.unfinished(Direction.RECEIVED));
        ArrayNode waiting = json.putArray("waiting");
        List<Waiting> groups = journal.waiting();
        for (Waiting one : groups) {
            ObjectNode group =
                    waiting.addObject()
                            .put("node", one.node().value())
                            .put("subject", one.subject().toString())
                            .put("state", one.state().word())
                            .put("count", one.count())
                            .put("oldest", Json.time(one.oldest()))
                            .put("expires", Json.time(one.expires()));
            if (one.state() == State.QUEUED) {
                Views.put(group, "note", outbox.problem(one.subject()).orElse(null));
            }
        }
        ArrayNode awaited = json.putArray("receivers");
        receivers
                .of(groups.stream().map(Waiting::node).distinct().limit(MOST_RECEIVERS).toList())
                .forEach(awaited::add);
        call.answer(200, json);
    }

    private ObjectNode broker() {
        Broker.Status status = broker.status();
        ObjectNode json = Json.object();
        json.put("connected", status.connected());
        json.put("since", Json.time(status.since()));
        Views.put(json, "url", status.url());
        Views.put(json, "version", status.version());
        json.put("maxPayload", status.maxPayload());
        Views.put(json, "problem", status.problem());
        Broker.Naming naming = broker.naming();
        json.put("nameHeld", naming.held());
        if (naming.rival() != null) {
            json.put("rival", naming.rival().text());
        }
        json.put("embedded", settings.broker().embedded());
        if (settings.broker().embedded()) {
            json.put("urlFile", settings.data().resolve(EMBEDDED_URL).toString());
        }
        return json;
    }

    /// `GET /readyz`: 200 when messages can go out.
    private void ready(Call call) {
        boolean connected = broker.status().connected();
        call.answerText(connected ? 200 : 503, connected ? "ready" : "no connection to the broker");
    }
}

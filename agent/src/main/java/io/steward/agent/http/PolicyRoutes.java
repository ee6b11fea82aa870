package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.ReceivedMessage;
import io.steward.agent.policy.Decision;
import io.steward.agent.policy.PolicyFile;
import io.steward.messages.MessageId;
import java.util.List;

/// What the policy says of messages that have come.
final class PolicyRoutes {
    private final Journal journal;
    private final PolicyFile policy;

    PolicyRoutes(Journal journal, PolicyFile policy) {
        this.journal = journal;
        this.policy = policy;
    }

    List<Route> routes() {
        return List.of(Route.get(Role.VIEWER, "/v1/messages/{id}/policy", this::explain));
    }

    /// `GET /v1/messages/{id}/policy`: which rule of the policy that is in force now decides about
    /// a received message, and how the message is; its reason names the rule that refused it.
    private void explain(Call call) throws InterruptedException {
        MessageId id = call.path("id", MessageId::new);
        ReceivedMessage received = journal.received(id).orElseThrow(() -> Outcomes.unknown(id));
        Decision decision = policy.decide(received.message());
        ObjectNode json = Json.object();
        json.put("id", id.value());
        json.put("from", received.message().from().value());
        json.put("subject", received.message().subject().toString());
        json.put("rule", decision.rule());
        json.put("allowed", decision.allowed());
        json.put("runAs", decision.runAs().user());
        json.put("state", received.state().word());
        json.put("reason", received.outcome() == null ? null : received.outcome().reason());
        call.answer(200, json);
    }
}

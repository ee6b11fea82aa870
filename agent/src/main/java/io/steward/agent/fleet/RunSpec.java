package io.steward.agent.fleet;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.RunId;
import io.steward.messages.InputDecoder;
import io.steward.messages.InputException;
import io.steward.messages.MessageRequest;
import io.steward.messages.NodeName;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a run sends, to whom and how; kept as JSON in the journal.
///
/// @param target for whom it was meant, as somebody wrote it
/// @param message as in inmsg.txt, without a receiver
/// @param again the run whose targets are sent theirs once more; null if it is none
public record RunSpec(String target, RunPlan plan, ObjectNode message, @Nullable RunId again) {
    private static final JsonMapper JSON = new JsonMapper();

    public RunSpec {
        message = message.deepCopy();
    }

    /// What is sent to some of the targets.
    ///
    /// @throws InputException if the message is not as it has to be
    MessageRequest request(List<NodeName> nodes) throws InputException {
        if (message.has("toNode") || message.has("toNodes")) {
            throw new InputException(
                    1, 1, "message", "has a receiver, expected none: the targets are", false);
        }
        ObjectNode whole = message.deepCopy();
        ArrayNode receivers = whole.putArray("toNodes");
        nodes.forEach(node -> receivers.add(node.value()));
        List<MessageRequest> requests =
                InputDecoder.decode(
                        whole.toString().getBytes(StandardCharsets.UTF_8),
                        InputDecoder.Format.JSON);
        return requests.getFirst();
    }

    String text() {
        ObjectNode json = JSON.createObjectNode();
        json.put("target", target);
        json.set("plan", plan.toJson());
        json.set("message", message);
        if (again != null) {
            json.put("again", again.value());
        }
        return json.toString();
    }

    /// @throws IllegalStateException if the journal holds another thing
    public static RunSpec of(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return new RunSpec(
                    json.path("target").asText(),
                    RunPlan.of(json.path("plan")),
                    (ObjectNode) json.path("message"),
                    json.has("again") ? new RunId(json.path("again").asText()) : null);
        } catch (JacksonException | ClassCastException e) {
            throw new IllegalStateException("the journal holds a run that is none: " + text, e);
        }
    }
}

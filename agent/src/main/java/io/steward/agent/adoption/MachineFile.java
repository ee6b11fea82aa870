package io.steward.agent.adoption;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.identity.PublicKey;
import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A [Machine] as it is kept.
final class MachineFile {
    private MachineFile() {}

    static ObjectNode json(Machine machine) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("key", machine.key().text());
        json.put("state", machine.state().word());
        json.put("wants", machine.wants());
        put(json, "node", machine.node());
        put(json, "cloud", machine.cloud());
        ArrayNode tags = json.putArray("tags");
        machine.tags().forEach(tags::add);
        ObjectNode facts = json.putObject("facts");
        new TreeMap<>(machine.facts()).forEach(facts::put);
        put(json, "token", machine.token());
        put(json, "asked", machine.asked());
        put(json, "since", machine.since());
        json.put("by", machine.by());
        put(json, "reason", machine.reason());
        put(json, "membership", machine.membership());
        put(json, "former", machine.former());
        return json;
    }

    private static void put(ObjectNode json, String name, @Nullable Object value) {
        if (value != null) {
            json.put(name, value.toString());
        }
    }

    /// @throws IllegalArgumentException if it is none; also what a date says that is none
    static Machine of(JsonNode json) {
        Map<String, String> facts = new TreeMap<>();
        json.path("facts")
                .properties()
                .forEach(each -> facts.put(each.getKey(), each.getValue().asText()));
        List<String> tags = new ArrayList<>();
        json.path("tags").forEach(each -> tags.add(each.asText()));
        String node = text(json, "node");
        String token = text(json, "token");
        String former = text(json, "former");
        return new Machine(
                PublicKey.of(json.path("key").asText()),
                Machine.State.valueOf(json.path("state").asText().toUpperCase(Locale.ROOT)),
                json.path("wants").asText(),
                node == null ? null : new NodeName(node),
                text(json, "cloud"),
                tags,
                facts,
                token == null ? null : PublicKey.of(token),
                Instant.parse(json.path("asked").asText()),
                Instant.parse(json.path("since").asText()),
                json.path("by").asText(),
                text(json, "reason"),
                text(json, "membership"),
                former == null ? null : PublicKey.of(former));
    }

    private static @Nullable String text(JsonNode json, String name) {
        return json.hasNonNull(name) ? json.path(name).asText() : null;
    }
}

package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Schedules.Kept;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How schedules look in answers; as with [Views], field names are never changed.
final class ScheduleViews {
    private ScheduleViews() {}

    /// The name, the state and the next firing of each, for those who have just sent them: one that
    /// was there and is sent again unchanged stays paused.
    static ArrayNode accepted(List<Kept> schedules) {
        ArrayNode array = Json.array();
        schedules.forEach(kept -> head(array.addObject(), kept));
        return array;
    }

    private static void head(ObjectNode json, Kept kept) {
        json.put("name", kept.name());
        json.put("state", state(kept));
        time(json, "next", kept.paused() ? null : kept.next());
    }

    static ObjectNode schedule(Kept kept) throws IOException {
        ObjectNode json = Json.object();
        head(json, kept);
        time(json, "fired", kept.fired());
        json.put("firings", kept.firings());
        json.put("skipped", kept.skipped());
        Views.put(json, "problem", kept.problem());
        time(json, "begun", kept.begun());
        time(json, "end", kept.end());
        time(json, "ended", kept.ended());
        if (Json.read(kept.spec().getBytes(StandardCharsets.UTF_8)) instanceof ObjectNode message) {
            JsonNode schedule = message.remove("schedule");
            json.set("schedule", schedule);
            json.set("message", message);
        }
        return json;
    }

    static String state(Kept kept) {
        return kept.ended() != null ? "ended" : kept.paused() ? "paused" : "active";
    }

    private static void time(ObjectNode json, String field, @Nullable Instant instant) {
        if (instant != null) {
            json.put(field, Json.time(instant));
        }
    }
}

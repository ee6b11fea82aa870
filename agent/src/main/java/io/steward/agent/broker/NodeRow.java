package io.steward.agent.broker;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a row of [Bucket.Kind#NODES] says of a node: which agent has its name, and when that gave
/// its last sign of life. As JSON; fields that are not known here are kept as long as the agent is
/// the same.
///
/// @param agent who has the name
/// @param epoch how often the name has changed hands, this time included
/// @param stopped whether that agent has stopped in order, so that the name is free
/// @param seen its last sign of life, by the broker's clock
/// @param takenOverAt when the agent of this data folder got the name from that of another one, by
///   the broker's clock; null if no other one is known
/// @param claim another agent that wants the name, and gets it if the first does not object; null
///   if there is none
public record NodeRow(
        Agent agent,
        long epoch,
        boolean stopped,
        Instant seen,
        @Nullable Instant takenOverAt,
        @Nullable Agent claim,
        ObjectNode json) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String TAKEN_OVER = "takenOverAt";

    /// One run of an agent.
    ///
    /// @param instance stays with the data folder
    /// @param run another one at each start
    public record Agent(
            String instance,
            String run,
            String host,
            long pid,
            String data,
            String version,
            Instant startedAt) {

        /// Whether both are the agent of one data folder, which runs once at a time. A copy of the
        /// folder is another place.
        boolean samePlace(Agent other) {
            return instance.equals(other.instance)
                    && host.equals(other.host)
                    && data.equals(other.data);
        }

        boolean sameRun(Agent other) {
            return run.equals(other.run);
        }

        /// For people.
        public String text() {
            return "host %s, pid %d, data folder %s, up since %s"
                    .formatted(host, pid, data, startedAt);
        }

        private static Agent of(JsonNode json) {
            return new Agent(
                    json.path("instance").asText(),
                    json.path("run").asText(),
                    json.path("host").asText("?"),
                    json.path("pid").asLong(),
                    json.path("data").asText("?"),
                    json.path("version").asText("?"),
                    time(json.path("startedAt")));
        }

        private void into(ObjectNode json) {
            json.put("instance", instance);
            json.put("run", run);
            json.put("host", host);
            json.put("pid", pid);
            json.put("data", data);
            json.put("version", version);
            json.put("startedAt", startedAt.toString());
        }
    }

    /// Never fails: of a row that cannot be read, nothing but the time is known.
    public static NodeRow of(Bucket.Row row) {
        JsonNode read;
        try {
            read = JSON.readTree(row.value());
        } catch (JacksonException e) {
            read = JSON.createObjectNode(); // somebody wrote it by hand: an agent of no name has it
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        ObjectNode json = read instanceof ObjectNode object ? object : JSON.createObjectNode();
        JsonNode claim = json.path("claim");
        Instant seen = time(json.path("seen"));
        return new NodeRow(
                Agent.of(json),
                json.path("epoch").asLong(),
                json.path("state").asText().equals("stopped"),
                claim.isObject() && !seen.equals(Instant.EPOCH) ? seen : row.writtenAt(),
                json.has(TAKEN_OVER) ? time(json.path(TAKEN_OVER)) : null,
                claim.isObject() ? Agent.of(claim) : null,
                json);
    }

    private static Instant time(JsonNode text) {
        try {
            return Instant.parse(text.asText());
        } catch (DateTimeException e) {
            return Instant.EPOCH;
        }
    }

    /// The row of an agent that takes a name that none is known to have had.
    static NodeRow first(Agent agent, long epoch, Instant now) {
        return new NodeRow(agent, epoch, false, now, null, null, JSON.createObjectNode());
    }

    /// The row of an agent that takes the name now.
    NodeRow takenBy(Agent other, Instant now) {
        Instant from = agent.samePlace(other) ? takenOverAt : now;
        return new NodeRow(other, epoch + 1, false, now, from, null, JSON.createObjectNode());
    }

    NodeRow seen(Instant now) {
        return new NodeRow(agent, epoch, false, now, takenOverAt, null, json);
    }

    NodeRow stopped(Instant now) {
        return new NodeRow(agent, epoch, true, now, takenOverAt, null, json);
    }

    NodeRow claimedBy(Agent other) {
        return new NodeRow(agent, epoch, stopped, seen, takenOverAt, other, json);
    }

    NodeRow unclaimed() {
        return new NodeRow(agent, epoch, stopped, seen, takenOverAt, null, json);
    }

    /// Whether it says all of `about` of its node.
    boolean says(ObjectNode about) {
        return about.properties().stream()
                .allMatch(field -> field.getValue().equals(json.path(field.getKey())));
    }

    /// With what its agent says of its node.
    NodeRow saying(ObjectNode about) {
        ObjectNode with = json.deepCopy();
        with.setAll(about);
        return new NodeRow(agent, epoch, stopped, seen, takenOverAt, claim, with);
    }

    byte[] bytes() {
        ObjectNode made = json.deepCopy();
        agent.into(made);
        made.put("epoch", epoch);
        made.put("state", stopped ? "stopped" : "up");
        made.put("seen", seen.toString());
        if (takenOverAt != null) {
            made.put(TAKEN_OVER, takenOverAt.toString());
        }
        if (claim == null) {
            made.remove("claim");
        } else {
            claim.into(made.putObject("claim"));
        }
        return made.toString().getBytes(StandardCharsets.UTF_8);
    }
}

package io.steward.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;

/// What a person asks of a fleet, over the HTTP API of one agent, as `steward` does. Used by one
/// thread.
final class FleetCalls {
    private static final int PAGE = 1_000;

    private final Api api;

    FleetCalls(Api api) {
        this.api = api;
    }

    /// A ping of everybody.
    ///
    /// @param heard how many answered
    /// @param missing how many did not, and should have
    /// @param millis from the question to all answers in hand
    /// @param last when the last one came, by the agent that asked
    record Heard(int heard, int missing, double millis, double last) {}

    Heard ping() throws IOException {
        long begin = System.nanoTime();
        JsonNode said = api.post("/v1/ping?wait=10s", "{}");
        double took = millisSince(begin);
        JsonNode answers = said.path("answers");
        double last =
                answers.isEmpty() ? 0 : answers.get(answers.size() - 1).path("afterMs").asDouble();
        return new Heard(answers.size(), said.path("missing").size(), took, last);
    }

    /// All nodes, asked for their state.
    ///
    /// @param up how many are
    record Listed(int up, double millis) {}

    Listed nodes() throws IOException {
        long begin = System.nanoTime();
        JsonNode nodes = api.get("/v1/nodes").path("nodes");
        double took = millisSince(begin);
        int up = 0;
        for (JsonNode node : nodes) {
            up += node.path("state").asText().equals("up") ? 1 : 0;
        }
        return new Listed(up, took);
    }

    /// A run; times in milliseconds since it was asked for.
    ///
    /// @param accepted the answer that it has begun
    /// @param sent the last message is in the journal
    /// @param published the last message is at the broker
    /// @param ended the last outcome is in the journal
    /// @param settled the answer that it is over
    /// @param read every target's outcome is in hand
    record Ran(
            int succeeded,
            double accepted,
            double sent,
            double published,
            double ended,
            double settled,
            double read) {}

    Ran run(String target, String message) throws IOException {
        Instant at = Instant.now();
        long begin = System.nanoTime();
        String id =
                api.post(
                                "/v1/runs",
                                "{\"target\": \"%s\", \"message\": %s}".formatted(target, message))
                        .path("id")
                        .asText();
        double accepted = millisSince(begin);
        while (!api.get("/v1/runs/" + id + "?wait=60s").path("settled").asBoolean()) {
            // it waits there
        }
        double settled = millisSince(begin);
        int succeeded = 0;
        Instant sent = at;
        Instant published = at;
        Instant ended = at;
        int after = -1;
        JsonNode page;
        do {
            page =
                    api.get(
                            "/v1/runs/%s/targets?results=true&after=%d&limit=%d"
                                    .formatted(id, after, PAGE));
            for (JsonNode one : page.path("targets")) {
                succeeded += one.path("state").asText().equals("succeeded") ? 1 : 0;
                sent = later(sent, one.path("sentAt"));
                ended = later(ended, one.path("endedAt"));
                published = later(published, one.path("result").path("published").path("at"));
            }
            after = page.path("next").asInt();
        } while (page.path("more").asBoolean());
        return new Ran(
                succeeded,
                accepted,
                millis(at, sent),
                millis(at, published),
                millis(at, ended),
                settled,
                millisSince(begin));
    }

    private static Instant later(Instant one, JsonNode other) {
        Instant time = other.isTextual() ? Instant.parse(other.asText()) : one;
        return time.isAfter(one) ? time : one;
    }

    private static double millis(Instant from, Instant to) {
        return java.time.Duration.between(from, to).toNanos() / 1e6;
    }

    private static double millisSince(long begin) {
        return (System.nanoTime() - begin) / 1e6;
    }
}

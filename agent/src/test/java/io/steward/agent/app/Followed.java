package io.steward.agent.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.function.BooleanSupplier;

/// A command that is followed over the HTTP API of its sender, as any client would. For one thread.
final class Followed {
    private static final JsonMapper JSON = new JsonMapper();

    private TestApi api;
    private final String id;
    private ByteArrayOutputStream out = new ByteArrayOutputStream();
    private ByteArrayOutputStream err = new ByteArrayOutputStream();
    private JsonNode message = MissingNode.getInstance();
    private long after;
    private int attempt;
    private int pieces;
    private boolean ended;

    /// Sends it to ship1.
    Followed(TestApi api, String script, String onInterrupt) throws Exception {
        this.api = api;
        ObjectNode json = JSON.createObjectNode();
        json.put("toNode", "ship1").put("commandOrEvent", "command").put("method", "shellcommand");
        json.putArray("data").add("bash").add("-c").add(script);
        json.put("follow", true).put("onInterrupt", onInterrupt).put("ackTimeout", "2s");
        this.id = api.send(json.toString());
    }

    /// The same once more, from the start.
    Followed(Followed other) {
        this.api = other.api;
        this.id = other.id;
    }

    /// Its sender was started again.
    void moved(TestApi to) {
        api = to;
    }

    void readToEnd(Duration most) throws Exception {
        readUntil(() -> ended, most);
    }

    void readUntil(BooleanSupplier enough, Duration most) throws Exception {
        long end = System.nanoTime() + most.toNanos();
        while (!enough.getAsBoolean() && !ended) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(
                        "it has not come in %s; %s".formatted(most, message.toPrettyString()));
            }
            read(Duration.ofSeconds(1));
        }
    }

    void read(Duration wait) throws Exception {
        JsonNode answer =
                api.get(
                        "/v1/messages/%s/output?after=%d&wait=%dms"
                                .formatted(id, after, wait.toMillis()));
        for (JsonNode piece : answer.path("pieces")) {
            take(piece);
        }
        after = answer.path("next").asLong();
        ended = answer.path("ended").asBoolean();
        message = answer.path("message");
    }

    private void take(JsonNode piece) throws IOException {
        pieces++;
        if (piece.path("attempt").asInt() != attempt) {
            attempt = piece.path("attempt").asInt();
            out = new ByteArrayOutputStream();
            err = new ByteArrayOutputStream();
        }
        ByteArrayOutputStream to = piece.path("stream").asText().equals("stderr") ? err : out;
        if (piece.path("at").asInt() != to.size()) {
            throw new AssertionError("%d bytes came before %s".formatted(to.size(), piece));
        }
        to.writeBytes(
                piece.has("base64")
                        ? Base64.getDecoder().decode(piece.path("base64").asText())
                        : piece.path("text").asText().getBytes(StandardCharsets.UTF_8));
    }

    String stdout() {
        return out.toString(StandardCharsets.UTF_8);
    }

    byte[] stdoutBytes() {
        return out.toByteArray();
    }

    String stderr() {
        return err.toString(StandardCharsets.UTF_8);
    }

    String id() {
        return id;
    }

    int attempt() {
        return attempt;
    }

    int pieces() {
        return pieces;
    }

    boolean ended() {
        return ended;
    }

    /// As the sender told of it last.
    JsonNode message() {
        return message;
    }
}

package io.steward.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.steward.agent.http.AgentFile;
import io.steward.agent.http.ApiToken;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/// An agent's HTTP API, spoken to by one thread over one connection that is kept alive, without
/// threads of the client in between.
final class Api {
    private static final JsonMapper JSON = new JsonMapper();

    private final URI url;
    private final String token;

    private Api(URI url, String token) {
        this.url = url;
        this.token = token;
    }

    /// The API of the agent with this data folder.
    static Api of(Path data) throws IOException {
        return new Api(
                AgentFile.read(data).url(), Files.readString(data.resolve(ApiToken.NAME)).strip());
    }

    /// Sends one message and waits for its end.
    ///
    /// @throws IllegalStateException if it did not succeed
    void sendAndAwait(String message) throws IOException {
        JsonNode sent = call("POST", "/v1/messages?wait=30s", message).path("messages").path(0);
        if (!sent.path("state").asText().equals("succeeded")) {
            throw new IllegalStateException("not succeeded: " + sent);
        }
    }

    /// Sends messages as one input.
    ///
    /// @return the id of the last
    String send(String messages) throws IOException {
        JsonNode ids = call("POST", "/v1/messages", messages).path("messages");
        return ids.path(ids.size() - 1).path("id").asText();
    }

    /// The state that a message it sent has now.
    String state(String id) throws IOException {
        return call("GET", "/v1/messages/" + id, null).path("state").asText();
    }

    /// How many messages that it sent are in this state.
    long sent(String state) throws IOException {
        return call("GET", "/v1/status", null).path("messages").path("sent").path(state).asLong();
    }

    /// Asks for something.
    JsonNode get(String path) throws IOException {
        return call("GET", path, null);
    }

    /// Has something done.
    JsonNode post(String path, String body) throws IOException {
        return call("POST", path, body);
    }

    private JsonNode call(
            String method, String path, @org.jspecify.annotations.Nullable String body)
            throws IOException {
        HttpURLConnection call = (HttpURLConnection) url.resolve(path).toURL().openConnection();
        call.setRequestMethod(method);
        call.setRequestProperty("Authorization", "Bearer " + token);
        if (body != null) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            call.setRequestProperty("Content-Type", "application/json");
            call.setDoOutput(true);
            call.setFixedLengthStreamingMode(bytes.length);
            try (OutputStream out = call.getOutputStream()) {
                out.write(bytes);
            }
        }
        int code = call.getResponseCode();
        try (InputStream in = code < 400 ? call.getInputStream() : call.getErrorStream()) {
            byte[] answer = in == null ? new byte[0] : in.readAllBytes();
            if (code >= 400) {
                throw new IOException(
                        "%s %s: %d %s"
                                .formatted(
                                        method,
                                        path,
                                        code,
                                        new String(answer, StandardCharsets.UTF_8)));
            }
            return JSON.readTree(answer);
        }
    }
}

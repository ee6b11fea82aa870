package io.steward.campaign.world;

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
import org.jspecify.annotations.Nullable;

/// An agent's HTTP API. Gives up soon: the agent may be stopped.
public final class Api {
    private static final JsonMapper JSON = new JsonMapper();
    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 15_000;

    private final URI url;
    private final String token;

    private Api(URI url, String token) {
        this.url = url;
        this.token = token;
    }

    /// What it said.
    public record Answer(int code, JsonNode json) {}

    /// The API of the agent with this data folder.
    ///
    /// @throws IOException if there is none now
    public static Api of(Path data) throws IOException {
        return new Api(
                AgentFile.read(data).url(), Files.readString(data.resolve(ApiToken.NAME)).strip());
    }

    public Answer get(String path) throws IOException {
        return call("GET", path, null, null);
    }

    public Answer delete(String path) throws IOException {
        return call("DELETE", path, null, null);
    }

    /// @param key of idempotency
    public Answer post(String path, String body, String key) throws IOException {
        return call("POST", path, body, key);
    }

    private Answer call(String method, String path, @Nullable String body, @Nullable String key)
            throws IOException {
        HttpURLConnection call = (HttpURLConnection) url.resolve(path).toURL().openConnection();
        call.setConnectTimeout(CONNECT_MILLIS);
        call.setReadTimeout(READ_MILLIS);
        call.setRequestMethod(method);
        call.setRequestProperty("Authorization", "Bearer " + token);
        if (key != null) {
            call.setRequestProperty("Idempotency-Key", key);
        }
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
            return new Answer(code, JSON.readTree(in == null ? new byte[0] : in.readAllBytes()));
        }
    }
}

package io.steward.agent.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;

/// The HTTP API of an agent of a test.
///
/// @param url where it listens now
record TestApi(String url, String token) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /// @param data the folder of an agent that is ready
    static TestApi of(Path data) throws IOException {
        JsonNode agent = JSON.readTree(data.resolve("agent.json").toFile());
        return new TestApi(
                agent.path("url").asText(), Files.readString(data.resolve("api-token")).strip());
    }

    JsonNode get(String path) throws IOException, InterruptedException {
        return answer(request(path).GET().build());
    }

    JsonNode post(String path, String json) throws IOException, InterruptedException {
        return answer(
                request(path)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(json))
                        .build());
    }

    JsonNode delete(String path) throws IOException, InterruptedException {
        return answer(request(path).DELETE().build());
    }

    /// @param json one message as in inmsg.txt
    /// @return its id
    String send(String json) throws IOException, InterruptedException {
        return answer(
                        request("/v1/messages")
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString(json))
                                .build())
                .path("messages")
                .path(0)
                .path("id")
                .asText();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url + path))
                .header("Authorization", "Bearer " + token);
    }

    private static JsonNode answer(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
        if (answer.statusCode() >= 400) {
            throw new AssertionError(request.uri() + ": " + answer.body());
        }
        return JSON.readTree(answer.body());
    }
}

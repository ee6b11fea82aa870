package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.files.PrivateFile;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;

/// `agent.json` in the data folder of a running agent: where its API is. Written when the API
/// listens, removed when the agent stops; after a crash it stays, and its `pid` tells.
public record AgentFile(NodeName node, long pid, URI url, String version, Instant startedAt) {
    public static final String NAME = "agent.json";

    /// Writes it, readable by the owner only, in place of the one before.
    public void write(Path data) throws IOException {
        ObjectNode json = Json.object();
        json.put("node", node.value());
        json.put("pid", pid);
        json.put("url", url.toString());
        json.put("version", version);
        json.put("startedAt", startedAt.toString());
        PrivateFile.replace(data.resolve(NAME), json.toPrettyString() + "\n");
    }

    /// @throws IOException if there is none, or it is not as it has to be; the message names the
    ///   file
    public static AgentFile read(Path data) throws IOException {
        Path file = data.resolve(NAME);
        try {
            JsonNode json = Json.read(Files.readAllBytes(file));
            return new AgentFile(
                    new NodeName(json.path("node").asText()),
                    json.path("pid").asLong(),
                    URI.create(json.path("url").asText()),
                    json.path("version").asText(),
                    Instant.parse(json.path("startedAt").asText()));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IOException(file + " is not an agent's file: " + e.getMessage(), e);
        }
    }

    /// Whether the process that wrote it lives.
    public boolean isAlive() {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    static void delete(Path data) throws IOException {
        Files.deleteIfExists(data.resolve(NAME));
    }
}

package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Calls an agent's API. What goes wrong is thrown as [CliException], fit for a person. Uses the
/// old client of the JDK, as it starts in a third of the time of the new one.
final class AgentClient {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 60_000;

    /// As the agent writes it before what is wrong.
    private static final Pattern PLACE = Pattern.compile("^line \\d+, column \\d+: ");

    private final AgentAddress agent;

    AgentClient(AgentAddress agent) {
        this.agent = agent;
    }

    /// An answer that is no error.
    ///
    /// @param next the header `Steward-Next`; null if there is none
    record Answer(int status, String body, @Nullable String next) {
        JsonNode json() {
            return Json.read(body);
        }
    }

    JsonNode get(String path) {
        return call("GET", path, null, "", Duration.ZERO, false).json();
    }

    /// @param wait how long the agent may wait with its answer
    Answer get(String path, Duration wait) {
        return call("GET", path, null, "", wait, false);
    }

    /// What is wrong with the body is said without its place in it, which nobody has seen.
    ///
    /// @param wait how long the agent may wait with its answer
    JsonNode post(String path, JsonNode body, Duration wait) {
        byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
        return call("POST", path, bytes, "application/json", wait, false).json();
    }

    /// What is wrong with the body is said with its place in it.
    JsonNode post(String path, byte[] body, String contentType) {
        return call("POST", path, body, contentType, Duration.ZERO, true).json();
    }

    Answer delete(String path) {
        return call("DELETE", path, null, "", Duration.ZERO, false);
    }

    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Answer call(
            String method,
            String path,
            byte @Nullable [] body,
            String contentType,
            Duration wait,
            boolean places) {
        URI url = URI.create(agent.url() + path);
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) url.toURL().openConnection(Proxy.NO_PROXY);
            if (agent.authority() != null && connection instanceof HttpsURLConnection secure) {
                secure.setSSLSocketFactory(Authority.of(agent.authority()));
            }
            connection.setRequestMethod(method);
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(
                    (int) Math.min(Integer.MAX_VALUE, wait.toMillis() + ANSWER_MILLIS));
            connection.setInstanceFollowRedirects(false);
            connection.setRequestProperty("Authorization", "Bearer " + agent.token());
            connection.setRequestProperty("Accept", "*/*");
            if (body != null) {
                connection.setDoOutput(true);
                connection.setFixedLengthStreamingMode(body.length);
                connection.setRequestProperty("Content-Type", contentType);
                try (OutputStream out = connection.getOutputStream()) {
                    out.write(body);
                }
            }
            int status = connection.getResponseCode();
            String text = text(connection, status);
            boolean isAnswer = status == 409 && method.equals("DELETE"); // of a cancel: too late
            if (status >= 400 && !isAnswer) {
                throw problem(status, text, places);
            }
            return new Answer(status, text, connection.getHeaderField("Steward-Next"));
        } catch (ConnectException e) {
            throw new CliException(
                    Exit.NO_AGENT,
                    "no agent answers at %s (%s): is it running?"
                            .formatted(agent.url(), e.getMessage()),
                    e);
        } catch (SSLException e) {
            throw new CliException(
                    Exit.NO_AGENT,
                    "%s is not believed to be the agent (%s): name the certificate that its own comes from with --ca FILE, and the agent as in its certificate"
                            .formatted(agent.url(), e.getMessage()),
                    e);
        } catch (SocketTimeoutException e) {
            throw new CliException(
                    Exit.NO_AGENT,
                    "the agent at %s did not answer %s %s in time: see its log"
                            .formatted(agent.url(), method, path),
                    e);
        } catch (IOException e) {
            throw new CliException(
                    Exit.NO_AGENT,
                    "the agent at %s broke off %s %s (%s): was it stopped?"
                            .formatted(agent.url(), method, path, e.getMessage()),
                    e);
        }
    }

    private static String text(HttpURLConnection connection, int status) throws IOException {
        try (InputStream in =
                status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
            return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private CliException problem(int status, String text, boolean places) {
        JsonNode json = Json.read(text);
        String detail = json.path("detail").asText(text.strip());
        if (!places) {
            detail = PLACE.matcher(detail).replaceFirst("");
        }
        StringBuilder message = new StringBuilder();
        if (places && json.has("line")) {
            message.append("line ").append(json.path("line").asInt());
            message.append(", column ").append(json.path("column").asInt()).append(": ");
        }
        if (json.has("field")) {
            message.append(json.path("field").asText()).append(": ");
        }
        message.append(detail);
        return switch (status) {
            case 400, 413, 415, 422 -> new CliException(Exit.USAGE, message.toString());
            case 401, 421 ->
                    new CliException(
                            Exit.NO_AGENT,
                            "the agent at %s does not let you in: %s"
                                    .formatted(agent.url(), message));
            case 403 -> new CliException(Exit.REFUSED, message.toString());
            case 404 -> new CliException(Exit.NO_MATCH, message.toString());
            case 409 -> new CliException(Exit.FAILED, message.toString());
            default ->
                    new CliException(
                            Exit.FAILED, "the agent says %d: %s".formatted(status, message));
        };
    }
}

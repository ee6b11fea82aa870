package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.avaje.jex.http.Context;
import io.steward.agent.audit.Asker;
import io.steward.agent.audit.AuditEntry;
import io.steward.agent.settings.Suggestion;
import io.steward.messages.Durations;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// One request and its answer. What is wrong with the request is thrown as [Problem]. Used by one
/// thread.
final class Call {
    private final Context context;
    private final Bodies bodies;
    private final @Nullable Caller caller;
    private final Consumer<AuditEntry> audit;
    private final Map<String, String> query;

    /// @param caller null where no token is needed
    /// @param audit writes a line, which is on the disk when it returns
    /// @throws Problem if the query has a parameter that the route does not know
    Call(
            Context context,
            Route route,
            Bodies bodies,
            @Nullable Caller caller,
            Consumer<AuditEntry> audit) {
        this.audit = audit;
        this.caller = caller;
        this.context = context;
        this.bodies = bodies;
        this.query = Query.parse(context.exchange().getRequestURI().getRawQuery(), route.query());
    }

    /// A part of the path that stands in braces in the route, parsed.
    <T> T path(String name, Function<String, T> parser) {
        return parse(name, context.pathParam(name), parser);
    }

    /// A field of the body, parsed.
    <T> T value(String name, String given, Function<String, T> parser) {
        return parse(name, given, parser);
    }

    /// Who asked, as it is kept with what was asked for.
    ///
    /// @throws IllegalStateException on a route that needs no token
    String by(NodeName node) {
        if (caller == null) {
            throw new IllegalStateException("nobody knows who asks on a route without a token");
        }
        return "%s at %s".formatted(caller.name(), node);
    }

    /// Writes down who asks for a change, before it is made. For what makes no line of its own.
    ///
    /// @param detail null where there is no more to say
    /// @throws io.steward.agent.journal.JournalException if it cannot be: nothing may be changed
    void audit(String what, String name, @Nullable String detail) {
        audit.accept(
                AuditEntry.api(
                        what,
                        name,
                        detail == null || detail.isBlank() ? null : detail,
                        Asker.current()));
    }

    /// A parameter of the query, parsed; empty if it is not given.
    <T> Optional<T> query(String name, Function<String, T> parser) {
        String value = query.get(name);
        return value == null ? Optional.empty() : Optional.of(parse(name, value, parser));
    }

    int number(String name, int byDefault, int most) {
        return query(name, Integer::valueOf)
                .map(value -> {
                    if (value < 1 || value > most) {
                        throw Problem.badRequest(
                                "%s: %d is out of range, expected 1 to %d"
                                        .formatted(name, value, most));
                    }
                    return value;
                })
                .orElse(byDefault);
    }

    /// The parameter `wait`: how long the answer may be waited for. More than `most` is cut.
    Duration await(Duration byDefault, Duration most) {
        Duration wait = query("wait", Durations::parse).orElse(byDefault);
        return wait.compareTo(most) > 0 ? most : wait;
    }

    /// The parameter `wait` where answers of nodes are listened for: without any time for it all of
    /// them would seem to be away.
    Duration listen(Duration byDefault, Duration most) {
        Duration wait = query("wait", Durations::parse).orElse(byDefault);
        if (!wait.isPositive() || wait.compareTo(most) > 0) {
            throw Problem.badRequest(
                    "wait: %s is out of range, expected 1ms to %s"
                            .formatted(Durations.format(wait), Durations.format(most)));
        }
        return wait;
    }

    Optional<Instant> instant(String name) {
        return query(name, value -> OffsetDateTime.parse(value).toInstant());
    }

    @Nullable String header(String name) {
        return context.header(name);
    }

    /// The body, whole.
    Bodies.Body body(String... contentTypes) throws IOException, InterruptedException {
        return bodies.read(context, contentTypes);
    }

    /// The body as one object of JSON.
    ///
    /// @param fields that it may have: a slip of the pen must not be left out in silence
    JsonNode jsonBody(String... fields) throws IOException, InterruptedException {
        JsonNode json = Json.read(body("application/json").bytes());
        if (!json.isObject()) {
            throw Problem.badRequest("The body is no JSON object: expected {...}");
        }
        List<String> known = List.of(fields);
        json.fieldNames()
                .forEachRemaining(field -> {
                    if (!known.contains(field)) {
                        throw Problem.badRequest(
                                "%s: is not known here%s; expected %s"
                                        .formatted(
                                                field,
                                                Suggestion.of(field, known)
                                                        .map("; did you mean %s?"::formatted)
                                                        .orElse(""),
                                                known.isEmpty()
                                                        ? "no field"
                                                        : String.join(", ", known)));
                    }
                });
        return json;
    }

    void answer(int status, JsonNode json) {
        context.status(status).contentType("application/json");
        context.write((json + "\n").getBytes(StandardCharsets.UTF_8));
    }

    void answerLines(String lines) {
        context.status(200).contentType("application/x-ndjson");
        context.write(lines.getBytes(StandardCharsets.UTF_8));
    }

    void answerText(int status, String text) {
        context.status(status).contentType("text/plain; charset=utf-8");
        context.write((text + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// Sets a header of the answer.
    void set(String header, String value) {
        context.header(header, value);
    }

    private static <T> T parse(String name, String value, Function<String, T> parser) {
        try {
            return parser.apply(value);
        } catch (NumberFormatException e) {
            throw Problem.badRequest("%s: \"%s\" is not a number".formatted(name, value));
        } catch (DateTimeException e) {
            throw Problem.badRequest(
                    "%s: \"%s\" is not a time: expected for example 2026-11-20T08:30:00Z"
                            .formatted(name, value));
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(name + ": " + e.getMessage());
        }
    }
}

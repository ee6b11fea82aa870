package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.adoption.AdoptionException;
import io.steward.agent.adoption.Machine;
import io.steward.agent.adoption.Registrar;
import io.steward.agent.adoption.TokenTerms;
import io.steward.messages.Durations;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// Who is a member of the fleet, at the agent that has its keys.
final class AdoptionRoutes {
    private final @Nullable Registrar registrar;
    private final NodeName node;

    /// @param registrar null where this agent does not have the fleet's keys
    AdoptionRoutes(@Nullable Registrar registrar, NodeName node) {
        this.registrar = registrar;
        this.node = node;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, "/v1/adoptions", this::machines),
                Route.post(Role.ADMIN, "/v1/adoptions/{machine}/accept", this::accept),
                Route.post(Role.ADMIN, "/v1/adoptions/{machine}/refuse", this::refuse),
                Route.post(Role.ADMIN, "/v1/adoptions/{machine}/revoke", this::revoke),
                Route.post(Role.ADMIN, "/v1/clients/{name}", this::client),
                Route.get(Role.ADMIN, "/v1/join-tokens", this::tokens),
                Route.post(Role.ADMIN, "/v1/join-tokens", this::make),
                Route.delete(Role.ADMIN, "/v1/join-tokens/{token}", this::end));
    }

    private Registrar registrar() {
        if (registrar == null) {
            throw Problem.notFound(
                    "%s does not have the keys of a fleet: ask the agent that has, the one with the embedded broker"
                            .formatted(node));
        }
        return registrar;
    }

    /// `GET /v1/adoptions`: all machines that have asked, members too.
    private void machines(Call call) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("machines");
        registrar().machines().forEach(known -> array.add(machine(known)));
        call.answer(200, json);
    }

    /// `POST /v1/adoptions/{machine}/accept {"name", "cloud", "tags", "replace"}`, each of them
    /// optional.
    private void accept(Call call) throws IOException, InterruptedException {
        JsonNode body = call.jsonBody("name", "cloud", "tags", "replace");
        Registrar.Terms terms =
                new Registrar.Terms(
                        Fields.text(body, "name"),
                        token(body, "cloud"),
                        tags(body),
                        Fields.flag(body, "replace"));
        change(call, () -> registrar().accept(machine(call), terms, call.by(node)));
    }

    /// `POST /v1/adoptions/{machine}/refuse {"reason"}`.
    private void refuse(Call call) throws IOException, InterruptedException {
        String reason = reason(call.jsonBody("reason"));
        change(call, () -> registrar().refuse(machine(call), reason, call.by(node)));
    }

    /// `POST /v1/adoptions/{machine}/revoke {"reason"}`.
    private void revoke(Call call) throws IOException, InterruptedException {
        String reason = reason(call.jsonBody("reason"));
        change(call, () -> registrar().revoke(machine(call), reason, call.by(node)));
    }

    /// `POST /v1/clients/{name} {}`: credentials of a NATS client without an agent. The answer is
    /// the only place where they are shown.
    private void client(Call call) throws IOException, InterruptedException {
        var _ = call.jsonBody();
        String name = call.path("name", String::valueOf);
        try {
            call.answer(
                    201, Json.object().put("credentials", registrar().client(name, call.by(node))));
        } catch (AdoptionException e) {
            throw problem(e);
        }
    }

    private interface Change {
        Registrar.Known made() throws AdoptionException, IOException, InterruptedException;
    }

    private void change(Call call, Change change) throws IOException, InterruptedException {
        try {
            call.answer(200, machine(change.made()));
        } catch (AdoptionException e) {
            throw problem(e);
        }
    }

    static Problem problem(AdoptionException e) {
        String why = String.valueOf(e.getMessage());
        return switch (e.kind()) {
            case UNKNOWN -> Problem.notFound(why);
            case CONFLICT -> new Problem(409, "It cannot be done as things stand", why);
            case UNREACHABLE -> Problem.busy(why);
        };
    }

    /// `GET /v1/join-tokens`: all that were made, without what is secret of them.
    private void tokens(Call call) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("tokens");
        registrar().tokens().forEach(terms -> array.add(token(terms)));
        call.answer(200, json);
    }

    /// `POST /v1/join-tokens {"life", "uses", "automatic", "names", "cloud", "tags"}`, each of them
    /// optional: 15 minutes and one machine. The answer is the only place where it is shown.
    private void make(Call call) throws IOException, InterruptedException {
        JsonNode body = call.jsonBody("life", "uses", "automatic", "names", "cloud", "tags");
        Duration life = life(body, "15m");
        int uses = body.hasNonNull("uses") ? body.path("uses").asInt() : 1;
        if (uses < 0 || (body.hasNonNull("uses") && !body.path("uses").isInt())) {
            throw Problem.badRequest(
                    "uses: %s, expected a whole number from 0 (any number of machines) on"
                            .formatted(body.path("uses")));
        }
        String made =
                registrar()
                        .token(
                                life,
                                uses,
                                Fields.flag(body, "automatic"),
                                names(body),
                                token(body, "cloud"),
                                tags(body),
                                call.by(node))
                        .text();
        call.answer(201, Json.object().put("token", made));
    }

    /// The field `life`.
    ///
    /// @return null for ever
    static @Nullable Duration life(JsonNode body, String byDefault) {
        String life = Fields.text(body, "life");
        String given = life == null ? byDefault : life;
        if (given.equals("forever")) {
            return null;
        }
        try {
            Duration parsed = Durations.parse(given);
            if (parsed.isPositive() && parsed.compareTo(Duration.ofDays(3_650)) <= 0) {
                return parsed;
            }
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("life: " + e.getMessage());
        }
        throw Problem.badRequest(
                "life: \"%s\", expected a duration up to 3650d, or forever".formatted(given));
    }

    /// `DELETE /v1/join-tokens/{token}`: nobody asks with it any more.
    private void end(Call call) throws IOException, InterruptedException {
        try {
            call.answer(200, token(registrar().revokeToken(call.path("token", String::valueOf))));
        } catch (AdoptionException e) {
            throw problem(e);
        }
    }

    private static String machine(Call call) {
        return call.path("machine", String::valueOf);
    }

    private static String reason(JsonNode body) {
        String reason = Fields.text(body, "reason");
        return reason == null || reason.isBlank() ? "no reason was given" : reason.strip();
    }

    private static @Nullable String token(JsonNode body, String name) {
        String given = Fields.text(body, name);
        return given == null ? null : word(name, given);
    }

    private static @Nullable String names(JsonNode body) {
        String given = Fields.text(body, "names");
        if (given != null && !Fields.flag(body, "automatic")) {
            throw Problem.badRequest(
                    "names: \"%s\" says who is adopted without anybody being asked: expected automatic with it"
                            .formatted(given));
        }
        try {
            if (given != null) {
                var _ = FileSystems.getDefault().getPathMatcher("glob:" + given);
            }
            return given;
        } catch (PatternSyntaxException e) {
            throw Problem.badRequest(
                    "names: \"%s\", expected a glob such as ship-*: %s"
                            .formatted(given, e.getDescription()));
        }
    }

    private static List<String> tags(JsonNode body) {
        return Fields.texts(body, "tags").stream().map(tag -> word("tags", tag)).toList();
    }

    private static String word(String field, String given) {
        try {
            return new NodeName(given).value(); // why: clouds and tags are words as names are
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest(field + ": " + e.getMessage());
        }
    }

    private ObjectNode machine(Registrar.Known known) {
        Machine machine = known.machine();
        ObjectNode json = Json.object();
        json.put("fingerprint", machine.key().fingerprint());
        json.put("key", machine.key().text());
        json.put("state", machine.state().word());
        json.put("name", String.valueOf(machine.node() == null ? machine.wants() : machine.node()));
        json.put("cloud", machine.cloud());
        ArrayNode tags = json.putArray("tags");
        machine.tags().forEach(tags::add);
        ObjectNode facts = json.putObject("facts");
        machine.facts().forEach(facts::put);
        json.put("token", machine.token() == null ? null : machine.token().fingerprint());
        json.put("asked", Json.time(machine.asked()));
        json.put("since", Json.time(machine.since()));
        json.put("by", machine.by());
        json.put("reason", machine.reason());
        Instant seen = known.seen();
        json.put("seen", seen == null ? null : Json.time(seen));
        json.put("twin", known.twin());
        return json;
    }

    private ObjectNode token(TokenTerms terms) {
        ObjectNode json = Json.object();
        json.put("fingerprint", terms.key().fingerprint());
        json.put("uses", terms.uses());
        json.put("used", registrar().uses(terms.key()));
        json.put("automatic", terms.automatic());
        json.put("names", terms.names());
        json.put("cloud", terms.cloud());
        ArrayNode tags = json.putArray("tags");
        terms.tags().forEach(tags::add);
        json.put("by", terms.by());
        json.put("madeAt", Json.time(terms.madeAt()));
        Instant expires = terms.expiresAt();
        json.put("expiresAt", expires == null ? null : Json.time(expires));
        Instant revoked = terms.revokedAt();
        json.put("revokedAt", revoked == null ? null : Json.time(revoked));
        return json;
    }
}

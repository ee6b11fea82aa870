package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/// The tokens of those who call this API.
final class TokenRoutes {
    private final IssuedTokens tokens;
    private final NodeName node;

    TokenRoutes(IssuedTokens tokens, NodeName node) {
        this.tokens = tokens;
        this.node = node;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.ADMIN, "/v1/tokens", this::list),
                Route.post(Role.ADMIN, "/v1/tokens", this::make),
                Route.delete(Role.ADMIN, "/v1/tokens/{name}", this::end));
    }

    /// `GET /v1/tokens`: all that there are, without what is secret of them.
    private void list(Call call) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("tokens");
        tokens.all()
                .forEach(token -> array.add(token.shown().put("expired", tokens.isExpired(token))));
        call.answer(200, json);
    }

    /// `POST /v1/tokens {"name", "role", "life"}`; without `life` 30 days. The answer is the only
    /// place where it is shown.
    private void make(Call call) throws IOException, InterruptedException {
        JsonNode body = call.jsonBody("name", "role", "life");
        String name = call.value("name", body.path("name").asText(), IssuedToken::requireName);
        Role role = call.value("role", body.path("role").asText(), Role::of);
        Duration life = AdoptionRoutes.life(body, "30d");
        call.audit("api-token", name, role.word());
        IssuedTokens.Made made = tokens.make(name, role, life, call.by(node));
        call.answer(201, made.token().shown().put("token", made.text()));
    }

    /// `DELETE /v1/tokens/{name}`: who has it is turned away from now on.
    private void end(Call call) throws IOException {
        String name = call.path("name", String::valueOf);
        call.audit("api-token-ended", name, null);
        call.answer(
                200,
                tokens.end(name)
                        .orElseThrow(
                                () -> Problem.notFound("There is no token \"%s\"".formatted(name)))
                        .shown());
    }
}

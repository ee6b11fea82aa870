package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.adoption.AdoptionException;
import io.steward.agent.adoption.Rotation;
import io.steward.agent.identity.Membership;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Who this node is in its fleet.
final class IdentityRoutes {
    private final @Nullable Rotation rotation;
    private final NodeName node;

    /// @param rotation null where this node is no member of a fleet
    IdentityRoutes(@Nullable Rotation rotation, NodeName node) {
        this.rotation = rotation;
        this.node = node;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, "/v1/identity", this::show),
                Route.post(Role.ADMIN, "/v1/identity/rotate", this::rotate));
    }

    private Rotation rotation() {
        if (rotation == null) {
            throw Problem.notFound(
                    "%s is no member of a fleet: its broker lets in everybody, or by other credentials"
                            .formatted(node));
        }
        return rotation;
    }

    /// `GET /v1/identity`.
    private void show(Call call) {
        Membership member = rotation().membership();
        ObjectNode json = Json.object();
        json.put("node", member.node().value());
        json.put("fingerprint", member.key().fingerprint());
        json.put("key", member.key().text());
        json.put("fleet", member.account().fingerprint());
        json.put("central", member.central().value());
        json.put("cloud", member.cloud());
        ArrayNode tags = json.putArray("tags");
        member.tags().forEach(tags::add);
        json.put("since", Json.time(member.issuedAt()));
        Instant expires = member.expiresAt();
        json.put("expiresAt", expires == null ? null : Json.time(expires));
        call.answer(200, json);
    }

    /// `POST /v1/identity/rotate {}`: another key. The agent starts again with it, just after the
    /// answer.
    private void rotate(Call call) throws IOException, InterruptedException {
        var _ = call.jsonBody();
        try {
            String fingerprint = rotation().rotate().fingerprint();
            call.answer(202, Json.object().put("fingerprint", fingerprint));
            rotation().startAgain();
        } catch (AdoptionException e) {
            throw AdoptionRoutes.problem(e);
        }
    }
}

package io.steward.agent.identity;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// That a key is a node of a fleet, signed by the fleet's account.
///
/// @param token its text; public
/// @param account who says so
/// @param key of the node
/// @param central the node that adopted it
/// @param cloud null for none
/// @param issuedAt to the second
/// @param expiresAt null for never
public record Membership(
        String token,
        PublicKey account,
        PublicKey key,
        NodeName node,
        NodeName central,
        @Nullable String cloud,
        List<String> tags,
        Instant issuedAt,
        @Nullable Instant expiresAt) {
    static final String OWN = "steward";

    public Membership {
        tags = List.copyOf(tags);
    }

    /// Reads a token and checks its signature. Whether the account is the right one, and whether it
    /// has expired, the caller checks.
    ///
    /// @throws IdentityException if it is none
    public static Membership of(String token) throws IdentityException {
        Jwt read = Jwt.read(token);
        JsonNode own = read.nats().path(OWN);
        if (read.issuer().kind() != KeyKind.ACCOUNT
                || read.subject().kind() != KeyKind.USER
                || !own.path("member").asBoolean()) {
            throw new IdentityException(
                    "a token by %s about %s that makes nobody a member: expected one of a fleet's account about a node"
                            .formatted(read.issuer(), read.subject()));
        }
        List<String> tags = new ArrayList<>();
        own.path("tags").forEach(tag -> tags.add(tag.asText()));
        try {
            return new Membership(
                    read.text(),
                    read.issuer(),
                    read.subject(),
                    new NodeName(read.name()),
                    new NodeName(own.path("central").asText()),
                    own.hasNonNull("cloud") ? own.path("cloud").asText() : null,
                    tags,
                    read.issuedAt(),
                    read.expiresAt());
        } catch (IllegalArgumentException e) {
            throw new IdentityException("the token of a member: " + e.getMessage());
        }
    }
}

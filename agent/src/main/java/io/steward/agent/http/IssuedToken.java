package io.steward.agent.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A token that was made for somebody, without its text.
///
/// @param sha256 of the text, in hex. A slow hash would protect texts that can be guessed; this one
///   has 256 random bits
/// @param by who made it
/// @param expiresAt null for never
record IssuedToken(
        String name,
        Role role,
        String sha256,
        Instant madeAt,
        String by,
        @Nullable Instant expiresAt) {
    private static final int HASH_BYTES = 32;

    /// @throws IllegalArgumentException if the name is not one that a node could have, or the hash
    ///   is none
    IssuedToken {
        requireName(name);
        if (HexFormat.of().parseHex(sha256).length != HASH_BYTES) {
            throw new IllegalArgumentException(
                    "sha256 of token %s: expected 64 hexadecimal digits".formatted(name));
        }
    }

    /// @throws IllegalArgumentException if it is no name of a token
    static String requireName(String name) {
        try {
            return new NodeName(name).value(); // why: tokens have names as nodes have
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "a token's name is as that of a node: " + e.getMessage(), e);
        }
    }

    boolean isExpired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    Caller caller() {
        return new Caller(name, role);
    }

    /// For those who ask which there are.
    ObjectNode shown() {
        ObjectNode json = Json.object();
        json.put("name", name);
        json.put("role", role.word());
        json.put("by", by);
        json.put("madeAt", Json.time(madeAt));
        json.put("expiresAt", expiresAt == null ? null : Json.time(expiresAt));
        return json;
    }

    /// For the file.
    ObjectNode kept() {
        return shown().put("sha256", sha256);
    }

    /// The other way round.
    ///
    /// @throws RuntimeException if it is not as it has to be
    static IssuedToken of(JsonNode json) {
        return new IssuedToken(
                json.path("name").asText(),
                Role.of(json.path("role").asText()),
                json.path("sha256").asText(),
                Instant.parse(json.path("madeAt").asText()),
                json.path("by").asText(),
                json.hasNonNull("expiresAt")
                        ? Instant.parse(json.path("expiresAt").asText())
                        : null);
    }
}

package io.steward.agent.adoption;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.identity.PublicKey;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a join token is good for. The token itself is not kept.
///
/// @param key of the token
/// @param uses how many machines may ask with it; 0 for any number
/// @param automatic whether who asks with it is adopted without anybody being asked
/// @param names of those that are adopted so: what the name that a machine would like to have has
///   to fit, as a glob; null for any. The others wait
/// @param cloud that its machines are in; null to leave that to who adopts
/// @param tags that its machines have
/// @param by who made it
/// @param expiresAt null for never
/// @param revokedAt null while it is good
public record TokenTerms(
        PublicKey key,
        int uses,
        boolean automatic,
        @Nullable String names,
        @Nullable String cloud,
        List<String> tags,
        String by,
        Instant madeAt,
        @Nullable Instant expiresAt,
        @Nullable Instant revokedAt) {
    public TokenTerms {
        tags = List.copyOf(tags);
        if (names != null) {
            var _ = glob(names);
        }
        if (uses < 0) {
            throw new IllegalArgumentException(
                    "%d uses of a join token: expected 1 or more, or 0 for any number"
                            .formatted(uses));
        }
    }

    TokenTerms revoked(Instant at) {
        return new TokenTerms(key, uses, automatic, names, cloud, tags, by, madeAt, expiresAt, at);
    }

    /// Whether a machine that would like to have this name is adopted without anybody being asked.
    boolean adopts(String wants) {
        return automatic && (names == null || glob(names).matches(Path.of(wants)));
    }

    /// @throws java.util.regex.PatternSyntaxException if it is none
    private static PathMatcher glob(String names) {
        return FileSystems.getDefault().getPathMatcher("glob:" + names);
    }

    /// Why nobody may ask with it; null if they may.
    ///
    /// @param used how many have asked with it
    @Nullable String problem(Instant now, long used) {
        if (revokedAt != null) {
            return "its join token was revoked at " + revokedAt;
        }
        if (expiresAt != null && !now.isBefore(expiresAt)) {
            return "its join token was good until " + expiresAt;
        }
        return uses > 0 && used >= uses
                ? "its join token was for %d machine%s, and as many have asked with it"
                        .formatted(uses, uses == 1 ? "" : "s")
                : null;
    }

    ObjectNode json() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("key", key.text());
        json.put("uses", uses);
        json.put("automatic", automatic);
        json.put("names", names);
        json.put("cloud", cloud);
        ArrayNode all = json.putArray("tags");
        tags.forEach(all::add);
        json.put("by", by);
        json.put("madeAt", madeAt.toString());
        json.put("expiresAt", expiresAt == null ? null : expiresAt.toString());
        json.put("revokedAt", revokedAt == null ? null : revokedAt.toString());
        return json;
    }

    static TokenTerms of(JsonNode json) {
        List<String> tags = new ArrayList<>();
        json.path("tags").forEach(each -> tags.add(each.asText()));
        return new TokenTerms(
                PublicKey.of(json.path("key").asText()),
                json.path("uses").asInt(),
                json.path("automatic").asBoolean(),
                json.hasNonNull("names") ? json.path("names").asText() : null,
                json.hasNonNull("cloud") ? json.path("cloud").asText() : null,
                tags,
                json.path("by").asText(),
                Instant.parse(json.path("madeAt").asText()),
                instant(json.path("expiresAt")),
                instant(json.path("revokedAt")));
    }

    private static @Nullable Instant instant(JsonNode json) {
        return json.isTextual() ? Instant.parse(json.asText()) : null;
    }
}

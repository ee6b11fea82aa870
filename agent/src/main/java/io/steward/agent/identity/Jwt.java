package io.steward.agent.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// A JSON web token as NATS has it ([version 2](https://github.com/nats-io/jwt), `ed25519-nkey`),
/// the signature of which holds.
///
/// @param text `header.claims.signature`, each in base64url
/// @param issuer whose signature it has
/// @param subject whom it is about
/// @param name of the subject
/// @param issuedAt to the second
/// @param expiresAt to the second; null for never
/// @param nats what is said of the subject
record Jwt(
        String text,
        PublicKey issuer,
        PublicKey subject,
        String name,
        Instant issuedAt,
        @Nullable Instant expiresAt,
        JsonNode nats) {
    /// The longest that is looked at, in characters.
    static final int MAX_LENGTH = 64 << 10;

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();
    private static final String ALGORITHM = "ed25519-nkey";
    private static final String HEADER =
            encode("{\"typ\":\"JWT\",\"alg\":\"%s\"}".formatted(ALGORITHM));

    static ObjectNode object() {
        return JSON.createObjectNode();
    }

    /// Issues one.
    ///
    /// @param nats becomes its claim `nats`; must not be changed after
    static Jwt issue(
            Key issuer,
            PublicKey subject,
            String name,
            Instant at,
            @Nullable Instant expiresAt,
            ObjectNode nats) {
        ObjectNode claims = object();
        claims.put("iat", at.getEpochSecond());
        if (expiresAt != null) {
            claims.put("exp", expiresAt.getEpochSecond());
        }
        claims.put("iss", issuer.known().text());
        claims.put("sub", subject.text());
        claims.put("name", name);
        claims.set("nats", nats);
        claims.put("jti", hash(claims.toString()));
        String signed = HEADER + "." + encode(claims.toString());
        byte[] signature = issuer.sign(signed);
        return new Jwt(
                signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature),
                issuer.known(),
                subject,
                name,
                Instant.ofEpochSecond(at.getEpochSecond()),
                expiresAt == null ? null : Instant.ofEpochSecond(expiresAt.getEpochSecond()),
                nats);
    }

    /// Reads one and checks that whoever is named as its issuer has signed it. Who that may be, and
    /// whether it has expired, the caller checks.
    ///
    /// @throws IdentityException if it is none, or not signed so
    static Jwt read(String text) throws IdentityException {
        String[] parts = text.strip().split("\\.", -1);
        if (text.length() > MAX_LENGTH || parts.length != 3) {
            throw new IdentityException(
                    "not a JSON web token: expected three parts with dots between them, at most %d characters"
                            .formatted(MAX_LENGTH));
        }
        JsonNode header = json(parts[0], "header");
        if (!header.path("alg").asText().equals(ALGORITHM)) {
            throw new IdentityException(
                    "a JSON web token with the algorithm \"%s\": expected %s"
                            .formatted(header.path("alg").asText(), ALGORITHM));
        }
        JsonNode claims = json(parts[1], "claims");
        PublicKey issuer = key(claims, "iss");
        PublicKey subject = key(claims, "sub");
        byte[] signature = bytes(parts[2], "signature");
        if (!issuer.hasSigned(parts[0] + "." + parts[1], signature)) {
            throw new IdentityException(
                    "a JSON web token that %s has not signed, though it says so".formatted(issuer));
        }
        JsonNode expires = claims.path("exp");
        return new Jwt(
                text.strip(),
                issuer,
                subject,
                claims.path("name").asText(),
                Instant.ofEpochSecond(claims.path("iat").asLong()),
                expires.asLong() == 0 ? null : Instant.ofEpochSecond(expires.asLong()),
                claims.path("nats"));
    }

    /// Whether its time is over.
    boolean isExpired(Instant now) {
        return expiresAt != null && !now.isBefore(expiresAt);
    }

    private static PublicKey key(JsonNode claims, String name) throws IdentityException {
        try {
            return PublicKey.of(claims.path(name).asText());
        } catch (IllegalArgumentException e) {
            throw new IdentityException(
                    "a JSON web token, \"%s\": %s".formatted(name, e.getMessage()));
        }
    }

    private static JsonNode json(String part, String what) throws IdentityException {
        try {
            JsonNode read = JSON.readTree(bytes(part, what));
            if (read.isObject()) {
                return read;
            }
        } catch (JsonProcessingException e) {
            throw new IdentityException(
                    "a JSON web token, %s: %s".formatted(what, e.getOriginalMessage()));
        } catch (java.io.IOException e) {
            throw new IdentityException("a JSON web token, %s: %s".formatted(what, e.getMessage()));
        }
        throw new IdentityException("a JSON web token, %s: expected an object".formatted(what));
    }

    private static byte[] bytes(String part, String what) throws IdentityException {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw new IdentityException("a JSON web token, %s: expected base64url".formatted(what));
        }
    }

    private static String encode(String text) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String hash(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

package io.steward.agent.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What a machine asks with, signed by its own key, and by that of its join token if it has one, or
/// by the key that it had before: nobody can ask for it, nor with what he does not have.
///
/// @param key of the machine
/// @param token the key of its join token, or the one that it had before; null for none
/// @param name it would like to have
/// @param instance another one for each process that asks, so that two with one key are seen
/// @param facts what it says of itself
public record JoinRequest(
        PublicKey key,
        @Nullable PublicKey token,
        String name,
        String instance,
        Map<String, String> facts) {
    /// The longest that is looked at, in characters.
    public static final int MAX_LENGTH = 16 << 10;

    private static final String TYPE = "steward-join";
    private static final String VOUCHER = "steward-join-voucher";
    private static final int MAX_FACTS = 32;
    private static final int MAX_VALUE = 256;

    public JoinRequest {
        facts = Map.copyOf(facts);
    }

    /// Signs it.
    ///
    /// @param voucher that of its join token, or the key that a member had before; null for none
    public static String sign(
            Key key,
            @Nullable Key voucher,
            String name,
            String instance,
            Map<String, String> facts,
            Instant at) {
        ObjectNode asks = Jwt.object();
        asks.put("type", TYPE);
        asks.put("instance", instance);
        ObjectNode said = asks.putObject("facts");
        new TreeMap<>(facts).forEach(said::put);
        if (voucher != null) {
            ObjectNode vouches = Jwt.object();
            vouches.put("type", VOUCHER);
            asks.put("voucher", Jwt.issue(voucher, key.known(), name, at, null, vouches).text());
        }
        return Jwt.issue(key, key.known(), name, at, null, asks).text();
    }

    /// Reads it and checks both signatures.
    ///
    /// @throws IdentityException if it is none, or one of them does not hold
    public static JoinRequest read(String text) throws IdentityException {
        if (text.length() > MAX_LENGTH) {
            throw new IdentityException(
                    "a join request of %d characters: expected at most %d"
                            .formatted(text.length(), MAX_LENGTH));
        }
        Jwt read = Jwt.read(text);
        if (!read.nats().path("type").asText().equals(TYPE)
                || !read.issuer().equals(read.subject())
                || read.issuer().kind() != KeyKind.USER) {
            throw new IdentityException("not a join request that a machine has signed itself");
        }
        PublicKey token = null;
        if (read.nats().has("voucher")) {
            Jwt voucher = Jwt.read(read.nats().path("voucher").asText());
            if (!voucher.nats().path("type").asText().equals(VOUCHER)
                    || !voucher.subject().equals(read.subject())) {
                throw new IdentityException("a join request with the join token of another");
            }
            token = voucher.issuer();
        }
        return new JoinRequest(
                read.subject(),
                token,
                clipped(read.name()),
                clipped(read.nats().path("instance").asText()),
                facts(read));
    }

    private static Map<String, String> facts(Jwt read) {
        Map<String, String> facts = new TreeMap<>();
        read.nats().path("facts").properties().stream()
                .limit(MAX_FACTS)
                .forEach(each ->
                        facts.put(clipped(each.getKey()), clipped(each.getValue().asText())));
        return facts;
    }

    /// What a stranger says is shown to people: not too long, and no terminal codes.
    private static String clipped(String text) {
        StringBuilder clean = new StringBuilder();
        text.codePoints()
                .limit(MAX_VALUE)
                .forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '?' : c));
        return clean.toString();
    }
}

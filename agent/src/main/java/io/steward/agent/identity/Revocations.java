package io.steward.agent.identity;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/// The keys that a fleet trusts no more, signed by its account.
///
/// @param issuedAt to the second
/// @param revoked what was issued for a key until then counts no more
record Revocations(Instant issuedAt, Map<String, Instant> revoked) {
    private static final String TYPE = "steward-revocations";
    private static final String REVOKED = "revoked";

    Revocations {
        revoked = Map.copyOf(revoked);
    }

    static String sign(Key account, Map<PublicKey, Instant> revoked, Instant at) {
        ObjectNode claims = Jwt.object().put("type", TYPE);
        ObjectNode all = claims.putObject(REVOKED);
        revoked.forEach((key, until) -> all.put(key.text(), until.getEpochSecond()));
        return Jwt.issue(account, account.known(), TYPE, at, null, claims).text();
    }

    static Revocations of(String text, PublicKey account) throws IdentityException {
        Jwt read = Jwt.read(text);
        if (!read.issuer().equals(account) || !read.nats().path("type").asText().equals(TYPE)) {
            throw new IdentityException(
                    "a token by %s: expected the revoked keys, signed by %s"
                            .formatted(read.issuer(), account));
        }
        Map<String, Instant> revoked = new HashMap<>();
        read.nats()
                .path(REVOKED)
                .properties()
                .forEach(each ->
                        revoked.put(
                                each.getKey(), Instant.ofEpochSecond(each.getValue().asLong())));
        return new Revocations(read.issuedAt(), revoked);
    }

    boolean has(Membership member) {
        Instant until = revoked.get(member.key().text());
        return until != null && !member.issuedAt().isAfter(until);
    }
}

package io.steward.agent.identity;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// With which a new machine asks to become a member of a fleet: it lets it in at the broker, to ask
/// that and nothing else, and names the account by which it will know the answer. It is a secret
/// while it lives: whoever has it may ask.
///
/// @param token of the broker: what it may do there, and until when
/// @param key signs what asks with it
public record JoinToken(String token, Key key, PublicKey account, @Nullable Instant expiresAt) {
    private static final String PREFIX = "SJ1.";

    /// Reads its text.
    ///
    /// @throws IdentityException if it is none; the message does not repeat it
    public static JoinToken of(String text) throws IdentityException {
        String given = text.strip();
        int dot = given.lastIndexOf('.');
        if (!isOne(given) || dot < PREFIX.length() || given.length() > Jwt.MAX_LENGTH) {
            throw new IdentityException(
                    "not a join token: expected one that begins with %s, as steward adopt token prints it"
                            .formatted(PREFIX));
        }
        Jwt token = Jwt.read(given.substring(PREFIX.length(), dot));
        try {
            Key key = Key.ofSeed(given.substring(dot + 1), KeyKind.USER);
            if (key.known().equals(token.subject()) && token.issuer().kind() == KeyKind.ACCOUNT) {
                return new JoinToken(token.text(), key, token.issuer(), token.expiresAt());
            }
        } catch (IOException e) {
            throw new IdentityException("not a join token: " + e.getMessage());
        }
        throw new IdentityException("not a join token: its parts do not belong together");
    }

    /// Whether a text is meant to be one.
    public static boolean isOne(String text) {
        return text.startsWith(PREFIX);
    }

    /// What is handed to a machine.
    public String text() {
        return PREFIX + token + "." + key.seed();
    }

    /// What to log in with.
    public String credentials() {
        return Credentials.of(token, key);
    }

    /// Where answers to it come.
    public String inboxPrefix() {
        return Permissions.joiningInbox(key.known());
    }

    /// Keeps the secret out of logs.
    @Override
    public String toString() {
        return "JoinToken[" + key.known() + "]";
    }
}

package io.steward.agent.identity;

import io.nats.client.NKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;

/// A key pair of Ed25519 as NATS writes it, an
/// [nkey](https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth).
/// Thread-safe.
public final class Key {
    private final NKey pair;
    private final PublicKey known;

    private Key(NKey pair) throws IOException {
        this.pair = pair;
        try {
            this.known = PublicKey.of(new String(pair.getPublicKey()));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("the public half of a key cannot be computed", e);
        }
    }

    /// Makes a new one.
    public static Key make(KeyKind kind) throws IOException {
        SecureRandom random = new SecureRandom();
        try {
            return new Key(
                    switch (kind) {
                        case OPERATOR -> NKey.createOperator(random);
                        case ACCOUNT -> NKey.createAccount(random);
                        case USER -> NKey.createUser(random);
                    });
        } catch (GeneralSecurityException e) {
            throw new IOException("no key of Ed25519 can be made here", e);
        }
    }

    /// Of its seed.
    ///
    /// @throws IOException if it is none of this kind; the message does not repeat it
    static Key ofSeed(String seed, KeyKind kind) throws IOException {
        Key key;
        try {
            key = new Key(NKey.fromSeed(seed.toCharArray()));
        } catch (IllegalArgumentException e) {
            throw new IOException(
                    "expected the seed of an nkey, which begins with S%s, and this is none"
                            .formatted(kind.letter()));
        }
        if (key.known.kind() != kind) {
            throw new IOException(
                    "expected the seed of an nkey that begins with S%s, and this one's public half is %s"
                            .formatted(kind.letter(), key.known));
        }
        return key;
    }

    /// The half that may be known.
    public PublicKey known() {
        return known;
    }

    /// The secret half.
    String seed() {
        char[] seed = pair.getSeed();
        try {
            return new String(seed);
        } finally {
            Arrays.fill(seed, '\0');
        }
    }

    /// The signature of these bytes, 64 bytes.
    public byte[] sign(byte[] data) {
        try {
            return pair.sign(data);
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("signing with " + known, e);
        }
    }

    /// The signature of this text in UTF-8.
    byte[] sign(String text) {
        return sign(text.getBytes(StandardCharsets.UTF_8));
    }

    /// Keeps the secret half out of logs.
    @Override
    public String toString() {
        return known.toString();
    }
}

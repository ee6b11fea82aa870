package io.steward.agent.identity;

import io.nats.client.NKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// The public half of a [Key]: 56 characters of base32, the first of which says its kind.
///
/// @param text as NATS writes it
public record PublicKey(String text) {
    private static final int LENGTH = 56;
    private static final int SIGNATURE = 64;
    private static final int FINGERPRINT = 8;

    public PublicKey {
        if (text.length() != LENGTH || !isValid(text)) {
            throw new IllegalArgumentException(
                    "\"%s\" is not a public key: expected an nkey of 56 characters that begins with O, A or U"
                            .formatted(text.length() > LENGTH ? text.substring(0, LENGTH) : text));
        }
    }

    /// @throws IllegalArgumentException if it is none
    public static PublicKey of(String text) {
        return new PublicKey(text);
    }

    private static boolean isValid(String text) {
        char[] chars = text.toCharArray();
        return switch (text.charAt(0)) {
            case 'O' -> NKey.isValidPublicOperatorKey(chars);
            case 'A' -> NKey.isValidPublicAccountKey(chars);
            case 'U' -> NKey.isValidPublicUserKey(chars);
            default -> false;
        };
    }

    public KeyKind kind() {
        return Arrays.stream(KeyKind.values())
                .filter(kind -> kind.letter() == text.charAt(0))
                .findFirst()
                .orElseThrow();
    }

    /// Whether this is the signature of these bytes by this key. Wrong in any way is false.
    public boolean hasSigned(byte[] data, byte[] signature) {
        if (signature.length != SIGNATURE) {
            return false;
        }
        try {
            return NKey.fromPublicKey(text.toCharArray()).verify(data, signature);
        } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
            return false; // why: whatever it cannot make sense of is not signed
        }
    }

    boolean hasSigned(String data, byte[] signature) {
        return hasSigned(data.getBytes(StandardCharsets.UTF_8), signature);
    }

    /// What people compare on two screens: the first 64 bits of the key's SHA-256, as
    /// `1f2e-3d4c-5b6a-7988`.
    public String fingerprint() {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.US_ASCII));
            String hex = HexFormat.of().formatHex(hash, 0, FINGERPRINT);
            return String.join(
                    "-",
                    hex.substring(0, 4),
                    hex.substring(4, 8),
                    hex.substring(8, 12),
                    hex.substring(12));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    @Override
    public String toString() {
        return text;
    }
}

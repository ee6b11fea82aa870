package io.steward.agent.audit;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/// SHA-256 in base64 (RFC 4648, section 4).
final class Hash {
    private Hash() {}

    static String of(byte[] bytes) {
        return Base64.getEncoder().encodeToString(sha256().digest(bytes));
    }

    /// Of the texts in order, each as its length in bytes (four, the highest first) and its bytes
    /// in UTF-8: two lists that differ have different hashes.
    static String of(List<String> texts) {
        MessageDigest digest = sha256();
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            digest.update(bytes);
        }
        return Base64.getEncoder().encodeToString(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

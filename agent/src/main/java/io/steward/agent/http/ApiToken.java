package io.steward.agent.http;

import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/// The agent's own token: 32 random bytes in base64url, in the file `api-token` of the data folder,
/// which only its owner can read. Who reads it is the agent's user anyway, and may do all.
public final class ApiToken {
    public static final String NAME = "api-token";
    private static final int BYTES = 32;

    /// Who calls with it.
    static final Caller CALLER = new Caller("local", Role.ADMIN);

    private final byte[] token;

    private ApiToken(String token) {
        this.token = token.getBytes(StandardCharsets.UTF_8);
    }

    /// Reads the token of a data folder.
    ///
    /// @throws IOException if there is none, or it may not be read
    public static String read(Path data) throws IOException {
        String token = Files.readString(data.resolve(NAME), StandardCharsets.UTF_8).strip();
        if (token.length() < BYTES) {
            throw new IOException(
                    "%s holds %d characters: expected a token; remove the file and restart the agent"
                            .formatted(data.resolve(NAME), token.length()));
        }
        return token;
    }

    /// The token of the data folder; makes one if there is none.
    static ApiToken of(Path data) throws IOException {
        try {
            return new ApiToken(read(data));
        } catch (NoSuchFileException e) {
            byte[] random = new byte[BYTES];
            new SecureRandom().nextBytes(random);
            String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
            PrivateFile.replace(data.resolve(NAME), token + "\n");
            return new ApiToken(token);
        }
    }

    /// Whether this is its text. Takes the same time however much of it is right.
    boolean is(String text) {
        return MessageDigest.isEqual(text.getBytes(StandardCharsets.UTF_8), token);
    }
}

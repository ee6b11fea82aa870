package io.steward.agent.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The tokens that were made for others, in the file `api-tokens.json` of the data folder, of which
/// no token can be made. What is made or ended here holds from the next request on, and after a
/// power cut. Thread-safe.
final class IssuedTokens {
    static final String FILE = "api-tokens.json";

    /// Before the random part, so that those who look for secrets in files and logs know it.
    static final String PREFIX = "stw_";

    static final int MOST = 1_000;

    private static final int BYTES = 32;

    private final Path file;
    private final InstantSource clock;
    private volatile List<IssuedToken> tokens = List.of();

    /// Those of a data folder; none until they are loaded.
    IssuedTokens(Path data, InstantSource clock) {
        this.file = data.resolve(FILE);
        this.clock = clock;
    }

    /// Reads those that were made before.
    ///
    /// @throws IOException if the file cannot be read, is open to others, or is not as it has to be
    synchronized void load() throws IOException {
        List<IssuedToken> found = new ArrayList<>();
        try {
            byte[] text = PrivateFile.secret(file).getBytes(StandardCharsets.UTF_8);
            for (JsonNode each : Json.read(text).path("tokens")) {
                found.add(IssuedToken.of(each));
            }
        } catch (NoSuchFileException e) {
            // why: none has been made yet
        } catch (JacksonException | IllegalArgumentException | DateTimeException e) {
            throw new IOException(
                    "%s is not as the agent writes it: %s; put it right, or remove it, and make the tokens anew"
                            .formatted(file, e.getMessage()),
                    e);
        }
        tokens = List.copyOf(found);
    }

    /// @param text what its holder shows; kept nowhere
    record Made(IssuedToken token, String text) {
        /// Without the secret.
        @Override
        public String toString() {
            return token.toString();
        }
    }

    /// @param life null for ever
    /// @throws Problem if there is one of that name, or there are too many
    synchronized Made make(String name, Role role, @Nullable Duration life, String by)
            throws IOException {
        IssuedToken.requireName(name);
        if (name.equals(ApiToken.CALLER.name())) {
            throw conflict(
                    "\"%s\" is the name of the agent's own token: give it another".formatted(name));
        }
        if (tokens.stream().anyMatch(token -> token.name().equals(name))) {
            throw conflict(
                    "There is a token \"%s\": end it first, or give this one another name"
                            .formatted(name));
        }
        if (tokens.size() >= MOST) {
            throw conflict("There are %d tokens: end one first".formatted(MOST));
        }
        byte[] random = new byte[BYTES];
        new SecureRandom().nextBytes(random);
        String text = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        Instant now = clock.instant();
        IssuedToken made =
                new IssuedToken(
                        name,
                        role,
                        HexFormat.of().formatHex(hash(text)),
                        now,
                        by,
                        life == null ? null : now.plus(life));
        List<IssuedToken> all = new ArrayList<>(tokens);
        all.add(made);
        keep(all);
        return new Made(made, text);
    }

    /// @return the one that is of no use any more; empty if there is none of the name
    synchronized Optional<IssuedToken> end(String name) throws IOException {
        Optional<IssuedToken> ended =
                tokens.stream().filter(token -> token.name().equals(name)).findFirst();
        if (ended.isPresent()) {
            List<IssuedToken> left = new ArrayList<>(tokens);
            left.remove(ended.get());
            keep(left);
        }
        return ended;
    }

    /// All, in the order in which they were made, also those whose time is over.
    List<IssuedToken> all() {
        return tokens;
    }

    /// The one of which this is the text, also if its time is over. Takes the same time however
    /// much of it is right.
    Optional<IssuedToken> find(String text) {
        byte[] hash = hash(text);
        @Nullable IssuedToken found = null;
        for (IssuedToken token : tokens) {
            if (MessageDigest.isEqual(hash, HexFormat.of().parseHex(token.sha256()))) {
                found = token;
            }
        }
        return Optional.ofNullable(found);
    }

    boolean isExpired(IssuedToken token) {
        return token.isExpired(clock.instant());
    }

    private void keep(List<IssuedToken> all) throws IOException {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("tokens");
        all.forEach(token -> array.add(token.kept()));
        PrivateFile.keep(file, json.toPrettyString() + "\n");
        tokens = List.copyOf(all);
    }

    private static Problem conflict(String detail) {
        return new Problem(409, "It cannot be done as things stand", detail);
    }

    private static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256")
                    .digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}

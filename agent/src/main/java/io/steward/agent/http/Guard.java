package io.steward.agent.http;

import io.avaje.jex.http.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who may call: checks host, origin, token and role of every request before anything else looks at
/// it. Thread-safe.
final class Guard {
    private static final String SCHEME = "Bearer ";

    private static final Set<String> READING = Set.of("GET", "HEAD");

    private final Hosts hosts;
    private final @Nullable ApiToken own;
    private final IssuedTokens tokens;
    private final FailedAttempts failures;

    /// @param own the agent's own token; null where it opens nothing
    Guard(Hosts hosts, @Nullable ApiToken own, IssuedTokens tokens, FailedAttempts failures) {
        this.hosts = hosts;
        this.own = own;
        this.tokens = tokens;
        this.failures = failures;
    }

    /// @param least the role that is needed; null for none, without a token then
    /// @return null where no token is needed
    /// @throws Problem if the request is to be turned away
    @Nullable Caller check(Context context, @Nullable Role least) throws InterruptedException {
        context.header("Cache-Control", "no-store").header("X-Content-Type-Options", "nosniff");
        checkHost(context);
        if (least == null) {
            return null;
        }
        Caller caller = caller(context);
        checkOrigin(context);
        if (!caller.role().includes(least)) {
            throw new Problem(
                    403,
                    "The role of the token is not enough",
                    "The token %s has the role %s: %s %s needs %s"
                            .formatted(
                                    caller.name(),
                                    caller.role().word(),
                                    context.method(),
                                    context.exchange().getRequestURI().getPath(),
                                    least.word()));
        }
        return caller;
    }

    private void checkHost(Context context) {
        List<String> host = context.requestHeaders().getOrDefault("Host", List.of());
        if (!hosts.areAllowed(host)) {
            throw new Problem(
                    421,
                    "The host is not this one",
                    "Host is %s: expected one of %s".formatted(host, hosts.allowed()));
        }
    }

    /// What a page of another site has a browser ask for changes nothing.
    private static void checkOrigin(Context context) {
        if (READING.contains(context.method())) {
            return;
        }
        String origin = context.header("Origin");
        String host = String.valueOf(context.header("Host"));
        String site = context.header("Sec-Fetch-Site");
        boolean own =
                origin == null
                        || origin.equalsIgnoreCase("http://" + host)
                        || origin.equalsIgnoreCase("https://" + host);
        if (!own || "cross-site".equals(site) || "same-site".equals(site)) {
            throw new Problem(
                    403,
                    "The origin is another site",
                    "Origin is %s, Sec-Fetch-Site is %s: expected those of a page of %s, or none"
                            .formatted(origin, site, host));
        }
    }

    private Caller caller(Context context) throws InterruptedException {
        List<String> given = context.requestHeaders().getOrDefault("Authorization", List.of());
        if (given.isEmpty()) {
            throw unauthorized(
                    context,
                    "Expected \"Authorization: Bearer TOKEN\", with a token of \"steward token make\", or here on the machine that of the file %s in the agent's data folder"
                            .formatted(ApiToken.NAME));
        }
        String text =
                given.size() == 1
                                && given.getFirst()
                                        .regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                        ? given.getFirst().substring(SCHEME.length()).strip()
                        : "";
        if (own != null && own.is(text)) {
            return ApiToken.CALLER;
        }
        Optional<IssuedToken> found = tokens.find(text);
        if (found.isPresent() && !tokens.isExpired(found.get())) {
            return found.get().caller();
        }
        Duration wait = failures.count(context.exchange().getRemoteAddress().getAddress());
        if (!wait.isZero()) {
            context.header("Retry-After", Long.toString(wait.toSeconds() + 1))
                    .header("Connection", "close");
            throw new Problem(
                    429,
                    "Too many wrong tokens",
                    "Too many requests came with a token that is none: try again in %d s"
                            .formatted(wait.toSeconds() + 1));
        }
        throw unauthorized(
                context,
                found.map(token ->
                                "The token %s was good until %s: have an admin end it and make another"
                                        .formatted(token.name(), token.expiresAt()))
                        .orElse(
                                given.size() == 1
                                        ? "The token is not known here, or was ended; expected"
                                                + " \"Authorization: Bearer TOKEN\""
                                        : "There are %d headers Authorization: expected one"
                                                .formatted(given.size())));
    }

    private static Problem unauthorized(Context context, String detail) {
        context.header("WWW-Authenticate", "Bearer");
        return new Problem(401, "A token is needed", detail);
    }

    static void answer(Context context, Problem problem) {
        if (problem.status() == 503) {
            context.header("Retry-After", "1");
        }
        context.status(problem.status()).contentType("application/problem+json");
        context.write((problem.body() + "\n").getBytes(StandardCharsets.UTF_8));
    }
}

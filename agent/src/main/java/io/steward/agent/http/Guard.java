package io.steward.agent.http;

import io.avaje.jex.http.Context;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;

/// Who may call: checks the host and the token of every request before anything else looks at it.
final class Guard {
    private final Hosts hosts;
    private final ApiToken token;
    private final Set<String> open;

    /// @param open the paths that need no token
    Guard(Hosts hosts, ApiToken token, Set<String> open) {
        this.hosts = hosts;
        this.token = token;
        this.open = open;
    }

    /// @throws Problem if the request is to be turned away
    void check(Context context) {
        List<String> host = context.requestHeaders().getOrDefault("Host", List.of());
        if (!hosts.areAllowed(host)) {
            throw new Problem(
                    421,
                    "The host is not this one",
                    "Host is %s: expected one of %s".formatted(host, hosts.allowed()));
        }
        String path = context.exchange().getRequestURI().getPath();
        if (!open.contains(path) && !token.isIn(context.header("Authorization"))) {
            context.header("WWW-Authenticate", "Bearer");
            throw new Problem(
                    401,
                    "A token is needed",
                    "Expected \"Authorization: Bearer TOKEN\", with the token in the file %s of the agent's data folder"
                            .formatted(ApiToken.NAME));
        }
    }

    static void answer(Context context, Problem problem) {
        if (problem.status() == 503) {
            context.header("Retry-After", "1");
        }
        context.status(problem.status()).contentType("application/problem+json");
        context.write((problem.body() + "\n").getBytes(StandardCharsets.UTF_8));
    }
}

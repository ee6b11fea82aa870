package io.steward.agent.http;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One route of the API.
///
/// @param path as of RFC 6570: `/v1/messages/{id}`
/// @param least the role that a caller has at least to have; null if no token is needed
/// @param query the query parameters it knows; any other is an error
record Route(String method, String path, @Nullable Role least, Set<String> query, Handler handler) {

    /// Answers one request; may block.
    interface Handler {
        void handle(Call call) throws Exception;
    }

    static Route get(Role least, String path, Handler handler, String... query) {
        return new Route("GET", path, least, Set.of(query), handler);
    }

    static Route post(Role least, String path, Handler handler, String... query) {
        return new Route("POST", path, least, Set.of(query), handler);
    }

    static Route delete(Role least, String path, Handler handler) {
        return new Route("DELETE", path, least, Set.of(), handler);
    }

    /// For probes, which have no token.
    static Route probe(String path, Handler handler) {
        return new Route("GET", path, null, Set.of(), handler);
    }
}

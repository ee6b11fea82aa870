package io.steward.agent.http;

import java.util.Set;

/// One route of the API.
///
/// @param path as of RFC 6570: `/v1/messages/{id}`
/// @param open whether it needs no token
/// @param query the query parameters it knows; any other is an error
record Route(String method, String path, boolean open, Set<String> query, Handler handler) {

    /// Answers one request; may block.
    interface Handler {
        void handle(Call call) throws Exception;
    }

    static Route get(String path, Handler handler, String... query) {
        return new Route("GET", path, false, Set.of(query), handler);
    }

    static Route post(String path, Handler handler, String... query) {
        return new Route("POST", path, false, Set.of(query), handler);
    }

    static Route delete(String path, Handler handler) {
        return new Route("DELETE", path, false, Set.of(), handler);
    }

    /// For probes, which have no token.
    static Route probe(String path, Handler handler) {
        return new Route("GET", path, true, Set.of(), handler);
    }
}

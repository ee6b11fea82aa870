package io.steward.agent.http;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// The names under which the API may be addressed: a page of another site that has its name
/// resolved to this machine (DNS rebinding) is turned away, as its name is none of them.
///
/// @param allowed in lower case, without ports
record Hosts(Set<String> allowed) {

    static Hosts of(String bound) {
        return new Hosts(
                Set.of("localhost", "127.0.0.1", "[::1]").contains(bound)
                        ? Set.of("localhost", "127.0.0.1", "[::1]")
                        : Set.of("localhost", "127.0.0.1", "[::1]", bracketed(bound)));
    }

    /// @param headers the values of all headers `Host`
    boolean areAllowed(List<String> headers) {
        return headers.size() == 1 && allowed.contains(withoutPort(headers.getFirst()));
    }

    private static String withoutPort(String header) {
        String host = header.strip().toLowerCase(Locale.ROOT);
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }

    private static String bracketed(String host) {
        String lower = host.toLowerCase(Locale.ROOT);
        return lower.indexOf(':') >= 0 && !lower.startsWith("[") ? "[" + lower + "]" : lower;
    }
}

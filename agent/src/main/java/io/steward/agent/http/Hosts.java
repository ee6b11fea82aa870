package io.steward.agent.http;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// The names under which the API may be addressed: a page of another site that has its name
/// resolved to this machine (DNS rebinding) is turned away, as its name is none of them.
///
/// @param allowed in lower case, without ports
/// @param anyAddress whether every address may be used too: a browser shows the name of the site
///   here, so whoever shows an address was not led here by a name
record Hosts(Set<String> allowed, boolean anyAddress) {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final Pattern ADDRESS =
            Pattern.compile("\\d{1,3}(?:\\.\\d{1,3}){3}|\\[[0-9a-f:.]+\\]");

    /// @param bound where it listens
    static Hosts of(String bound) {
        Set<String> allowed = new HashSet<>(LOOPBACK);
        allowed.add(bracketed(bound));
        return new Hosts(Set.copyOf(allowed), false);
    }

    /// Of what other machines see.
    ///
    /// @param names by which they call it
    static Hosts remote(String bound, List<String> names) {
        Set<String> allowed = new HashSet<>();
        allowed.add(bracketed(bound));
        names.forEach(name -> allowed.add(name.toLowerCase(Locale.ROOT)));
        return new Hosts(Set.copyOf(allowed), true);
    }

    /// @param headers the values of all headers `Host`
    boolean areAllowed(List<String> headers) {
        if (headers.size() != 1) {
            return false;
        }
        String host = withoutPort(headers.getFirst());
        return allowed.contains(host) || (anyAddress && ADDRESS.matcher(host).matches());
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

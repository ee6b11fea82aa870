package io.steward.agent.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The query of an URL: each parameter known and given once.
final class Query {
    private Query() {}

    /// @param raw as it stands in the URL; null for none
    static Map<String, String> parse(@Nullable String raw, Set<String> known) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (raw == null || raw.isEmpty()) {
            return parameters;
        }
        for (String pair : raw.split("&", -1)) {
            int equals = pair.indexOf('=');
            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
            if (!known.contains(name)) {
                throw Problem.badRequest(
                        "The query parameter \"%s\" is not known here: %s"
                                .formatted(
                                        name,
                                        known.isEmpty()
                                                ? "there are none"
                                                : "expected "
                                                        + String.join(", ", new TreeSet<>(known))));
            }
            if (parameters.put(name, value) != null) {
                throw Problem.badRequest(
                        "The query parameter \"%s\" is there twice".formatted(name));
            }
        }
        return parameters;
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("The query has a bad escape: " + e.getMessage());
        }
    }
}

package io.steward.agent.facts;

import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The facts while they are gathered. What is not known or not valid is left out; of two for one
/// key the first stays. Not thread-safe.
final class Collected {
    private final TreeMap<String, String> values = new TreeMap<>();

    void put(String key, @Nullable String value) {
        if (value != null
                && !value.isBlank()
                && FactKey.isValid(key)
                && values.size() < Facts.MAX_FACTS) {
            values.putIfAbsent(key, value.strip());
        }
    }

    void put(String key, long value) {
        put(key, Long.toString(value));
    }

    void put(String key, boolean value) {
        put(key, Boolean.toString(value));
    }

    /// With commas between them; those for which there is no room are left out whole.
    void put(String key, List<String> items) {
        StringBuilder joined = new StringBuilder();
        for (String item : items) {
            if (joined.length() + 1 + item.length() <= Facts.MAX_VALUE) {
                joined.append(joined.isEmpty() ? "" : ",").append(item);
            }
        }
        put(key, joined.toString());
    }

    Facts facts() {
        return new Facts(values);
    }
}

package io.steward.agent.facts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.Map;
import java.util.Map.Entry;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is known of a machine: a flat map of dotted keys, such as `os.family`, to text. Numbers and
/// booleans are plain text without units; the unit is in the key, as in `memory.mb`. Immutable.
///
/// @param values at most [#MAX_FACTS], sorted by key; control characters of a value are made
///   spaces, and what is longer than [#MAX_VALUE] is cut
public record Facts(SortedMap<String, String> values) {
    /// So many facts at most.
    public static final int MAX_FACTS = 500;

    /// So many characters of a key at most.
    public static final int MAX_KEY = 128;

    /// So many characters of a value at most.
    public static final int MAX_VALUE = 1024;

    /// @throws IllegalArgumentException if there are too many, or a key is not 1 to [#MAX_KEY]
    ///   characters of `a-z 0-9 _ . -`
    public Facts {
        if (values.size() > MAX_FACTS) {
            throw new IllegalArgumentException(
                    values.size() + " facts; expected at most " + MAX_FACTS);
        }
        TreeMap<String, String> copy = new TreeMap<>();
        values.forEach((key, value) -> copy.put(FactKey.checked(key), FactValue.cleaned(value)));
        values = Collections.unmodifiableSortedMap(copy);
    }

    /// @throws IllegalArgumentException as the constructor
    public static Facts of(Map<String, String> values) {
        return new Facts(new TreeMap<>(values));
    }

    /// Reads what [#toJson] wrote, and what others wrote for it: a nested object is flattened with
    /// dots, an array joined with commas, a key made lower case. What has no valid key, is null, or
    /// is beyond [#MAX_FACTS] is left out.
    public static Facts of(ObjectNode json) {
        return FactsJson.read(json);
    }

    /// Null if it is not known.
    public @Nullable String get(String key) {
        return values.get(key);
    }

    /// A flat object with the dotted keys: numbers as numbers, `true` and `false` as booleans, all
    /// else as strings. What is text by its nature stays so though it may look like a number, as
    /// `os.version`.
    public ObjectNode toJson() {
        return FactsJson.write(this);
    }

    /// Whether so much has changed that others should hear of it: there is another key or one less,
    /// a value differs, or one that changes all the time (`*.free`, `*.freemb`, `*.usedpercent`,
    /// `load.*`, `uptime.*`) moved by more than a tenth of its older value, a percentage by more
    /// than 5 points, a load by more than 0.5 too, an uptime by more than a day too. The size of a
    /// disk may move by a hundredth: that of a ZFS file system changes with what others take of its
    /// pool.
    public boolean differsNotably(Facts older) {
        if (!values.keySet().equals(older.values.keySet())) {
            return true;
        }
        for (Entry<String, String> now : values.entrySet()) {
            String was = older.get(now.getKey());
            if (was == null || Movement.isNotable(now.getKey(), was, now.getValue())) {
                return true;
            }
        }
        return false;
    }
}

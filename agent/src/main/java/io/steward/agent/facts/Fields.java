package io.steward.agent.facts;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Lines of the form `name : value`, as in `/proc/meminfo` and `/proc/cpuinfo`; of several with one
/// name the first counts.
final class Fields {
    private Fields() {}

    /// None of null.
    static Map<String, String> of(@Nullable String text) {
        Map<String, String> fields = new HashMap<>();
        if (text != null) {
            text.lines()
                    .forEach(line -> {
                        int colon = line.indexOf(':');
                        if (colon > 0) {
                            fields.putIfAbsent(
                                    line.substring(0, colon).strip(),
                                    line.substring(colon + 1).strip());
                        }
                    });
        }
        return fields;
    }
}

package io.steward.agent.facts;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The file in which a distribution says what it is: os-release(5).
final class OsRelease {
    private static final String DEBIAN = "debian";
    private static final String REDHAT = "redhat";
    private static final String SUSE = "suse";
    private static final Map<String, String> FAMILIES =
            Map.ofEntries(
                    Map.entry("debian", DEBIAN),
                    Map.entry("ubuntu", DEBIAN),
                    Map.entry("raspbian", DEBIAN),
                    Map.entry("rhel", REDHAT),
                    Map.entry("fedora", REDHAT),
                    Map.entry("centos", REDHAT),
                    Map.entry("rocky", REDHAT),
                    Map.entry("almalinux", REDHAT),
                    Map.entry("ol", REDHAT),
                    Map.entry("amzn", REDHAT),
                    Map.entry("suse", SUSE),
                    Map.entry("sles", SUSE),
                    Map.entry("opensuse", SUSE),
                    Map.entry("alpine", "alpine"),
                    Map.entry("arch", "arch"),
                    Map.entry("archarm", "arch"),
                    Map.entry("gentoo", "gentoo"));

    private OsRelease() {}

    static Map<String, String> parse(String text) {
        Map<String, String> values = new HashMap<>();
        for (String line : text.lines().map(String::strip).toList()) {
            int equals = line.indexOf('=');
            if (equals > 0 && line.charAt(0) != '#') {
                values.put(line.substring(0, equals), unquoted(line.substring(equals + 1)));
            }
        }
        return values;
    }

    private static String unquoted(String value) {
        int last = value.length() - 1;
        if (last < 1 || value.charAt(0) != value.charAt(last)) {
            return value;
        }
        return switch (value.charAt(0)) {
            case '\'' -> value.substring(1, last);
            case '"' -> value.substring(1, last).replaceAll("\\\\([\"\\\\$`])", "$1");
            default -> value;
        };
    }

    /// `linux` if it is not named, as the standard says.
    static String id(Map<String, String> os) {
        String id = os.getOrDefault("ID", "");
        return id.isBlank() ? "linux" : id.toLowerCase(Locale.ROOT);
    }

    /// That of the first of ID and ID_LIKE that is known, else the ID.
    static String family(Map<String, String> os) {
        String all = id(os) + " " + os.getOrDefault("ID_LIKE", "");
        for (String each : all.toLowerCase(Locale.ROOT).split("\\s+")) {
            String family = familyOf(each);
            if (family != null) {
                return family;
            }
        }
        return id(os);
    }

    private static @Nullable String familyOf(String id) {
        return id.startsWith("opensuse-") ? SUSE : FAMILIES.get(id);
    }
}

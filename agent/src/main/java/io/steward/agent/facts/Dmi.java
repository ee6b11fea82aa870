package io.steward.agent.facts;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the firmware says of the machine (SMBIOS). Null where it says nothing, or what its maker
/// forgot to fill in.
final class Dmi {
    private static final Set<String> PLACEHOLDERS =
            Set.of(
                    "To Be Filled By O.E.M.",
                    "To be filled by O.E.M.",
                    "Default string",
                    "System manufacturer",
                    "System Product Name",
                    "Not Specified",
                    "None");

    private Dmi() {}

    static @Nullable String vendor(MachineFiles files) {
        return field(files, "sys_vendor");
    }

    static @Nullable String product(MachineFiles files) {
        return field(files, "product_name");
    }

    /// All that may name a hypervisor, one a line.
    static String all(MachineFiles files) {
        StringBuilder all = new StringBuilder();
        for (String name :
                new String[] {"product_name", "sys_vendor", "board_vendor", "bios_vendor"}) {
            String value = field(files, name);
            all.append(value == null ? "" : value).append('\n');
        }
        return all.toString();
    }

    private static @Nullable String field(MachineFiles files, String name) {
        String value = files.line("/sys/class/dmi/id/" + name);
        return value == null || PLACEHOLDERS.contains(value) ? null : value;
    }
}

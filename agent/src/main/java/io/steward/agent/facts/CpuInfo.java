package io.steward.agent.facts;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `/proc/cpuinfo`, which each architecture writes in its own way.
final class CpuInfo {
    /// The first processors are enough; the file of a large machine is long and slow to read.
    private static final int LIMIT = 1 << 14;

    private CpuInfo() {}

    private static Map<String, String> fields(MachineFiles files) {
        return Fields.of(files.text("/proc/cpuinfo", LIMIT));
    }

    static @Nullable String model(MachineFiles files) {
        Map<String, String> fields = fields(files);
        for (String name : List.of("model name", "cpu model", "cpu", "uarch")) {
            String model = fields.get(name);
            if (model != null && !model.isBlank()) {
                return model.replaceAll("\\s+", " ");
            }
        }
        String implementer = fields.get("CPU implementer");
        String part = fields.get("CPU part");
        // ARM tells only numbers
        return implementer == null || part == null ? null : "arm " + implementer + " " + part;
    }

    /// Whether the processor says that it is one of a virtual machine (x86).
    static boolean isVirtual(MachineFiles files) {
        String flags = fields(files).get("flags");
        return flags != null && (" " + flags + " ").contains(" hypervisor ");
    }
}

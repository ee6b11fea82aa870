package io.steward.agent.facts;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Processors and memory: `cpu.*`, `memory.*`, `swap.mb`.
final class HardwareFacts implements FactGroup {
    private static final long KB_IN_MB = 1024;
    private static final long MB = 1 << 20;

    private final MachineFiles files;
    private final Platform platform;

    HardwareFacts(MachineFiles files, Platform platform) {
        this.files = files;
        this.platform = platform;
    }

    @Override
    public void gather(Collected to) {
        to.put("cpu.count", platform.processors());
        to.put("cpu.model", CpuInfo.model(files));
        Map<String, String> memory = Fields.of(files.text("/proc/meminfo"));
        Long total = kb(memory.get("MemTotal"));
        putMb(to, "memory.mb", total);
        putMb(to, "memory.freemb", kb(memory.get("MemAvailable")));
        putMb(to, "swap.mb", kb(memory.get("SwapTotal")));
        Long limit = MemoryLimit.bytes(files);
        if (limit != null && total != null && limit / MB < total / KB_IN_MB) {
            to.put("memory.limit.mb", limit / MB);
        }
    }

    private static void putMb(Collected to, String key, @Nullable Long kb) {
        if (kb != null) {
            to.put(key, kb / KB_IN_MB);
        }
    }

    private static @Nullable Long kb(@Nullable String value) {
        return value == null ? null : FactValue.whole(value.replace(" kB", ""));
    }
}

package io.steward.agent.facts;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the operating system is: `os.*`, `kernel`, `arch`.
final class SystemFacts implements FactGroup {
    private final MachineFiles files;
    private final Platform platform;

    SystemFacts(MachineFiles files, Platform platform) {
        this.files = files;
        this.platform = platform;
    }

    @Override
    public void gather(Collected to) {
        to.put("os.name", name(platform.property("os.name")));
        to.put("arch", arch(platform.property("os.arch")));
        String release = files.line("/proc/sys/kernel/osrelease");
        to.put("kernel", release != null ? release : platform.property("os.version"));
        String text = files.text("/etc/os-release");
        if (text == null) {
            text = files.text("/usr/lib/os-release");
        }
        if (text != null) {
            Map<String, String> os = OsRelease.parse(text);
            to.put("os.family", OsRelease.family(os));
            to.put("os.id", OsRelease.id(os));
            to.put("os.version", os.get("VERSION_ID"));
            to.put("os.codename", os.get("VERSION_CODENAME"));
            to.put("os.pretty", os.get("PRETTY_NAME"));
        }
    }

    private static @Nullable String name(@Nullable String name) {
        if (name == null) {
            return null;
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (lower.startsWith("mac")) {
            return "macos";
        }
        return lower.startsWith("windows") ? "windows" : lower;
    }

    /// The names of Go and of container images.
    private static @Nullable String arch(@Nullable String arch) {
        return switch (arch) {
            case null -> null;
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            case "x86", "i386", "i486", "i586", "i686" -> "386";
            case "arm", "aarch32" -> "arm";
            case "loongarch64" -> "loong64";
            default -> arch.toLowerCase(Locale.ROOT);
        };
    }
}

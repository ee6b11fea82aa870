package io.steward.agent.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Tells one start of the machine from another.
final class BootId {
    private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

    private BootId() {}

    /// The kernel's boot id; elsewhere than on Linux the time at which the oldest process was
    /// started.
    static String read() {
        try {
            return Files.readString(LINUX).strip();
        } catch (IOException e) {
            return ProcessHandle.of(1)
                    .flatMap(first -> first.info().startInstant())
                    .map(Object::toString)
                    .orElse("unknown");
        }
    }
}

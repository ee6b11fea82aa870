package io.steward.campaign.world;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A command of the operating system that is waited for, such as `mount`.
final class Command {
    private Command() {}

    /// @return what it said, without spaces around
    /// @throws IOException if it cannot be started or fails; with what it said
    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        int code = process.waitFor();
        if (code != 0) {
            throw new IOException(
                    "%s ended with %d: %s".formatted(String.join(" ", command), code, said));
        }
        return said;
    }

    /// Whether something is mounted at a folder now.
    static boolean isMounted(Path folder) throws IOException {
        List<String> mounts = Files.readAllLines(Path.of("/proc/self/mounts"));
        String path = folder.toAbsolutePath().toString().replace(" ", "\\040");
        return mounts.stream().anyMatch(line -> line.split(" ", 3)[1].equals(path));
    }

    /// Takes away what is mounted at a folder, whoever uses it.
    static void unmount(Path folder) throws IOException, InterruptedException {
        if (isMounted(folder)) {
            run("umount", "--lazy", folder.toString());
        }
    }
}

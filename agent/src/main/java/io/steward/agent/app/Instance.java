package io.steward.agent.app;

import io.steward.agent.broker.NodeRow;
import io.steward.agent.http.AgentInfo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.UUID;

/// Tells this agent from any other that may have the same name.
final class Instance {
    /// In the data folder: stays the same over restarts.
    static final String FILE = "instance";

    private Instance() {}

    /// @throws IOException if the id cannot be read or kept
    static NodeRow.Agent of(Path data, AgentInfo info) throws IOException {
        return new NodeRow.Agent(
                id(data),
                UUID.randomUUID().toString(),
                host(),
                ProcessHandle.current().pid(),
                data.toAbsolutePath().normalize().toString(),
                info.version(),
                info.startedAt());
    }

    /// What a machine that asks to be a member says of itself.
    static Map<String, String> facts(AgentInfo info) {
        return Map.of(
                "host", host(),
                "os", System.getProperty("os.name", "?"),
                "arch", System.getProperty("os.arch", "?"),
                "version", info.version());
    }

    private static String id(Path data) throws IOException {
        Path file = data.resolve(FILE);
        if (Files.exists(file)) {
            String known = Files.readString(file).strip();
            if (!known.isEmpty()) {
                return known;
            }
        }
        String made = UUID.randomUUID().toString();
        Path temporary = file.resolveSibling(FILE + ".tmp");
        Files.writeString(temporary, made + "\n");
        sync(temporary, StandardOpenOption.WRITE);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        // why: with another id after a power cut this agent would be a stranger to its own name
        sync(data, StandardOpenOption.READ);
        return made;
    }

    private static void sync(Path path, StandardOpenOption how) throws IOException {
        try (FileChannel channel = FileChannel.open(path, how)) {
            channel.force(true);
        }
    }

    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException unknown) {
                return "?";
            }
        }
    }
}

package io.steward.campaign.world;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;

/// The programs that tests start.
public final class Programs {
    private Programs() {}

    /// The product's root folder.
    public static Path root() {
        return Path.of(System.getProperty("steward.root", ".."));
    }

    /// The path of a nats-server, by `bin/nats-server`.
    public static String natsServer() throws IOException, InterruptedException {
        Path script = root().resolve("bin/nats-server");
        Process process =
                new ProcessBuilder(script.toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String path = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IllegalStateException(script + " has found no nats-server");
        }
        return path;
    }
}

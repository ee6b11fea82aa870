package io.steward.campaign.world;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A wall clock of its own for an agent, which can be stepped while the agent runs. Its monotonic
/// clock (`System.nanoTime()`) goes on. By libfaketime. Thread-safe.
public final class FakeTime {
    /// After at most this long a step is seen.
    public static final Duration SEEN_AFTER = Duration.ofSeconds(1);

    private static final Duration FETCHING = Duration.ofMinutes(2);

    private final Path library;
    private final Path file;

    /// A clock that is right.
    ///
    /// @param root the product's root folder, where `bin/libfaketime` is
    /// @param file where it is written how far the clock is off
    /// @throws IOException if libfaketime is not to be had; with the reason
    public FakeTime(Path root, Path file) throws IOException, InterruptedException {
        this.library = library(root);
        this.file = file.toAbsolutePath();
        step(Duration.ZERO);
    }

    /// Why there cannot be one on this machine; empty if there can. May fetch the library.
    public static Optional<String> unavailable(Path root) throws InterruptedException {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return Optional.of("this is not Linux");
        }
        try {
            library(root);
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    private static Path library(Path root) throws IOException, InterruptedException {
        Path why = Files.createTempFile("libfaketime", ".txt");
        try {
            Process process =
                    new ProcessBuilder(root.resolve("bin/libfaketime").toString())
                            .redirectError(why.toFile())
                            .start();
            String path = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
            if (!process.waitFor(FETCHING.toSeconds(), TimeUnit.SECONDS)
                    || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException(Files.readString(why).strip());
            }
            return Path.of(path);
        } finally {
            Files.delete(why);
        }
    }

    /// Has an agent live by this clock, from its next start.
    public AgentNode give(AgentNode agent) {
        return agent.withVariable("LD_PRELOAD", library.toString())
                .withVariable("FAKETIME_TIMESTAMP_FILE", file.toString())
                .withVariable("FAKETIME_CACHE_DURATION", Long.toString(SEEN_AFTER.toSeconds()))
                .withVariable("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                // why: its mend for monotonic waits makes each of them end at once: all spins
                .withVariable("FAKETIME_FORCE_MONOTONIC_FIX", "0")
                .withVariable("DONT_FAKE_MONOTONIC", "1")
                .withVariable("NO_FAKE_STAT", "1");
    }

    /// Puts the clock so far ahead of the machine's, whole seconds; negative for behind.
    public void step(Duration ahead) throws IOException {
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, "%+d".formatted(ahead.toSeconds()));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}

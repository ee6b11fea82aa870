package io.steward.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A program that runs as long as it is measured, and never longer than this one. Used by one
/// thread.
final class Child implements AutoCloseable {
    private final Process process;
    private final Thread onExit;

    private Child(Process process) {
        this.process = process;
        this.onExit = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(onExit);
    }

    /// @param log where its output is added
    static Child start(ProcessBuilder builder, Path log) throws IOException {
        return new Child(
                builder.redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start());
    }

    /// Starts one that is talked to, by [#ask] and [#readLine].
    ///
    /// @param log where its errors are added
    static Child talkingTo(ProcessBuilder builder, Path log) throws IOException {
        return new Child(
                builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start());
    }

    /// The next line that it writes; blocks.
    ///
    /// @throws IOException if it has ended
    String readLine() throws IOException {
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        String line = lines.readLine();
        if (line == null) {
            throw new IOException("process " + pid() + " has ended; see its log");
        }
        return line;
    }

    /// Writes a line to it, and waits for the one that it answers.
    String ask(String line) throws IOException {
        OutputStream out = process.getOutputStream();
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        return readLine();
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// Its resident memory in MiB; 0 where there is no `/proc`.
    static long memory(long pid) throws IOException {
        return status(pid, "VmRSS:") / 1024;
    }

    /// How many threads it has; 0 where there is no `/proc`.
    static long threads(long pid) throws IOException {
        return status(pid, "Threads:");
    }

    private static long status(long pid, String name) throws IOException {
        Path status = Path.of("/proc/" + pid + "/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElse(0);
    }

    /// The time that its threads have had a CPU.
    static Duration cpu(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().totalCpuDuration())
                .orElse(Duration.ZERO);
    }

    /// Ends it with SIGTERM, and with SIGKILL after 20 seconds.
    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(onExit);
    }
}

package io.steward.campaign.world;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// A program as a process of its own, which never lives longer than this one. Used by one thread.
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

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /// SIGKILL; returns after it has ended.
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
        forget();
    }

    /// SIGTERM; returns after it has ended.
    ///
    /// @return whether it ended within `grace`; else it still runs
    boolean terminate(Duration grace) throws InterruptedException {
        process.destroy();
        boolean ended = process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS);
        if (ended) {
            forget();
        }
        return ended;
    }

    /// SIGSTOP.
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /// SIGCONT.
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String name) throws IOException, InterruptedException {
        Process kill =
                new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                        .inheritIO()
                        .start();
        if (kill.waitFor() != 0 && process.isAlive()) {
            throw new IOException("kill -%s %d failed".formatted(name, process.pid()));
        }
    }

    private void forget() {
        try {
            Runtime.getRuntime().removeShutdownHook(onExit);
        } catch (IllegalStateException _) {
            // the hook is just being run
        }
    }

    /// SIGKILL, if it runs.
    @Override
    public void close() {
        process.destroyForcibly();
        boolean interrupted = false;
        while (true) {
            try {
                process.waitFor();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        forget();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

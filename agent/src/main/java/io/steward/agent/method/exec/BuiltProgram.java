package io.steward.agent.method.exec;

import io.steward.agent.method.Cancellation;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// One program of [BuilderRunner], on the thread of the caller. Its output is only read where some
/// is there: a read that waits could neither be ended nor be left alone, should a child of the
/// program keep the output open.
final class BuiltProgram {
    private static final long SHORTEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(25);
    private static final int READ_SIZE = 64 * 1024;
    private static final int SIGNALLED = 128;

    private final ProcessTable table;
    private final Request request;
    private final String file;
    private final Cancellation cancellation;
    private final long start;
    private final Capture out;
    private final Capture err;
    private final byte[] buffer = new byte[READ_SIZE];
    private volatile boolean closing;

    BuiltProgram(
            ProcessTable table,
            Request request,
            String file,
            Cancellation cancellation,
            long start) {
        this.file = file;
        this.table = table;
        this.request = request;
        this.cancellation = cancellation;
        this.start = start;
        this.out = new Capture(request.outputCap(), request.mask());
        this.err = new Capture(request.outputCap(), request.mask());
    }

    /// Has the program ended soon, without grace. From any thread.
    void close() {
        closing = true;
    }

    Result run() {
        Process process;
        try {
            process = start();
        } catch (IOException e) {
            return Result.notStarted("cannot be started: " + e.getMessage(), took());
        }
        SpoolOfOne spool = new SpoolOfOne(request);
        try (InputStream stdout = process.getInputStream();
                InputStream stderr = process.getErrorStream()) {
            Ending.@Nullable Why why = await(process, stdout, stderr, spool);
            boolean interrupted = why != null && Thread.interrupted();
            int survivors = why == null ? 0 : end(process);
            long until = System.nanoTime() + ProcessRunner.OUTPUT_AFTER_EXIT.toNanos();
            boolean more = true;
            while (more && System.nanoTime() - until < 0) {
                more = readBoth(stdout, stderr);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            return result(ending(process, why, survivors));
        } catch (IOException e) {
            return result(new Ending.NotStarted("how it ended is not known: " + e.getMessage()));
        } finally {
            spool.discard();
        }
    }

    private Process start() throws IOException {
        List<String> command = new ArrayList<>(request.command());
        command.set(0, file); // else the JDK would look on the agent's own PATH
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.directory(request.workingFolder().toFile());
        builder.environment().clear();
        builder.environment().putAll(request.environment());
        builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        return builder.start();
    }

    /// @return null if it ended by itself
    private Ending.@Nullable Why await(
            Process process, InputStream stdout, InputStream stderr, SpoolOfOne spool)
            throws IOException {
        long deadline = start + RunningProgram.nanos(request.timeout());
        long pause = SHORTEST_PAUSE;
        while (true) {
            boolean read = readBoth(stdout, stderr);
            if (!process.isAlive()) {
                return null;
            }
            Ending.Why why = unwanted();
            long now = System.nanoTime();
            if (why != null || now - deadline >= 0) {
                return why == null ? Ending.Why.TIMED_OUT : why;
            }
            if (now - start > request.spoolAfter()) {
                spool.update((o, e) -> new byte[][] {out.from(o), err.from(e)});
            }
            pause = read ? SHORTEST_PAUSE : Math.min(pause * 2, LONGEST_PAUSE);
            try {
                if (!read) {
                    boolean ignored =
                            process.waitFor(Math.min(pause, deadline - now), TimeUnit.NANOSECONDS);
                } else if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            } catch (InterruptedException e) {
                why = unwanted();
                Thread.currentThread().interrupt();
                return why == null ? Ending.Why.INTERRUPTED : why;
            }
        }
    }

    private boolean readBoth(InputStream stdout, InputStream stderr) throws IOException {
        boolean some = read(stdout, out);
        return read(stderr, err) || some;
    }

    /// @return whether there was something
    private boolean read(InputStream from, Capture into) throws IOException {
        int ready;
        try {
            ready = from.available();
        } catch (IOException closed) {
            return false;
        }
        if (ready <= 0) {
            return false;
        }
        int count = from.read(buffer, 0, Math.min(ready, READ_SIZE));
        if (count > 0) {
            into.add(MemorySegment.ofArray(buffer), count);
        }
        return count > 0;
    }

    private Ending.@Nullable Why unwanted() {
        Cancellation.Cause cause = cancellation.cause();
        if (cause != null) {
            return switch (cause) {
                case CANCELLED -> Ending.Why.CANCELLED;
                case SHUTDOWN -> Ending.Why.SHUTDOWN;
            };
        }
        return closing ? Ending.Why.SHUTDOWN : null;
    }

    private int end(Process process) {
        ProcessTree tree = ProcessTree.of(table, signal -> {}, request.id(), process.pid());
        int survivors = tree.end(closing ? Duration.ZERO : request.killGrace());
        if (survivors == 0) {
            Threads.uninterruptibly(
                    nanos -> process.waitFor(nanos, TimeUnit.NANOSECONDS),
                    ProcessTree.KILL_LIMIT.toNanos());
        }
        return survivors;
    }

    private static Ending ending(Process process, Ending.@Nullable Why why, int survivors) {
        int code = process.isAlive() ? 0 : process.exitValue();
        @Nullable String signal =
                code > SIGNALLED && Signals.isKnown(code - SIGNALLED)
                        ? Signals.name(code - SIGNALLED)
                        : null;
        if (why != null) {
            return new Ending.Ended(why, signal, survivors);
        }
        return signal == null ? new Ending.Exited(code) : new Ending.Signalled(signal);
    }

    private Result result(Ending ending) {
        out.end();
        err.end();
        return new Result(ending, out.output(), err.output(), out.isCut() || err.isCut(), took());
    }

    private Duration took() {
        return BuilderRunner.took(start);
    }
}

package io.steward.agent.method.exec;

import io.steward.agent.method.Cancellation;
import io.steward.messages.Output;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Follows one program from its start to its end, on the thread of the caller.
final class Follower {

    private final Libc libc;
    private final ProcessTable table;
    private final Request request;
    private final Cancellation cancellation;
    private final long start = System.nanoTime();
    private volatile boolean closing;
    private volatile @Nullable RunningProgram running;

    Follower(Libc libc, ProcessTable table, Request request, Cancellation cancellation) {
        this.libc = libc;
        this.table = table;
        this.request = request;
        this.cancellation = cancellation;
    }

    /// Has the program ended at once, without grace. From any thread.
    void close() {
        closing = true;
        wake();
    }

    private void wake() {
        RunningProgram program = running;
        if (program != null) {
            program.wake();
        }
    }

    Result follow(Spawner.Started started) {
        if (started.program().isEmpty()) {
            return Result.notStarted(started.problem(), took());
        }
        RunningProgram program = started.program().get();
        running = program;
        cancellation.onCancel(this::wake);
        SpoolOfOne spool = new SpoolOfOne(request);
        try {
            Ending.@Nullable Why why = await(program, spool);
            boolean interrupted = why != null && Thread.interrupted();
            int survivors = why == null ? 0 : end(program);
            program.awaitOutputEnd(ProcessRunner.OUTPUT_AFTER_EXIT.toNanos());
            int status = program.reap();
            if (interrupted || why == Ending.Why.INTERRUPTED) {
                Thread.currentThread().interrupt();
            }
            return result(program, ending(status, why, survivors));
        } catch (IOException e) {
            return result(
                    program, new Ending.NotStarted("how it ended is not known: " + e.getMessage()));
        } finally {
            spool.discard();
        }
    }

    /// Waits for its end, or for a reason to end it.
    ///
    /// @return null if it ended by itself
    private Ending.@Nullable Why await(RunningProgram program, SpoolOfOne spool) {
        long deadline = start + RunningProgram.nanos(request.timeout());
        long spoolFrom = start + request.spoolAfter();
        while (true) {
            if (program.hasExited()) {
                return null;
            }
            Ending.Why why = unwanted();
            long now = System.nanoTime();
            if (why != null || now - deadline >= 0) {
                return why == null ? Ending.Why.TIMED_OUT : why;
            }
            boolean spooling = now - spoolFrom >= 0;
            if (spooling) {
                spool.update(program::printedFrom);
            }
            try {
                long left = deadline - now;
                program.await(spooling ? left : Math.min(left, spoolFrom - now), spooling);
            } catch (InterruptedException e) {
                why = unwanted();
                Thread.currentThread().interrupt();
                return why == null ? Ending.Why.INTERRUPTED : why;
            }
        }
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

    private int end(RunningProgram program) {
        ProcessTree tree =
                ProcessTree.of(
                        table,
                        signal -> libc.kill(-program.pid(), signal),
                        request.id(),
                        program.pid());
        return tree.end(closing ? Duration.ZERO : request.killGrace());
    }

    private static Ending ending(int status, Ending.@Nullable Why why, int survivors) {
        int signal = status < 0 ? 0 : status & 0x7f;
        if (why != null) {
            return new Ending.Ended(why, signal == 0 ? null : Signals.name(signal), survivors);
        }
        return signal == 0
                ? new Ending.Exited(status >> 8 & 0xff)
                : new Ending.Signalled(Signals.name(signal));
    }

    /// The result of a program that was given up while it was being started.
    Result ended(Ending.Why why) {
        return new Result(
                new Ending.Ended(why, null, 0), Output.EMPTY, Output.EMPTY, false, took());
    }

    private Result result(RunningProgram program, Ending ending) {
        return new Result(
                ending, program.stdout(), program.stderr(), program.isTruncated(), took());
    }

    private Duration took() {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}

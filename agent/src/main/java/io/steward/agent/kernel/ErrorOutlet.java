package io.steward.agent.kernel;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.event.Level;

/// Where error reports leave the kernel: the log, and the sink on a thread of its own, so that a
/// slow sink holds nobody up. Thread-safe.
///
/// The sink gets at most 20 a second, and the log 200 more; how many were left out, because they
/// were more or because the sink was too slow to take them, it learns from a report of its own.
/// What the sink itself reports while it handles a report is logged and kept, but does not come
/// back to it; what it throws is logged once, until it has worked again.
final class ErrorOutlet {
    static final int PER_SECOND = 20;
    static final int LOGGED_PER_SECOND = 200;
    static final int QUEUE = 256;
    static final String LEFT_OUT = "passing error reports on";

    private static final Duration WINDOW = Duration.ofSeconds(1);
    private static final Duration LAST_WAIT = Duration.ofSeconds(5);
    private static final ErrorReport END =
            new ErrorReport("", Severity.WARNING, "", "", Instant.EPOCH, Instant.EPOCH, 0);

    private final Time time;
    private final String rootPath;
    private final Consumer<ErrorReport> sink;
    private final Logger log;
    private final BlockingQueue<ErrorReport> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Thread thread;

    // Guarded by this:
    private final RateLimit limit = new RateLimit(PER_SECOND, WINDOW);
    private final RateLimit logLimit = new RateLimit(LOGGED_PER_SECOND, WINDOW);
    private long leftOut;
    private @Nullable Instant leftOutSince;
    private Time.@Nullable Timer summary;
    private boolean closed;

    /// Of the sink's thread: the last call has failed.
    private boolean sinkFails;

    ErrorOutlet(
            Time time, Threads threads, String rootPath, Consumer<ErrorReport> sink, Logger log) {
        this.time = time;
        this.rootPath = rootPath;
        this.sink = sink;
        this.log = log;
        thread = threads.create("steward/errors", this::feedSink);
        thread.start();
    }

    /// @param thrown for the log; null if there is none
    void pass(ErrorReport report, @Nullable Throwable thrown) {
        boolean goesOn = !thread.equals(Thread.currentThread()) && admit(report);
        // In a flood a line for each must do, without the stack, and then none; but what comes of
        // the flood is not lost in it.
        if (goesOn || report.isOfSupervisor() || mayLog()) {
            log(report, goesOn ? thrown : null);
        }
    }

    private synchronized boolean mayLog() {
        return logLimit.admit(time.nanos());
    }

    /// @return whether the sink will get it
    private synchronized boolean admit(ErrorReport report) {
        if (closed) {
            return false;
        }
        long now = time.nanos();
        if (limit.admit(now) && queue.offer(report)) {
            return true;
        }
        leftOut++;
        if (leftOutSince == null) {
            leftOutSince = report.last();
        }
        if (summary == null) {
            summary = time.after(Duration.ofNanos(limit.nanosLeft(now)), this::summarise);
        }
        return false;
    }

    private void summarise() {
        ErrorReport report;
        synchronized (this) {
            summary = null;
            Instant since = leftOutSince;
            if (since == null) {
                return;
            }
            report =
                    new ErrorReport(
                            rootPath,
                            Severity.WARNING,
                            LEFT_OUT,
                            leftOut
                                    + " error reports were left out, as there were more than "
                                    + PER_SECOND
                                    + " in a second; the node keeps the last "
                                    + ErrorBook.KEPT,
                            since,
                            time.now(),
                            leftOut);
            if (!queue.offer(report)) {
                if (!closed) {
                    summary = time.after(WINDOW, this::summarise);
                }
                return;
            }
            leftOut = 0;
            leftOutSince = null;
        }
        log(report, null);
    }

    private void log(ErrorReport report, @Nullable Throwable thrown) {
        Level level = report.severity() == Severity.WARNING ? Level.WARN : Level.ERROR;
        var line =
                log.atLevel(level)
                        .addArgument(report.process())
                        .addArgument(report.doing())
                        .addArgument(report.cause());
        if (report.count() > 1) {
            line.addArgument(report.count())
                    .addArgument(report.first())
                    .log("{}: {}: {} ({} times since {})");
        } else if (thrown != null && (level == Level.ERROR || log.isDebugEnabled())) {
            line.setCause(LoggedError.of(thrown)).log("{}: {}: {}");
        } else {
            line.log("{}: {}: {}");
        }
    }

    private void feedSink() {
        try {
            for (ErrorReport next = queue.take(); !next.equals(END); next = queue.take()) {
                handOver(next);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handOver(ErrorReport report) {
        try {
            sink.accept(report);
            sinkFails = false;
        } catch (Throwable t) {
            if (!sinkFails) {
                log.error(
                        "The sink of the error reports fails; this is said once until it works"
                                + " again. The report was {}",
                        report,
                        t);
            }
            sinkFails = true;
        }
    }

    /// Returns when the sink has handled what was passed on, or has been interrupted after 5 s.
    void close() {
        synchronized (this) {
            closed = true;
            if (summary != null) {
                summary.cancel();
            }
        }
        summarise();
        while (!queue.offer(END)) {
            if (Threads.join(thread, LAST_WAIT)) {
                return;
            }
            queue.poll();
        }
        if (!Threads.join(thread, LAST_WAIT)) {
            thread.interrupt();
            if (!Threads.join(thread, LAST_WAIT)) {
                log.error("The sink of the error reports hangs; its thread is left behind");
            }
        }
    }
}

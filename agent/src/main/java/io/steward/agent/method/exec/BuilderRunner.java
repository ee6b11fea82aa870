package io.steward.agent.method.exec;

import io.steward.agent.method.Cancellation;
import io.steward.messages.MessageId;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// Runs programs with the JDK's [ProcessBuilder], where `posix_spawn` cannot be used. Slower (about
/// twice the time for a start; output is looked for every few milliseconds), and knows less: a
/// program that exits with 128 + n looks as if signal n had ended it, and what its children print
/// after its end is lost. Programs share the agent's session and terminal.
final class BuilderRunner implements ProcessRunner {
    private final ProcessTable table = new ProcessTable();
    private final ProgramPath programs = new ProgramPath(BuilderRunner::mayExecute);
    private final Set<BuiltProgram> running = new HashSet<>();
    private boolean closing;

    @Override
    public Result run(Request request, Cancellation cancellation) {
        long start = System.nanoTime();
        ProgramPath.Found found = programs.find(request);
        String problem =
                found.file().isPresent() ? unencodable(request).orElse("") : found.problem();
        if (!problem.isEmpty()) {
            return Result.notStarted(problem, took(start));
        }
        BuiltProgram program =
                new BuiltProgram(table, request, found.file().orElseThrow(), cancellation, start);
        synchronized (this) {
            if (closing) {
                return Result.notStarted("the agent is stopping", Duration.ZERO);
            }
            running.add(program);
        }
        try {
            return program.run();
        } finally {
            synchronized (this) {
                running.remove(program);
                notifyAll();
            }
        }
    }

    @Override
    public Swept killLeftovers(MessageId id, Duration grace) {
        return ProcessTree.sweep(table, id, grace);
    }

    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            running.forEach(BuiltProgram::close);
        }
        Threads.uninterruptibly(nanos -> awaitAll(), Long.MAX_VALUE);
        table.close();
    }

    private synchronized void awaitAll() throws InterruptedException {
        while (!running.isEmpty()) {
            wait();
        }
    }

    /// 0 if the file may be executed, else an error number of [Errno].
    static int mayExecute(String file) {
        try {
            Path path = Path.of(file);
            if (!Files.exists(path)) {
                return Errno.ENOENT;
            }
            return Files.isExecutable(path) ? 0 : Errno.EACCES;
        } catch (InvalidPathException e) {
            return Errno.ENOENT;
        }
    }

    /// The JDK gives programs their arguments in the encoding of the locale, and would put `?` for
    /// what that has not.
    private static Optional<String> unencodable(Request request) {
        Charset charset = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
        for (String argument : request.command()) {
            if (!charset.newEncoder().canEncode(argument)) {
                return Optional.of(
                        "cannot be started: an argument has characters that are not in %s; start the agent with LANG=C.UTF-8"
                                .formatted(charset));
            }
        }
        return Optional.empty();
    }

    static Duration took(long start) {
        return Duration.ofNanos(System.nanoTime() - start);
    }
}

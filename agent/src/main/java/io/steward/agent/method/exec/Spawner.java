package io.steward.agent.method.exec;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Starts programs with `posix_spawn`. Thread-safe. Blocks until the program is loaded from its
/// disk, so it is not for virtual threads.
final class Spawner {
    private static final long REAP_PAUSE = 1_000_000;

    private final Libc libc;
    private final Poller poller;
    private final ProgramPath programs;

    Spawner(Libc libc, Poller poller) {
        this.libc = libc;
        this.poller = poller;
        this.programs = new ProgramPath(libc::mayExecute);
    }

    /// @param program set if it was started
    /// @param problem set if not
    record Started(Optional<RunningProgram> program, String problem) {}

    Started start(Request request) {
        ProgramPath.Found found = programs.find(request);
        if (found.file().isEmpty()) {
            return problem(found.problem());
        }
        try {
            return start(request, found.file().get());
        } catch (IOException e) {
            return problem("cannot be started: " + e.getMessage());
        }
    }

    private Started start(Request request, String file) throws IOException {
        int[] out = libc.pipe();
        int[] err;
        try {
            err = libc.pipe();
        } catch (IOException e) {
            close(out);
            throw e;
        }
        SpawnCalls.Spawned spawned =
                libc.spawn()
                        .spawn(
                                file,
                                request.command(),
                                environment(request.environment()),
                                request.workingFolder().toString(),
                                out[1],
                                err[1]);
        libc.close(out[1]);
        libc.close(err[1]);
        if (spawned.errno() != 0) {
            libc.close(out[0]);
            libc.close(err[0]);
            return problem(reason(spawned.errno(), file));
        }
        return follow(request, spawned.pid(), out[0], err[0]);
    }

    private Started follow(Request request, int pid, int out, int err) throws IOException {
        int pidfd;
        try {
            pidfd = libc.pidfdOpen(pid);
        } catch (IOException e) {
            libc.close(out);
            libc.close(err);
            undo(pid);
            throw e;
        }
        RunningProgram program =
                new RunningProgram(
                        libc, poller, pid, pidfd, out, err, request.outputCap(), request.mask());
        try {
            program.watch();
        } catch (IOException e) {
            libc.kill(-pid, Signals.KILL);
            program.reap();
            throw e;
        }
        return new Started(Optional.of(program), "");
    }

    /// Ends and reaps a program that cannot be followed.
    private void undo(int pid) throws IOException {
        libc.kill(-pid, Signals.KILL);
        while (libc.reap(pid) < 0) {
            Threads.sleep(REAP_PAUSE);
        }
    }

    private void close(int[] pipe) {
        libc.close(pipe[0]);
        libc.close(pipe[1]);
    }

    private String reason(int errno, String file) {
        return switch (errno) {
            case Errno.ENOENT, Errno.ENOTDIR ->
                    "cannot be started: the interpreter that %s names in its first line is not there"
                            .formatted(file);
            case Errno.ENOEXEC ->
                    "not executable: %s is neither a program nor a script with a #! line"
                            .formatted(file);
            case Errno.EACCES -> "not executable: %s: permission denied".formatted(file);
            default -> "%s cannot be started: %s".formatted(file, libc.error(errno));
        };
    }

    private static List<String> environment(Map<String, String> environment) {
        return environment.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
    }

    private static Started problem(String problem) {
        return new Started(Optional.empty(), problem);
    }
}

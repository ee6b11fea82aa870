package io.steward.agent.method.exec;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.ToIntFunction;

/// Finds the file of a program as `execvp` does, and says in words why there is none.
final class ProgramPath {
    private final ToIntFunction<String> mayExecute;

    /// @param mayExecute 0 if the file may be executed, else an error number of [Errno]
    ProgramPath(ToIntFunction<String> mayExecute) {
        this.mayExecute = mayExecute;
    }

    /// @param file set if it was found
    /// @param problem set if not
    record Found(Optional<String> file, String problem) {
        static Found problem(String problem) {
            return new Found(Optional.empty(), problem);
        }
    }

    /// Looks for the program of `request`, after what can be wrong with the rest of it.
    Found find(Request request) {
        if (request.command().isEmpty() || request.command().getFirst().isEmpty()) {
            return Found.problem("no program given");
        }
        for (int i = 0; i < request.command().size(); i++) {
            if (request.command().get(i).indexOf('\0') >= 0) {
                return Found.problem(
                        "argument %d contains a NUL character, which no program can be given"
                                .formatted(i));
            }
        }
        if (!Files.isDirectory(request.workingFolder())) {
            return Found.problem(
                    "the working folder %s is not there".formatted(request.workingFolder()));
        }
        String program = request.command().getFirst();
        return program.indexOf('/') >= 0 ? direct(request, program) : onPath(request, program);
    }

    private Found direct(Request request, String program) {
        String file = program.startsWith("/") ? program : request.workingFolder() + "/" + program;
        return switch (mayExecute.applyAsInt(file)) {
            case 0 -> directory(file) ? notExecutable(file) : found(file);
            case Errno.EACCES -> notExecutable(file);
            default -> Found.problem("no such program: %s".formatted(file));
        };
    }

    private Found onPath(Request request, String program) {
        String path = request.environment().getOrDefault("PATH", "");
        String refused = null;
        for (String folder : path.split(":", -1)) {
            if (folder.isEmpty()) {
                continue; // would be the working folder, where anybody may have put anything
            }
            String inside =
                    folder.startsWith("/") ? folder : request.workingFolder() + "/" + folder;
            String file = inside + "/" + program;
            int error = mayExecute.applyAsInt(file);
            if (error == 0 && !directory(file)) {
                return found(file);
            }
            if ((error == 0 || error == Errno.EACCES) && refused == null) {
                refused = file;
            }
        }
        return refused == null
                ? Found.problem("no such program: %s is not in PATH".formatted(program))
                : notExecutable(refused);
    }

    private static Found found(String file) {
        return new Found(Optional.of(file), "");
    }

    private static Found notExecutable(String file) {
        return Found.problem(
                directory(file)
                        ? "not executable: %s is a folder".formatted(file)
                        : "not executable: %s: permission denied".formatted(file));
    }

    private static boolean directory(String file) {
        try {
            return Files.isDirectory(Path.of(file));
        } catch (InvalidPathException e) {
            return false;
        }
    }
}

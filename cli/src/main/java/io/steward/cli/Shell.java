package io.steward.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a command was started in.
///
/// @param folder the working folder, absolute
/// @param outIsTerminal whether a person sees `out` as it is printed
/// @param program what stands behind `--` on the command line; empty if there is none
/// @param hasProgram whether there is a `--`
record Shell(
        PrintStream out,
        PrintStream err,
        InputStream in,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Map<String, String> environment,
        Path folder,
        List<String> program,
        boolean hasProgram) {

    Shell with(List<String> newProgram) {
        return new Shell(
                out,
                err,
                in,
                outIsTerminal,
                errIsTerminal,
                environment,
                folder,
                List.copyOf(newProgram),
                true);
    }

    /// Whether to use colour: on a terminal, unless NO_COLOR (https://no-color.org) is set.
    boolean color() {
        return outIsTerminal && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /// How the program is called in hints.
    String self() {
        return environment.getOrDefault("STEWARD_SELF", "steward");
    }

    /// Prints JSON and a line end. It means what it did; on a terminal it does nothing.
    void json(Object document) {
        out.println(Visible.json(document.toString()));
    }

    void say(String line) {
        out.println(outIsTerminal ? Visible.of(line) : line);
    }

    void warn(String line) {
        err.println("steward: " + (errIsTerminal ? Visible.of(line) : line));
    }
}

package io.steward.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// The program `steward`.
public final class Main {
    private static final int BUFFER = 8 * 1024;

    private Main() {}

    /// Ends the JVM with one of the exit codes of [Exit].
    public static void main(String[] arguments) {
        int exit = Cli.run(shell(), arguments);
        // Everything is closed by now; exit() would load the logging of the JDK to say that it is
        // called.
        Runtime.getRuntime().halt(exit);
    }

    /// The launcher says with system properties which streams are terminals: the JDK cannot tell
    /// them apart.
    private static Shell shell() {
        return new Shell(
                stream(FileDescriptor.out),
                stream(FileDescriptor.err),
                System.in,
                Boolean.getBoolean("steward.out.terminal"),
                Boolean.getBoolean("steward.err.terminal"),
                System.getenv(),
                Path.of("").toAbsolutePath(),
                List.of(),
                false);
    }

    private static PrintStream stream(FileDescriptor descriptor) {
        return new PrintStream(
                new java.io.BufferedOutputStream(new FileOutputStream(descriptor), BUFFER),
                true,
                StandardCharsets.UTF_8);
    }
}

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
    private static final int CARRIERS = 32;

    private Main() {}

    /// Ends the JVM with one of the exit codes of [Exit].
    public static void main(String[] arguments) {
        enoughCarriers();
        int exit = Cli.run(shell(), arguments);
        // Everything is closed by now; exit() would load the logging of the JDK to say that it is
        // called.
        Runtime.getRuntime().halt(exit);
    }

    /// A virtual thread that loads a class keeps its carrier while it waits for a lock. On a
    /// machine with few cores all carriers may wait so for one that has a lock and waits itself for
    /// one that was handed to a virtual thread without a carrier: then the agent stands still for
    /// ever, as JDK 25 makes no more carriers for that. To be called before there is any virtual
    /// thread.
    private static void enoughCarriers() {
        String key = "jdk.virtualThreadScheduler.parallelism";
        if (System.getProperty(key) == null) {
            int cores = Runtime.getRuntime().availableProcessors();
            System.setProperty(key, Integer.toString(Math.max(CARRIERS, cores)));
        }
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

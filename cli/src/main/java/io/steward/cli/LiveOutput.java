package io.steward.cli;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Where the output of nodes is printed as it comes: of one node as it is, of several in whole
/// lines with the node's name before them. Thread-safe.
final class LiveOutput {
    /// A line that is longer is printed in parts.
    private static final int LONGEST_LINE = 64 * 1024;

    private record Source(String node, boolean stderr) {}

    private final Shell shell;
    private final boolean several;
    private final Map<Source, ByteArrayOutputStream> lines = new HashMap<>();

    LiveOutput(Shell shell, boolean several) {
        this.shell = shell;
        this.several = several;
    }

    synchronized void print(String node, boolean stderr, byte[] bytes) {
        if (!several) {
            write(stderr, bytes);
            return;
        }
        Source source = new Source(node, stderr);
        ByteArrayOutputStream line =
                lines.computeIfAbsent(source, _ -> new ByteArrayOutputStream());
        for (byte each : bytes) {
            if (each != '\n') {
                line.write(each);
            }
            if (each == '\n' || line.size() >= LONGEST_LINE) {
                line(source, line);
            }
        }
    }

    /// Prints lines that have no end.
    synchronized void end(String node) {
        lines.forEach((source, line) -> {
            if (source.node().equals(node) && line.size() > 0) {
                line(source, line);
            }
        });
    }

    synchronized void warn(String text) {
        shell.out().flush();
        shell.warn(text);
        shell.err().flush();
    }

    private void line(Source source, ByteArrayOutputStream line) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.writeBytes((source.node() + ": ").getBytes(StandardCharsets.UTF_8));
        whole.writeBytes(line.toByteArray());
        whole.write('\n');
        line.reset();
        write(source.stderr(), whole.toByteArray());
    }

    private void write(boolean stderr, byte[] bytes) {
        PrintStream to = stderr ? shell.err() : shell.out();
        if (stderr ? shell.errIsTerminal() : shell.outIsTerminal()) {
            to.print(Visible.of(new String(bytes, StandardCharsets.UTF_8)));
        } else {
            to.write(bytes, 0, bytes.length);
        }
        to.flush();
    }
}

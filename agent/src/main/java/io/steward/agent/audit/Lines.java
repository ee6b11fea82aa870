package io.steward.agent.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The lines of a file, as bytes, which the hashes are of. For one thread.
final class Lines implements AutoCloseable {
    private static final int BUFFER = 64 * 1_024;

    /// No line that an agent writes is longer; what is, is cut, and is no line then.
    private static final int LONGEST = 1 << 20;

    private final InputStream in;
    private final byte[] buffer = new byte[BUFFER];
    private int at;
    private int filled;
    private long end;
    private boolean torn;

    Lines(Path file) throws IOException {
        in = Files.newInputStream(file);
    }

    /// The next one, without its line feed; null at the end. What stands behind the last line feed
    /// is none, see [#isTorn].
    byte @Nullable [] next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        long read = 0;
        while (at < filled || fill()) {
            int from = at;
            while (at < filled && buffer[at] != '\n') {
                at++;
            }
            int length = at - from;
            read += length;
            line.write(buffer, from, Math.min(length, LONGEST - line.size()));
            if (at < filled) {
                at++;
                end += read + 1;
                return line.toByteArray();
            }
        }
        torn = read > 0;
        return null;
    }

    private boolean fill() throws IOException {
        at = 0;
        filled = Math.max(0, in.read(buffer));
        return filled > 0;
    }

    /// Where the last line that was read ends, its line feed included.
    long end() {
        return end;
    }

    /// Whether something stands behind the last line feed; known at the end.
    boolean isTorn() {
        return torn;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}

package io.steward.agent.method.exec;

import io.steward.agent.files.PrivateFile;
import io.steward.messages.MessageId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// Writes the spool of one command. For one thread.
final class SpoolWriter {
    private static final Set<StandardOpenOption> NEW =
            Set.of(
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE);

    private final Spool spool;
    private final MessageId id;
    private final FileChannel out;
    private final FileChannel err;

    SpoolWriter(Spool spool, MessageId id, Path out, Path err) throws IOException {
        this.spool = spool;
        this.id = id;
        this.out = FileChannel.open(out, NEW, PrivateFile.attributes(out));
        try {
            this.err = FileChannel.open(err, NEW, PrivateFile.attributes(err));
        } catch (IOException e) {
            this.out.close();
            throw e;
        }
    }

    int outWritten() throws IOException {
        return (int) out.position();
    }

    int errWritten() throws IOException {
        return (int) err.position();
    }

    void append(byte[] moreOut, byte[] moreErr) throws IOException {
        write(out, moreOut);
        write(err, moreErr);
    }

    private static void write(FileChannel to, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            to.write(buffer);
        }
    }

    /// The command has ended: closes and removes the files.
    void discard() throws IOException {
        try {
            out.close();
        } finally {
            err.close();
            spool.delete(id);
        }
    }
}

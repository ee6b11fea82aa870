package io.steward.agent.method.exec;

import io.steward.messages.MessageId;
import io.steward.messages.Output;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Keeps what running commands have printed so far in `running/<id>.out` and `.err`, so that it is
/// known after a crash of the agent, and to those who follow it. Only commands that are followed or
/// run longer than a second have it. Not synced: it is meant to outlive the agent, not the machine.
/// Thread-safe.
public final class Spool {
    private final Path folder;

    /// @param dataFolder the agent's; `running` below it is made when it is first needed
    public Spool(Path dataFolder) {
        this.folder = dataFolder.resolve("running");
    }

    /// What was kept.
    public record Spooled(Output stdout, Output stderr) {}

    /// What a command that did not end had printed; empty if nothing is kept of it.
    ///
    /// @param cap at most so many bytes of each
    public Optional<Spooled> read(MessageId id, int cap) throws IOException {
        if (!Files.exists(out(id))) {
            return Optional.empty();
        }
        return Optional.of(new Spooled(bytes(out(id), cap), bytes(err(id), cap)));
    }

    /// What a command that runs has printed, from these places on.
    ///
    /// @param most at most so many bytes of each
    public Spooled readFrom(MessageId id, int outFrom, int errFrom, int most) throws IOException {
        return new Spooled(bytes(out(id), outFrom, most), bytes(err(id), errFrom, most));
    }

    private static Output bytes(Path file, int from, int most) throws IOException {
        try (SeekableByteChannel in = Files.newByteChannel(file)) {
            long there = in.size() - from;
            if (there <= 0) {
                return Output.EMPTY;
            }
            ByteBuffer buffer = ByteBuffer.allocate((int) Math.min(there, most));
            in.position(from);
            while (buffer.hasRemaining() && in.read(buffer) >= 0) {
                // until it is full, or the file was cut meanwhile
            }
            return Output.of(Arrays.copyOf(buffer.array(), buffer.position()));
        } catch (NoSuchFileException e) {
            return Output.EMPTY;
        }
    }

    /// Forgets what is kept of that command, if anything is.
    public void delete(MessageId id) throws IOException {
        Files.deleteIfExists(out(id));
        Files.deleteIfExists(err(id));
    }

    /// Of which commands something is kept: those that ran when the agent was killed, and those
    /// that run now. Files that are not of this class are left out.
    public List<MessageId> kept() throws IOException {
        List<MessageId> ids = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return ids;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.out")) {
            files.forEach(file -> id(file).ifPresent(ids::add));
        }
        return ids;
    }

    private static Optional<MessageId> id(Path file) {
        String name = file.getFileName().toString();
        try {
            return Optional.of(new MessageId(name.substring(0, name.length() - ".out".length())));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    SpoolWriter write(MessageId id) throws IOException {
        Files.createDirectories(folder);
        return new SpoolWriter(this, id, out(id), err(id));
    }

    private static Output bytes(Path file, int cap) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return Output.of(in.readNBytes(cap + 1)).first(cap);
        } catch (NoSuchFileException e) {
            return Output.EMPTY;
        }
    }

    private Path out(MessageId id) {
        return folder.resolve(id + ".out");
    }

    private Path err(MessageId id) {
        return folder.resolve(id + ".err");
    }
}

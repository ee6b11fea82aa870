package io.steward.agent.method.exec;

import io.steward.messages.MessageId;
import io.steward.messages.Output;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Keeps what running commands have printed so far in `running/<id>.out` and `.err`, so that it is
/// known after a crash of the agent. Only commands that run longer than a second have it. Not
/// synced: it is meant to outlive the agent, not the machine. Thread-safe.
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

package io.steward.agent.identity;

import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// A file of mode 0600 with the seed of a key.
public final class KeyFile {
    private KeyFile() {}

    /// The key of this file; makes one, durably, where there is none.
    ///
    /// @throws IOException if what is there is no key of this kind, or others may read it
    public static Key of(Path file, KeyKind kind) throws IOException {
        try {
            return read(file, kind);
        } catch (NoSuchFileException e) {
            Key made = Key.make(kind);
            PrivateFile.keep(file, made.seed() + "\n");
            return made;
        }
    }

    /// @throws NoSuchFileException if there is none
    /// @throws IOException if what is there is no key of this kind, or others may read it
    static Key read(Path file, KeyKind kind) throws IOException {
        String seed = PrivateFile.secret(file);
        try {
            return Key.ofSeed(seed, kind);
        } catch (IOException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        }
    }
}

package io.steward.agent.intake;

import java.nio.file.Path;

/// Tells whether anybody has a file open for writing. Thread-safe.
interface WriterProbe {
    State probe(Path file);

    /// What is known of the writers of a file.
    enum State {
        /// Nobody can be writing to it at this moment.
        NONE,
        /// Somebody has it open for writing.
        WRITING,
        /// It cannot be told here; only the quiet of the file says something.
        UNKNOWN
    }
}

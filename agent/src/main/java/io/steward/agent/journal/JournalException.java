package io.steward.agent.journal;

import io.steward.agent.kernel.Sentence;

/// The journal could not do what was asked, and nothing of it was kept. The message names the file
/// and the cause.
public final class JournalException extends RuntimeException implements Sentence {
    private static final long serialVersionUID = 1L;

    /// What a caller can do about it.
    public enum Kind {
        /// No room on the disk. It works again by itself when there is room.
        DISK_FULL,
        /// The file is damaged, or cannot be read or written.
        DAMAGED,
        /// The file was written by a newer version.
        TOO_NEW,
        /// As many messages wait to be sent, or for their end, as may.
        QUEUE_FULL,
        /// The journal is closed.
        CLOSED,
        OTHER
    }

    private final Kind kind;

    public JournalException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public JournalException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}

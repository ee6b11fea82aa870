package io.steward.agent.intake;

import java.time.Duration;

/// How long intake waits for what.
final class Times {
    /// Between claiming and looking whether somebody writes: a program that had found the file
    /// under its old name just before has it open by then.
    static final Duration SETTLE = Duration.ofMillis(50);

    /// Without leases, a file that has not changed for so long counts as complete.
    static final Duration QUIET = Duration.ofMillis(500);

    /// What is wrong is called wrong when it has not changed for so long.
    static final Duration WRONG = Duration.ofMillis(300);

    /// What is incomplete is called wrong when it has not changed for so long.
    static final Duration INCOMPLETE = Duration.ofSeconds(1);

    /// A file of the drop folder that is incomplete has failed when it has not changed for so long.
    static final Duration FAILED = Duration.ofSeconds(2);

    /// An empty file of the drop folder has failed when nobody has filled it for so long.
    static final Duration EMPTY = Duration.ofMinutes(1);

    /// A file that is open for writing is left alone for so long before it is read all the same.
    static final Duration PATIENCE = Duration.ofSeconds(1);

    /// After so long people are told that a writer is being waited for.
    static final Duration HELD_OPEN = Duration.ofSeconds(3);

    /// A file that has been the same for so long cannot have changed unseen within one tick of the
    /// file system's clock: it need not be read again.
    static final Duration SETTLED = Duration.ofSeconds(2);

    /// A missing inmsg.txt is made again after so long; an editor may be about to rename onto it.
    static final Duration MISSING = Duration.ofSeconds(1);

    static final Duration FIRST_BACKOFF = Duration.ofMillis(500);
    static final Duration MOST_BACKOFF = Duration.ofSeconds(30);

    private Times() {}
}

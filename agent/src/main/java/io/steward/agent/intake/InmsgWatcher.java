package io.steward.agent.intake;

import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.outbox.Outbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/// The process that takes what is written into inmsg.txt. See [InmsgTaker] for how.
///
/// The file is in JSON, or in YAML if its name ends in .yaml or .yml. What does not decode stays
/// where it is, and `inmsg.txt.error` beside it says why.
public final class InmsgWatcher implements ProcessBody<FolderChanged> {
    private final Path file;
    private final Surroundings with;

    /// @param file absolute; if it is a symbolic link, that is followed now and not again
    /// @param outbox must know the keys of inputs it has taken before it looks at anything else,
    ///   and must not forget them sooner than the retention of the journal
    public InmsgWatcher(Path file, Outbox outbox, InstantSource clock) {
        this(file, Surroundings.real(outbox, clock));
    }

    InmsgWatcher(Path file, Surroundings with) {
        this.file = file;
        this.with = with;
    }

    @Override
    public void run(ProcessContext<FolderChanged> context)
            throws IOException, InterruptedException {
        try (InmsgTaker taker = new InmsgTaker(file, with)) {
            IntakeLoop.run(taker, context);
        }
    }
}

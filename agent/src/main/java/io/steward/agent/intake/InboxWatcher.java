package io.steward.agent.intake;

import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.outbox.Outbox;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;

/// The process that takes the files which are dropped into a folder. See [InboxTaker] for how.
///
/// Taken are regular files whose names end in .json, .yaml or .yml. Left alone are other names,
/// hidden files (so also `.x.json` while something is still copying it), `*.tmp` and `*.part`,
/// folders, links, pipes. A file that is taken ends in `done/`; one that is wrong ends in `failed/`
/// with a file `.error` beside it. What ends there stays until somebody removes it.
public final class InboxWatcher implements ProcessBody<FolderChanged> {
    private final Path folder;
    private final Surroundings with;

    /// @param folder made, for the agent's user only, if it is missing; one that is there keeps its
    ///   permissions
    /// @param outbox as for [InmsgWatcher]
    public InboxWatcher(Path folder, Outbox outbox, InstantSource clock) {
        this(folder, Surroundings.real(outbox, clock));
    }

    InboxWatcher(Path folder, Surroundings with) {
        this.folder = folder;
        this.with = with;
    }

    @Override
    public void run(ProcessContext<FolderChanged> context)
            throws IOException, InterruptedException {
        try (InboxTaker taker = new InboxTaker(folder, with)) {
            IntakeLoop.run(taker, context);
        }
    }
}

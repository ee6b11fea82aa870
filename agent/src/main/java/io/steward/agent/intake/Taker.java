package io.steward.agent.intake;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Takes what people write, one look at a time. Used by one thread; [#close()] ends what it holds,
/// and whatever it was in the middle of is ended by the next one for the same path.
interface Taker extends AutoCloseable {
    /// What it takes from, for a person.
    Path subject();

    /// The folder whose changes are a reason to look again.
    Path folder();

    /// Whether a change of this file in the folder is one.
    ///
    /// @param name without the folder
    default boolean concerns(Path name) {
        return subject().equals(folder()) || name.equals(subject().getFileName());
    }

    /// Looks once, and takes what is ready. Waits for nothing but the outbox.
    ///
    /// @return how many messages were taken
    /// @throws IOException if it could not look; the next look starts over
    int pass() throws IOException, InterruptedException;

    /// Whether something is under way for which it should look again soon, not only when something
    /// changes.
    boolean isBusy();

    /// What should be known elsewhere since this was last asked.
    List<Problem> problems();

    @Override
    void close() throws IOException;

    /// @param doing what was being done, for a person
    record Problem(String doing, Exception cause) {}
}

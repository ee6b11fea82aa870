package io.steward.agent.outbox;

import io.steward.agent.journal.RunId;
import io.steward.messages.MessageRequest;
import io.steward.messages.NodeName;
import java.util.SortedMap;

/// Sends targets of runs their messages. Thread-safe.
public interface RunSender {

    /// Says what would be wrong with a request; accepts nothing.
    ///
    /// @throws SubmitException as [Outbox#submit] would
    void check(MessageRequest request) throws SubmitException;

    /// Sends some targets of a run theirs, all or none of them; none where it was paused or ended
    /// meanwhile.
    ///
    /// @param targets by their places in the run
    /// @param request for all of them, whoever its receivers are; the messages are labelled with
    ///   the run
    ///
    /// @return whether they are sent
    boolean sendTargets(
            RunId run, int wave, SortedMap<Integer, NodeName> targets, MessageRequest request)
            throws SubmitException, InterruptedException;
}

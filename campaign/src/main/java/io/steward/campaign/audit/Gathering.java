package io.steward.campaign.audit;

import java.io.IOException;
import java.nio.file.Path;

/// Gathers what a node has left behind, after its agent has stopped.
public final class Gathering {
    private Gathering() {}

    /// @param data the node's data folder
    /// @param witness the file to which the commands that ran there added their marks
    public static NodeEvidence of(Path data, Path witness) throws IOException {
        MarkReader marks = new MarkReader();
        marks.commands(witness);
        marks.events(data.resolve("logs"));
        return new NodeEvidence(
                JournalReader.read(data.resolve("journal.db")),
                ProcessedLogReader.read(data),
                marks.marks(),
                marks.torn());
    }
}

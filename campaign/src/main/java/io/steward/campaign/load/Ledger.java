package io.steward.campaign.load;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// All that was given to agents: in memory, and in a file. Thread-safe.
public final class Ledger implements AutoCloseable {
    private final List<Entry> entries = new ArrayList<>();
    private final BufferedWriter file;

    public Ledger(Path file) throws IOException {
        this.file = Files.newBufferedWriter(file);
    }

    /// What the file of a campaign says that has ended.
    ///
    /// @throws IOException also if a line of it is none of this class
    public static List<Entry> read(Path file) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            try {
                entries.add(Entry.parse(line));
            } catch (IllegalArgumentException e) {
                throw new IOException(
                        "%s: \"%s\" is no line of a ledger; expected one of this version's campaign"
                                .formatted(file, line),
                        e);
            }
        }
        return entries;
    }

    /// Notes what an agent has been given for good.
    synchronized void add(List<Entry> given) throws IOException {
        entries.addAll(given);
        for (Entry entry : given) {
            file.write(entry + "\n");
        }
        file.flush();
    }

    public synchronized int size() {
        return entries.size();
    }

    public synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}

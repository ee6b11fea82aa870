package io.steward.agent.journal;

import io.steward.messages.Message;
import io.steward.messages.State;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/// A process that writes to a journal until it is killed. It prints a line for each write whose
/// future has completed: `sent ID`, `received ID`, `ended ID`.
final class JournalVictim {
    private static final int WRITERS = 8;

    private JournalVictim() {}

    /// @param args the folder
    public static void main(String[] args) throws IOException {
        Path folder = Path.of(args[0]);
        Journal journal = SqliteJournal.open(folder.resolve("journal.db"), Clock.systemUTC());
        ProcessedLog log =
                ProcessedLog.open(
                        folder.resolve("processed.jsonl"),
                        journal,
                        Samples.CENTRAL,
                        100_000,
                        1_000,
                        Clock.systemUTC());
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (int i = 0; i < WRITERS; i++) {
            Samples samples = new Samples();
            Thread.ofPlatform()
                    .start(() -> {
                        while (true) {
                            write(journal, samples, out);
                        }
                    });
        }
        while (true) {
            log.writeNew();
        }
    }

    private static void write(Journal journal, Samples samples, PrintStream out) {
        Message sent = samples.command();
        journal.accept("input of " + sent.id(), List.of(sent)).join();
        out.println("sent " + sent.id());
        Message received = samples.command();
        journal.receive(List.of(samples.incoming(received, 1))).join();
        out.println("received " + received.id());
        journal.started(received.id(), 1, "boot", samples.now()).join();
        journal.finishedAll(List.of(samples.finish(received, State.SUCCEEDED))).join();
        out.println("ended " + received.id());
    }
}

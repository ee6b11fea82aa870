package io.steward.agent.audit;

import io.steward.agent.journal.Journal.Incoming;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.State;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// A process that sends and receives until it is killed. It prints `sent ID`, `received ID` and
/// `ended ID` for what is durable.
final class AuditVictim {
    private static final int WRITERS = 6;
    private static final long SMALL = 20_000;

    private AuditVictim() {}

    /// @param args the folder
    public static void main(String[] args) throws IOException {
        Trail trail = new Trail(Path.of(args[0]), SMALL, 10_000);
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (int i = 0; i < WRITERS; i++) {
            Thread.ofPlatform()
                    .start(() -> {
                        while (true) {
                            write(trail, out);
                        }
                    });
        }
        AuditedEnds ends = new AuditedEnds(trail.journal, trail.log);
        while (true) {
            ends.writeNew();
        }
    }

    private static void write(Trail trail, PrintStream out) {
        Message sent = trail.command(Trail.CENTRAL, Trail.SHIP, "ls");
        trail.journal.accept(null, List.of(sent)).join();
        out.println("sent " + sent.id());
        Message received = trail.command(Trail.SHIP, Trail.CENTRAL, "ls");
        trail.journal.receive(List.of(new Incoming(received, "h", 1, Trail.now()))).join();
        out.println("received " + received.id());
        trail.journal
                .finished(
                        received.id(),
                        Ack.of(received.id(), Trail.CENTRAL, State.SUCCEEDED, null),
                        null,
                        List.of(),
                        Trail.now())
                .join();
        out.println("ended " + received.id());
    }
}

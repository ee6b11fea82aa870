package io.steward.bench;

import io.steward.messages.Envelope;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Measures Steward and, in the same run, the parts that are under it. Arguments: the folder of the
/// launcher, and the path of nats-server. `bench/run` calls it.
public final class Bench {
    private Bench() {}

    /// Measures, and prints a table.
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 2) {
            System.err.println(
                    "bench: expected two arguments, ROOT and NATS_SERVER; use bench/run");
            System.exit(2);
        }
        Path root = Path.of(arguments[0]).toAbsolutePath();
        String program = arguments[1];
        Path folder = Files.createTempDirectory("steward-bench-");
        try {
            String loadBefore = Report.load();
            byte[] bytes = message();
            Latency runner = BareParts.runner(folder);
            Latency builder = BareParts.processBuilder();
            Latency commit = BareParts.commit(folder, bytes);
            StewardRun run = new StewardRun(root, program, bytes);
            Column always = run.run(folder.resolve("always"), "sync_interval: always");
            Column usual = run.run(folder.resolve("usual"), "");
            new Report(always, usual, runner, builder, commit)
                    .print(System.out, NatsServer.version(program), loadBefore);
        } finally {
            delete(folder);
        }
    }

    /// A command as it goes over the wire.
    static byte[] message() {
        MessageIds ids = new MessageIds(InstantSource.system());
        return Envelope.encode(
                MessageRequest.of(
                                List.of(new NodeName("ship1")),
                                MessageType.COMMAND,
                                "shellcommand",
                                List.of("true"))
                        .messages(
                                new NodeName("central"),
                                "operatingsystem",
                                ids::next,
                                Instant.now())
                        .getFirst());
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}

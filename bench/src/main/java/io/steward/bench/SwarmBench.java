package io.steward.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Measures fleets of growing size. Arguments: the folder of the launcher, the path of nats-server,
/// and the sizes. `bench/swarm` calls it.
///
/// System properties: `steward.swarm.sync` (the broker's `sync_interval`, `always` as shipped;
/// `default` for that of nats-server), `steward.swarm.idle` (seconds, 30), `steward.swarm.jvm` (at
/// most so many agents in one JVM, 1,000), `steward.swarm.java` (options of these JVMs).
public final class SwarmBench {
    private SwarmBench() {}

    /// Measures, and prints a table.
    public static void main(String[] arguments) throws Exception {
        if (arguments.length < 3) {
            System.err.println("swarm: expected ROOT NATS_SERVER N...; use bench/swarm");
            System.exit(2);
        }
        Path root = Path.of(arguments[0]).toAbsolutePath();
        String program = arguments[1];
        List<Integer> sizes =
                Arrays.stream(arguments).skip(2).map(Integer::valueOf).sorted().toList();
        String sync = System.getProperty("steward.swarm.sync", "always");
        SwarmRun run =
                new SwarmRun(
                        root,
                        program,
                        sync.equals("default") ? "" : "sync_interval: " + sync,
                        Bench.message(),
                        Duration.ofSeconds(Integer.getInteger("steward.swarm.idle", 30)),
                        Integer.getInteger("steward.swarm.jvm", 1_000),
                        List.of(
                                System.getProperty(
                                                "steward.swarm.java",
                                                "-Xmx6g -Djdk.virtualThreadScheduler.parallelism=32"
                                                        + " -XX:+UseSerialGC"
                                                        + " -XX:+UseCompactObjectHeaders")
                                        .split(" ")));
        List<SwarmFigures> columns = new ArrayList<>();
        String loadBefore = Report.load();
        try {
            for (int size : sizes) {
                Path folder = Files.createTempDirectory("steward-swarm-");
                try {
                    columns.add(run.run(folder, size));
                } finally {
                    Bench.delete(folder);
                }
            }
        } finally { // why: one that is too large for the machine does not cost the others
            Report.machine(System.out, NatsServer.version(program), loadBefore);
            new SwarmReport(columns).print(System.out);
        }
    }
}

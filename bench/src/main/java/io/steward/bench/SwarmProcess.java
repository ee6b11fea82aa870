package io.steward.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The JVM of a [Swarm]. Used by one thread.
final class SwarmProcess implements AutoCloseable {
    private static final int AT_A_TIME = 16;

    private final Child process;
    private final long startedMillis;
    private final long namedMillis;

    private SwarmProcess(Child process) throws IOException {
        this.process = process;
        this.startedMillis = told("started ");
        this.namedMillis = told("named ");
    }

    /// Starts agents, and waits until each has its name.
    ///
    /// @param java options of the JVM
    static SwarmProcess start(String broker, Path folder, int first, int count, List<String> java)
            throws IOException {
        Files.createDirectories(folder);
        ProcessBuilder builder =
                new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString());
        builder.command()
                .addAll(
                        List.of(
                                "--enable-native-access=ALL-UNNAMED",
                                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                                "-Dorg.slf4j.simpleLogger.showDateTime=true"));
        builder.command().addAll(java);
        builder.command()
                .addAll(
                        List.of(
                                "-cp",
                                System.getProperty("java.class.path"),
                                Swarm.class.getName(),
                                broker,
                                folder.toString(),
                                Integer.toString(first),
                                Integer.toString(count),
                                Integer.toString(AT_A_TIME)));
        Path log = folder.resolve("swarm.log");
        Child child = Child.talkingTo(builder, log);
        try {
            return new SwarmProcess(child);
        } catch (IOException e) {
            child.close();
            List<String> lines = Files.readAllLines(log);
            throw new IOException(
                    "the swarm has not come up; the last it said:\n"
                            + String.join(
                                    "\n",
                                    lines.subList(Math.max(0, lines.size() - 20), lines.size())),
                    e);
        }
    }

    private long told(String what) throws IOException {
        String line = process.readLine();
        if (!line.startsWith(what)) {
            throw new IOException("the swarm says \"%s\", expected %s".formatted(line, what));
        }
        return Long.parseLong(line.substring(what.length()));
    }

    long pid() {
        return process.pid();
    }

    /// From its start until all agents were started.
    long startedMillis() {
        return startedMillis;
    }

    /// From its start until each had its name.
    long namedMillis() {
        return namedMillis;
    }

    /// Its live heap in bytes, after a collection.
    long liveHeap() throws IOException {
        return Long.parseLong(process.ask("heap"));
    }

    @Override
    public void close() {
        process.close();
    }
}

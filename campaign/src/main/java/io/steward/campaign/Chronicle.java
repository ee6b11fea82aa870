package io.steward.campaign;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What was done to whom, counted and written down. Thread-safe.
final class Chronicle implements AutoCloseable {
    private final BufferedWriter file;
    private final long start = System.nanoTime();
    private final Map<String, Integer> faults = new TreeMap<>();
    private final Map<String, Long> peaks = new TreeMap<>();
    private final Map<String, List<Instant>> emptied = new TreeMap<>();
    private final Map<String, String> leftOut = new TreeMap<>();
    private final Map<String, Full> full = new TreeMap<>();
    private int endedAlone;

    Chronicle(Path file) throws IOException {
        this.file = Files.newBufferedWriter(file);
    }

    /// A fault that begins now.
    synchronized void fault(String kind, String victim) {
        faults.merge(kind, 1, Integer::sum);
        note(victim + ": " + kind);
    }

    /// The mailbox of a node has just been emptied while agents are connected.
    synchronized void emptied(String node) {
        emptied.computeIfAbsent(node, _ -> new ArrayList<>()).add(Instant.now());
        note("the mailbox of " + node + " has been emptied");
    }

    /// A kind of fault that cannot be on this machine.
    synchronized void leftOut(String kind, String why) {
        leftOut.put(kind, why);
        note("left out: %s: %s".formatted(kind, why));
    }

    synchronized Map<String, String> leftOut() {
        return new TreeMap<>(leftOut);
    }

    /// A disk is full from now on.
    synchronized void full(String disk) {
        fault("full disk", disk);
        full.put(disk, new Full(Instant.now(), Instant.MAX));
    }

    /// There is room on it again.
    synchronized void room(String disk) {
        full.computeIfPresent(disk, (_, last) -> new Full(last.from(), Instant.now()));
        note(disk + " has room again");
    }

    /// Whether a disk was full at a time, the last time that it was full.
    synchronized boolean wasFull(String disk, Instant at) {
        Full last = full.get(disk);
        return last != null && !at.isBefore(last.from()) && !at.isAfter(last.to());
    }

    private record Full(Instant from, Instant to) {}

    /// A process has ended, and nobody ended it.
    synchronized void endedAlone(String victim) {
        endedAlone++;
        note(victim + " ended by itself");
    }

    synchronized void memory(String victim, long kilobytes) {
        peaks.merge(victim, kilobytes, Math::max);
    }

    synchronized void note(String text) {
        try {
            file.write(
                    "%s %7.2f %s%n"
                            .formatted(
                                    Instant.now(),
                                    Duration.ofNanos(System.nanoTime() - start).toMillis() / 1e3,
                                    text));
            file.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    synchronized Map<String, Integer> faults() {
        return new TreeMap<>(faults);
    }

    /// Kilobytes of memory at most, by process.
    synchronized Map<String, Long> peaks() {
        return new TreeMap<>(peaks);
    }

    /// When the mailboxes of nodes were emptied.
    synchronized Map<String, List<Instant>> emptied() {
        return new TreeMap<>(emptied);
    }

    synchronized int endings() {
        return endedAlone;
    }

    synchronized int kills() {
        return faults.entrySet().stream()
                .filter(each -> each.getKey().startsWith("kill "))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }

    @Override
    public synchronized void close() throws IOException {
        file.close();
    }
}

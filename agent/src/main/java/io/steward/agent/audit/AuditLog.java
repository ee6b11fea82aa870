package io.steward.agent.audit;

import io.steward.agent.audit.AuditFiles.Old;
import io.steward.agent.files.PrivateFile;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.JournalException;
import io.steward.messages.NodeName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The audit log of one agent. What is recorded is on the disk when the call returns; those who
/// record at the same time share one write and one sync. Thread-safe.
///
/// The journal keeps the number and the hash of the last line, so that an end that was cut off is
/// seen, and where the log was closed in order, so that what was added since is. Where one of these
/// is so when it is opened, or a line was torn by a crash, a line says it.
public final class AuditLog implements AutoCloseable {
    private static final int RANDOM_BYTES = 32;

    /// Lines that wait to be written together.
    private static final class Waiting {
        final List<AuditEntry> entries;
        boolean done;
        @Nullable IOException problem;

        Waiting(List<AuditEntry> entries) {
            this.entries = entries;
        }
    }

    private final Path folder;
    private final Path file;
    private final NodeName node;
    private final Journal journal;
    private final long maxBytes;
    private final int keep;
    private final InstantSource clock;
    private final ConcurrentLinkedQueue<Waiting> queue = new ConcurrentLinkedQueue<>();
    private final ReentrantLock lock = new ReentrantLock();
    // guarded by lock; why not a FileChannel: an interrupt would close that under everybody
    private @Nullable RandomAccessFile out;
    private long size;
    private Head head;
    private long ended;
    private boolean closed;
    private boolean marked; // whether the journal says that the log was closed in order

    private AuditLog(
            Path folder,
            NodeName node,
            Journal journal,
            long maxBytes,
            int keep,
            InstantSource clock) {
        this.folder = folder;
        this.file = folder.resolve(AuditFiles.NAME);
        this.node = node;
        this.journal = journal;
        this.maxBytes = maxBytes;
        this.keep = keep;
        this.clock = clock;
        this.head = new Head(0, "");
    }

    /// Opens the log of a data folder, and begins one if there is none.
    ///
    /// @param journal keeps the end of the chain
    /// @param maxBytes size at which the file is rotated; a file is larger by one write at most
    /// @param keep how many rotated files are kept
    /// @throws IOException if it cannot be read or written, or is not an audit log
    public static AuditLog open(
            Path folder,
            NodeName node,
            Journal journal,
            long maxBytes,
            int keep,
            InstantSource clock)
            throws IOException {
        AuditLog log = new AuditLog(folder, node, journal, maxBytes, keep, clock);
        log.lock.lock();
        try {
            log.goOn();
        } catch (IOException | RuntimeException e) {
            log.closeFile();
            throw e;
        } finally {
            log.lock.unlock();
        }
        return log;
    }

    /// Writes lines. Returns when they are on the disk.
    ///
    /// @throws JournalException if they are not: nothing of what they are about may be done
    public void record(List<AuditEntry> entries) {
        if (entries.isEmpty()) {
            return;
        }
        Waiting mine = new Waiting(List.copyOf(entries));
        queue.add(mine);
        lock.lock();
        try {
            if (!mine.done) {
                writeWaiting();
            }
        } finally {
            lock.unlock();
        }
        IOException problem = mine.problem;
        if (problem != null) {
            throw new JournalException(
                    kind(problem),
                    "audit log %s cannot be written: %s; until it can be, this node takes and sends no messages"
                            .formatted(file, problem.getMessage()),
                    problem);
        }
    }

    private static JournalException.Kind kind(IOException problem) {
        return String.valueOf(problem.getMessage()).contains("No space left")
                ? JournalException.Kind.DISK_FULL
                : JournalException.Kind.OTHER;
    }

    private void writeWaiting() {
        List<Waiting> group = new ArrayList<>();
        for (Waiting each = queue.poll(); each != null; each = queue.poll()) {
            group.add(each);
        }
        IOException problem = null;
        try {
            if (closed) {
                throw new IOException("it is closed");
            }
            RandomAccessFile to = out;
            if (to == null) {
                to = goOn();
            } else if (size >= maxBytes) {
                to = rotate();
            }
            append(to, group.stream().flatMap(each -> each.entries.stream()).toList());
        } catch (IOException e) {
            problem = e;
            closeFile(); // why: opened again, it is cut to what is whole
        }
        for (Waiting each : group) {
            each.problem = problem;
            each.done = true;
        }
    }

    private void append(RandomAccessFile to, List<AuditEntry> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512 * entries.size());
        Head next = head;
        long nextEnded = ended;
        for (AuditEntry entry : entries) {
            byte[] line = AuditLine.bytes(next.n() + 1, clock.instant(), entry, next.hash());
            bytes.writeBytes(line);
            next = new Head(next.n() + 1, Hash.of(Arrays.copyOf(line, line.length - 1)));
            nextEnded = entry.fields().path(AuditLine.ENDED).asLong(nextEnded);
        }
        unmark();
        try {
            to.seek(size);
            to.write(bytes.toByteArray());
            to.getFD().sync();
        } catch (IOException e) {
            cut(to, e);
            throw e;
        }
        size += bytes.size();
        head = next;
        ended = nextEnded;
        // why not waited for: it comes into the same commit as what these lines are about
        var _ = journal.keep(Head.KEPT, head.text());
    }

    /// Before a line is written: one behind the mark is one that this agent has not written.
    private void unmark() throws IOException {
        if (marked) {
            try {
                journal.keep(Head.STOPPED, "").join();
            } catch (CompletionException e) {
                throw new IOException("the journal cannot be written: " + e.getMessage(), e);
            }
            marked = false;
        }
    }

    /// What was written of a group that failed is not to be there: nobody was told that it is.
    private void cut(RandomAccessFile to, IOException cause) {
        try {
            to.setLength(size);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    /// Opens the file where it was left.
    private RandomAccessFile goOn() throws IOException {
        List<Old> old = AuditFiles.old(folder);
        boolean isNew = !Files.exists(file);
        if (isNew) {
            PrivateFile.create(file);
            AuditFiles.sync(folder);
        }
        RandomAccessFile opened = new RandomAccessFile(file.toFile(), "rw");
        out = opened;
        long torn = opened.length() - read(file);
        if (torn > 0) {
            opened.setLength(size);
            opened.getFD().sync();
        }
        // why: before a line is written, which would be kept instead
        Optional<Head> kept = journal.kept(Head.KEPT).flatMap(Head::of);
        Optional<Head> stopped = journal.kept(Head.STOPPED).flatMap(Head::of);
        boolean added = size > 0 && stopped.isPresent() && head.n() > stopped.get().n();
        // why: the mark stays until the line about what was added is there
        marked = stopped.isPresent() && !added;
        if (size == 0) {
            begin(opened, old);
        }
        List<AuditEntry> notes = new ArrayList<>();
        if (torn > 0) {
            notes.add(AuditEntry.of("cut").put("bytes", torn));
        }
        if (kept.isPresent() && kept.get().n() > head.n()) {
            notes.add(
                    AuditEntry.of("lost")
                            .put("last", kept.get().n())
                            .put("hash", kept.get().hash()));
        }
        if (added) {
            notes.add(
                    AuditEntry.of("added")
                            .put("first", stopped.get().n() + 1)
                            .put("last", head.n()));
        }
        if (!notes.isEmpty()) {
            append(opened, notes);
        }
        marked = marked || added;
        return opened;
    }

    /// Finds out how a file ends.
    ///
    /// @return how long it is, without a torn line
    private long read(Path from) throws IOException {
        byte[] last = {};
        byte[] lastEnd = {};
        size = 0;
        try (Lines lines = new Lines(from)) {
            for (byte[] bytes = lines.next(); bytes != null; bytes = lines.next()) {
                last = bytes;
                lastEnd = AuditLine.tellsAnEnd(bytes) ? bytes : lastEnd;
                size = lines.end();
            }
        }
        ended = AuditLine.of(lastEnd).map(AuditLine::ended).orElse(ended);
        if (size > 0) {
            Optional<AuditLine> line = AuditLine.of(last);
            if (line.isEmpty()) {
                // why: a power cut may leave what was never written, in whole lines too
                line = lastOf(from);
            }
            if (line.isEmpty()) {
                throw new IOException(
                        "audit log %s: there is no line of an audit log in it: see what \"steward audit verify\" says of it, then move the file away, and a new one is begun"
                                .formatted(from));
            }
            head = line.get().head();
        }
        return size;
    }

    /// Finds the last line that is one, and where it ends.
    private Optional<AuditLine> lastOf(Path from) throws IOException {
        Optional<AuditLine> found = Optional.empty();
        try (Lines lines = new Lines(from)) {
            for (byte[] bytes = lines.next(); bytes != null; bytes = lines.next()) {
                Optional<AuditLine> line = AuditLine.of(bytes);
                if (line.isPresent()) {
                    found = line;
                    size = lines.end();
                }
            }
        }
        return found;
    }

    /// Begins a file: the first of all, or that behind a rotated one.
    private void begin(RandomAccessFile empty, List<Old> old) throws IOException {
        if (!old.isEmpty()) {
            Path before = old.getLast().path();
            read(before);
            size = 0;
            append(
                    empty,
                    List.of(
                            AuditEntry.of("continued")
                                    .put("file", String.valueOf(before.getFileName()))
                                    .put(AuditLine.ENDED, ended)));
            return;
        }
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        head = new Head(0, Hash.of(random));
        append(
                empty,
                List.of(
                        AuditEntry.of("begin")
                                .put("node", node.value())
                                .put(AuditLine.ENDED, journal.lastProcessed())
                                .put("start", Base64.getEncoder().encodeToString(random))));
    }

    private RandomAccessFile rotate() throws IOException {
        closeFile();
        AuditFiles.rotate(folder, clock.instant(), head.n());
        RandomAccessFile to = goOn();
        List<Old> old = AuditFiles.old(folder);
        for (Old each : old.subList(0, Math.max(0, old.size() - keep))) {
            // why: said first, so that a file that is gone without it is missed
            append(
                    to,
                    List.of(
                            AuditEntry.of("removed")
                                    .put("file", String.valueOf(each.path().getFileName()))
                                    .put("last", each.last())));
            Files.deleteIfExists(each.path());
        }
        return to;
    }

    /// How far the ends of messages are written, by the sequence of the processed log.
    long ended() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private void closeFile() {
        RandomAccessFile open = out;
        out = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                // why: what is in it was synced, or nobody was told that it is
            }
        }
    }

    /// Has the journal keep the end of the chain, and closes the file. The journal must be open.
    @Override
    public void close() {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                // why: where a write has failed, it is not known what there is behind the head
                boolean whole = out != null;
                closeFile();
                journal.keep(Head.KEPT, head.text()).join();
                if (whole) {
                    journal.keep(Head.STOPPED, head.text()).join();
                }
            }
        } finally {
            lock.unlock();
        }
    }
}

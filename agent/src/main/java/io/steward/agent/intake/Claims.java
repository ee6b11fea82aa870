package io.steward.agent.intake;

import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The outstanding claims of one file, in the order in which they were made. Names, beside the file:
///
///     .inmsg.txt.<number>-<ulid>.taking   a claim; numbers rise while there are claims
///     .inmsg.txt.<number>-<ulid>.merged   the contents of all claims up to that number, in order
///     .inmsg.txt.<ulid>.tmp               nothing yet; removed at the next start
///
/// Used by one thread.
final class Claims {
    /// One claim.
    record Claim(int number, String ulid, Path path, Completeness completeness) {}

    private final Surroundings with;
    private final Path subject;
    private final Path folder;
    private final Deque<Claim> queue = new ArrayDeque<>();

    private Claims(Surroundings with, Path subject, Path folder) {
        this.with = with;
        this.subject = subject;
        this.folder = folder;
    }

    /// Finds the claims that a former life left behind, and ends the merging it was in.
    static Claims load(Surroundings with, Path subject) throws IOException {
        Path folder = subject.getParent();
        if (folder == null) {
            throw new IllegalArgumentException(subject + " is not absolute");
        }
        Claims claims = new Claims(with, subject, folder);
        claims.load();
        return claims;
    }

    private void load() throws IOException {
        String prefix = "." + subject.getFileName() + ".";
        Pattern form =
                Pattern.compile(
                        Pattern.quote(prefix)
                                + "(?:(\\d{1,9})-)?([0-9A-Z]{26})\\.(taking|merged|tmp)");
        List<Claim> takings = new ArrayList<>();
        Claim merged = null;
        try (DirectoryStream<Path> names =
                Files.newDirectoryStream(
                        folder, p -> String.valueOf(p.getFileName()).startsWith(prefix))) {
            for (Path path : names) {
                Matcher parts = form.matcher(String.valueOf(path.getFileName()));
                if (!parts.matches()) {
                    continue;
                }
                if (parts.group(3).equals("tmp")) {
                    Files.deleteIfExists(path);
                    continue;
                }
                if (parts.group(1) == null) {
                    continue;
                }
                Claim claim = claim(Integer.parseInt(parts.group(1)), parts.group(2), path);
                if (parts.group(3).equals("taking")) {
                    takings.add(claim);
                } else {
                    merged = claim;
                }
            }
        }
        takings.sort(Comparator.comparingInt(Claim::number));
        for (Claim claim : takings) {
            if (isPutBack(claim)) {
                Files.delete(claim.path());
            } else {
                queue.addLast(claim);
            }
        }
        if (merged != null) {
            finishMerge(merged);
        }
    }

    /// Whether it has the file's name too: it was being put back where that takes two steps.
    private boolean isPutBack(Claim claim) throws IOException {
        Signature there = Signature.of(subject);
        Signature here = Signature.of(claim.path());
        return there != null
                && here != null
                && there.key() != null
                && there.key().equals(here.key());
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    int size() {
        return queue.size();
    }

    Claim first() {
        return queue.getFirst();
    }

    Claim second() {
        Iterator<Claim> all = queue.iterator();
        all.next();
        return all.next();
    }

    /// Claims the file: from now on nobody finds it under its name.
    ///
    /// @throws java.nio.file.NoSuchFileException if it is not there
    Claim claim() throws IOException {
        int number = queue.isEmpty() ? 1 : queue.getLast().number() + 1;
        String ulid = with.ids().next().value();
        Path path = path("%06d-%s.taking".formatted(number, ulid));
        with.reached(Step.BEFORE_CLAIM);
        Files.move(subject, path, StandardCopyOption.ATOMIC_MOVE);
        with.reached(Step.CLAIMED);
        // why: were the rename lost in a power cut and the submission not, the file would be taken
        // again under another key
        with.files().sync(folder);
        Claim claim = claim(number, ulid, path);
        queue.addLast(claim);
        return claim;
    }

    /// Removes a claim that is done with.
    void remove(Claim claim) throws IOException {
        Files.deleteIfExists(claim.path());
        queue.remove(claim);
        with.reached(Step.REMOVED);
    }

    /// Makes one claim of the first two. Both must be complete, and neither ever submitted.
    void mergeFirstTwo() throws IOException {
        Claim first = first();
        Claim second = second();
        with.reached(Step.BEFORE_MERGE);
        String ulid = with.ids().next().value();
        Path temporary = path(ulid + ".tmp");
        PrivateFile.create(temporary);
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE);
                OutputStream out = Channels.newOutputStream(channel)) {
            copy(first.path(), out);
            copy(second.path(), out);
            channel.force(true);
        }
        Likeness.copy(first.path(), temporary);
        with.reached(Step.MERGE_WRITTEN);
        Path path = path("%06d-%s.merged".formatted(second.number(), ulid));
        Files.move(temporary, path, StandardCopyOption.ATOMIC_MOVE);
        with.files().sync(folder);
        with.reached(Step.MERGED);
        finishMerge(claim(second.number(), ulid, path));
    }

    private static void copy(Path from, OutputStream to) throws IOException {
        try (InputStream in = Files.newInputStream(from, LinkOption.NOFOLLOW_LINKS)) {
            in.transferTo(to);
        }
    }

    private void finishMerge(Claim merged) throws IOException {
        while (!queue.isEmpty() && queue.getFirst().number() <= merged.number()) {
            Files.deleteIfExists(queue.getFirst().path());
            queue.removeFirst();
            with.reached(Step.MERGE_PART_REMOVED);
        }
        with.files().sync(folder);
        Path path = path("%06d-%s.taking".formatted(merged.number(), merged.ulid()));
        Files.move(merged.path(), path, StandardCopyOption.ATOMIC_MOVE);
        queue.addFirst(claim(merged.number(), merged.ulid(), path));
    }

    /// Gives the only claim back to people under the file's name.
    ///
    /// @return false if there is such a file already; the claim stays
    boolean putBack() throws IOException {
        Claim claim = first();
        with.reached(Step.BEFORE_PUT_BACK);
        try {
            with.files().renameNoReplace(claim.path(), subject);
        } catch (FileAlreadyExistsException e) {
            return false;
        }
        with.reached(Step.PUT_BACK);
        queue.removeFirst();
        return true;
    }

    /// Puts a claim that can neither be taken nor given back where people see it.
    ///
    /// @return its new name
    Path setAside(Claim claim) throws IOException {
        Path aside =
                subject.resolveSibling(subject.getFileName() + "." + claim.ulid() + ".rejected");
        with.files().renameNoReplace(claim.path(), aside);
        queue.remove(claim);
        return aside;
    }

    /// Makes the file anew, empty, unless somebody has made it.
    ///
    /// @param like whose owner and permissions it gets; null for a private file of the agent
    void recreate(@Nullable Path like) throws IOException {
        Path temporary = path(with.ids().next().value() + ".tmp");
        PrivateFile.create(temporary);
        if (like != null) {
            Likeness.copy(like, temporary);
        }
        try {
            with.files().renameNoReplace(temporary, subject);
        } catch (FileAlreadyExistsException e) {
            Files.deleteIfExists(temporary);
        }
        with.reached(Step.RECREATED);
    }

    private Claim claim(int number, String ulid, Path path) {
        return new Claim(number, ulid, path, new Completeness(with, path));
    }

    private Path path(String rest) {
        return folder.resolve("." + subject.getFileName() + "." + rest);
    }
}

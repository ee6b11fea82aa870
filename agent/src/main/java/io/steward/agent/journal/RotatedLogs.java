package io.steward.agent.journal;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/// The older files of the processed log, `<name>-<UTC time>-<sequence of the last line>.jsonl`, and
/// with `.gz` once compressed. Compressing writes a file `.gz.part` and renames it when it is
/// whole; a crash leaves the uncompressed file, and it is done again.
final class RotatedLogs {
    private final Path folder;
    private final String name;
    private final Pattern pattern;
    private final int keep;
    private final InstantSource clock;

    private record Old(Path path, long sequence, boolean compressed) {}

    RotatedLogs(Path file, int keep, InstantSource clock) {
        Path parent = file.toAbsolutePath().getParent();
        this.folder = parent == null ? file.toAbsolutePath() : parent;
        this.name = String.valueOf(file.getFileName()).replaceFirst("\\.jsonl$", "");
        this.pattern =
                Pattern.compile(
                        Pattern.quote(name) + "-\\d{8}T\\d{6}Z-(\\d{1,18})\\.jsonl(\\.gz)?");
        this.keep = keep;
        this.clock = clock;
    }

    /// The sequence of the last line of the newest of them; 0 if there is none.
    long lastSequence() throws IOException {
        return files().stream().mapToLong(Old::sequence).max().orElse(0);
    }

    /// Gives the log, whose last line is `sequence`, its name as an old one.
    void rotate(long sequence) throws IOException {
        Path target =
                folder.resolve("%s-%s-%d.jsonl".formatted(name, JournalFile.utc(clock), sequence));
        Files.move(folder.resolve(name + ".jsonl"), target, StandardCopyOption.ATOMIC_MOVE);
        syncFolder();
    }

    /// Compresses those that are not, and removes those that are too many.
    void compress() throws IOException {
        List<Old> files = files();
        for (Old old : files) {
            if (!old.compressed()) {
                compress(old.path());
            }
        }
        files = files();
        for (int i = 0; i < files.size() - keep; i++) {
            Files.deleteIfExists(files.get(i).path());
        }
    }

    private void compress(Path plain) throws IOException {
        Path part = folder.resolve(plain.getFileName() + ".gz.part");
        Files.deleteIfExists(part);
        JournalFile.createPrivate(part);
        try (FileChannel channel = FileChannel.open(part, StandardOpenOption.WRITE)) {
            GZIPOutputStream out =
                    new GZIPOutputStream(Channels.newOutputStream(channel), 64 * 1_024);
            Files.copy(plain, out);
            out.finish();
            channel.force(true);
        }
        Files.move(
                part, folder.resolve(plain.getFileName() + ".gz"), StandardCopyOption.ATOMIC_MOVE);
        syncFolder();
        Files.delete(plain);
    }

    /// The oldest first.
    private List<Old> files() throws IOException {
        List<Old> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path path : (Iterable<Path>) all::iterator) {
                Matcher matcher = pattern.matcher(String.valueOf(path.getFileName()));
                if (matcher.matches()) {
                    files.add(
                            new Old(
                                    path,
                                    Long.parseLong(matcher.group(1)),
                                    matcher.group(2) != null));
                }
            }
        }
        files.sort(Comparator.comparingLong(Old::sequence));
        return files;
    }

    /// So that a new name outlives a power cut; not every file system can.
    private void syncFolder() {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // why: Windows cannot open a folder, and there is nothing else to be done
        }
    }
}

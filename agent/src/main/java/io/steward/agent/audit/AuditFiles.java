package io.steward.agent.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The files of an audit log in a folder: `audit.jsonl`, and the older ones, `audit-<UTC
/// time>-<number of the last line>.jsonl`.
public final class AuditFiles {
    public static final String NAME = "audit.jsonl";

    private static final Pattern OLD = Pattern.compile("audit-\\d{8}T\\d{6}Z-(\\d{1,18})\\.jsonl");
    private static final DateTimeFormatter UTC =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private AuditFiles() {}

    /// @param last the number of its last line
    record Old(Path path, long last) {}

    /// All there are, in the order of their lines.
    public static List<Path> all(Path folder) throws IOException {
        List<Path> all = new ArrayList<>(old(folder).stream().map(Old::path).toList());
        if (Files.exists(folder.resolve(NAME))) {
            all.add(folder.resolve(NAME));
        }
        return all;
    }

    /// The older ones, the oldest first.
    static List<Old> old(Path folder) throws IOException {
        List<Old> old = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path path : (Iterable<Path>) files::iterator) {
                Matcher matcher = OLD.matcher(String.valueOf(path.getFileName()));
                if (matcher.matches()) {
                    old.add(new Old(path, Long.parseLong(matcher.group(1))));
                }
            }
        }
        old.sort(Comparator.comparingLong(Old::last));
        return old;
    }

    /// Gives `audit.jsonl` its name as an old one, durably.
    static Path rotate(Path folder, Instant at, long last) throws IOException {
        Path target = folder.resolve("audit-%s-%d.jsonl".formatted(UTC.format(at), last));
        Files.move(folder.resolve(NAME), target, StandardCopyOption.ATOMIC_MOVE);
        sync(folder);
        return target;
    }

    /// So that a new name outlives a power cut; not every file system can.
    static void sync(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // why: Windows cannot open a folder, and there is nothing else to be done
        }
    }
}

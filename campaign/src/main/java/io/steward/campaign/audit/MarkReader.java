package io.steward.campaign.audit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Reads what messages left on a node: the file to which commands add, and the logs of events. Used
/// once.
final class MarkReader {
    private static final Pattern COMMAND = Pattern.compile("(\\d+) (\\d+) ([be])");
    private static final Pattern EVENT = Pattern.compile("n=(\\d+) x*;");

    private final List<Mark> marks = new ArrayList<>();
    private int torn;

    List<Mark> marks() {
        return marks;
    }

    int torn() {
        return torn;
    }

    void commands(Path file) throws IOException {
        if (Files.exists(file)) {
            read(
                    file,
                    COMMAND,
                    line ->
                            new Mark(
                                    Long.parseLong(line.group(1)),
                                    Integer.parseInt(line.group(2)),
                                    line.group(3).equals("e")));
        }
    }

    /// @param logs the folder `logs` of a node
    void events(Path logs) throws IOException {
        if (!Files.isDirectory(logs)) {
            return;
        }
        List<Path> files;
        try (Stream<Path> tree = Files.walk(logs)) {
            // why: x.log.2 is older than x.log.1, and that older than x.log
            files =
                    tree.filter(Files::isRegularFile)
                            .filter(file -> !file.getFileName().toString().startsWith("reply.log"))
                            .sorted(Comparator.comparing(Path::toString).reversed())
                            .toList();
        }
        for (Path file : files) {
            read(file, EVENT, line -> new Mark(Long.parseLong(line.group(1)), 0, false));
        }
    }

    private interface Made {
        Mark of(Matcher line);
    }

    private void read(Path file, Pattern pattern, Made made) throws IOException {
        try (BufferedReader in = Files.newBufferedReader(file)) {
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                Matcher line = pattern.matcher(text);
                if (line.matches()) {
                    marks.add(made.of(line));
                } else {
                    torn++;
                }
            }
        }
    }
}

package io.steward.agent.facts;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The table of mounts. Reading it asks no file system.
///
/// @param all each path once: what is mounted over another hides it
record Mounts(List<Mount> all) {
    private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

    Mounts {
        all = List.copyOf(all);
    }

    static Mounts parse(Collection<String> lines) {
        Map<String, Mount> byPath = new LinkedHashMap<>();
        for (String line : lines) {
            String[] fields = line.split(" ");
            if (fields.length >= 3 && fields[1].startsWith("/")) {
                String path = plain(fields[1]);
                byPath.put(path, new Mount(plain(fields[0]), path, fields[2]));
            }
        }
        return new Mounts(List.copyOf(byPath.values()));
    }

    /// Space, tab, line feed and backslash are written as octal numbers.
    private static String plain(String field) {
        return OCTAL.matcher(field).replaceAll(Mounts::character);
    }

    private static String character(MatchResult octal) {
        char character = (char) Integer.parseInt(octal.group(1), 8);
        return character == '\\' ? "\\\\" : character == '$' ? "\\$" : String.valueOf(character);
    }

    Optional<Mount> root() {
        return all.stream().filter(Mount::isRoot).findFirst();
    }

    /// What holds this absolute path.
    Optional<Mount> of(String path) {
        return all.stream()
                .filter(mount -> mount.holds(path))
                .max(Comparator.comparingInt(mount -> mount.path().length()));
    }

    /// The disks besides the root, each device once, where its path is shortest; at most `most`.
    List<Mount> disks(int most) {
        Set<String> seen = new HashSet<>();
        root().ifPresent(root -> seen.add(root.source()));
        return all.stream()
                .filter(Mount::isDisk)
                .sorted(
                        Comparator.comparingInt((Mount mount) -> mount.path().length())
                                .thenComparing(Mount::path))
                .filter(mount -> seen.add(mount.source()))
                .limit(most)
                .toList();
    }
}

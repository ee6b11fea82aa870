package io.steward.cli;

import io.steward.agent.target.Target;
import io.steward.agent.target.TargetException;
import io.steward.messages.NodeName;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which nodes are meant: names and globs, and options that all have to hold of a node.
final class TargetOptions {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern GLOB = Pattern.compile("[A-Za-z0-9_*?\\[\\]!-]+");

    /// What the positional parameters of the commands with targets say.
    static final String TARGET =
            "Node names and globs ('ship*'), apart or with commas between them; - reads names from"
                    + " standard input.";

    /// The names and globs; set by the command.
    List<String> words = List.of();

    @Option(names = "--all", description = "All nodes.")
    boolean all;

    @Option(names = "--cloud", paramLabel = "NAME", description = "Nodes in this cloud.")
    @Nullable String cloud;

    @Option(
            names = "--tag",
            paramLabel = "TAG",
            description = "Nodes with this tag; given several times, with all of them.")
    List<String> tags = new ArrayList<>();

    @Option(
            names = "--state",
            paramLabel = "STATE",
            description = "Nodes that are up, late, down, stopped or maintenance.")
    @Nullable String state;

    @Option(names = "--group", paramLabel = "NAME", description = "Nodes of a saved group.")
    @Nullable String group;

    @Option(
            names = "--where",
            paramLabel = "EXPRESSION",
            description = "\"cloud=eu and tag=web and not name=ship3\": see docs/targets.md.")
    @Nullable String where;

    @Option(
            names = "--of-run",
            paramLabel = "ID",
            description = "The targets of an earlier run that failed; with --missing, not run.")
    @Nullable String ofRun;

    /// Standard input can be read only once.
    private @Nullable List<String> split;

    /// Whether nothing is said about which nodes.
    boolean isEmpty() {
        return words.isEmpty() && conditions().isEmpty() && !all && ofRun == null;
    }

    /// The names, if nothing else than names is given, from wherever; each once. Null if there is
    /// something to be found out.
    @Nullable List<String> names(Shell shell) {
        if (all || !conditions().isEmpty() || ofRun != null || words.isEmpty()) {
            return null;
        }
        List<String> names = split(shell);
        return names.stream().allMatch(name -> NAME.matcher(name).matches())
                ? Sending.targets(names)
                : null;
    }

    /// Everything together.
    ///
    /// @param missing with [#ofRun]: those that were not run instead of those that failed
    Meant meant(Shell shell, boolean missing) {
        List<String> parts = new ArrayList<>();
        if (all && !words.isEmpty()) {
            throw new CliException(
                    Exit.USAGE,
                    "--all means every node: leave out \"%s\"".formatted(words.getFirst()));
        }
        if (!words.isEmpty()) {
            List<String> names = split(shell);
            names.forEach(TargetOptions::requireGlob);
            parts.add(anyOf(names));
        }
        parts.addAll(conditions());
        if (parts.isEmpty() && !all && ofRun == null) {
            throw new CliException(
                    Exit.USAGE,
                    "no target: name nodes (ship1, 'ship*'), or give --cloud, --tag, --state,"
                            + " --group, --where or --all");
        }
        String expression = parts.isEmpty() && ofRun == null ? "*" : String.join(" and ", parts);
        return new Meant(expression, ofRun, missing);
    }

    private static String anyOf(List<String> names) {
        return names.size() == 1 ? names.getFirst() : "(" + String.join(" or ", names) + ")";
    }

    private List<String> conditions() {
        List<String> parts = new ArrayList<>();
        if (cloud != null) {
            parts.add("cloud=" + quoted(cloud));
        }
        tags.forEach(tag -> parts.add("tag=" + quoted(tag)));
        if (state != null) {
            parts.add("state=" + quoted(state));
        }
        if (group != null) {
            parts.add("@" + group);
        }
        if (where != null) {
            parts.add("(" + checked(where) + ")");
        }
        return parts;
    }

    private static String checked(String expression) {
        try {
            var _ = Target.parse(expression);
            return expression;
        } catch (TargetException e) {
            throw new CliException(
                    Exit.USAGE, "--where: %s\n%s".formatted(e.getMessage(), e.pointed()), e);
        }
    }

    /// As it is where it is a word or a glob.
    private static String quoted(String value) {
        return GLOB.matcher(value).matches()
                ? value
                : "\"" + value.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }

    private static void requireGlob(String name) {
        if (name.chars().noneMatch(c -> "*?[]!".indexOf(c) >= 0)) {
            var _ = Sending.targets(List.of(name));
        } else if (!GLOB.matcher(name).matches()) {
            throw new CliException(
                    Exit.USAGE,
                    "\"%s\" is neither a node name nor a glob: expected A-Z a-z 0-9 _ - and * ? [ ]; expressions go behind --where"
                            .formatted(name));
        }
    }

    private List<String> split(Shell shell) {
        List<String> known = split;
        if (known == null) {
            known = read(shell);
            split = known;
        }
        return known;
    }

    private List<String> read(Shell shell) {
        Set<String> names = new LinkedHashSet<>();
        for (String word : words) {
            if (word.equals("-")) {
                names.addAll(fromInput(shell));
            } else {
                names.addAll(List.of(word.split(",", -1)));
            }
        }
        if (names.isEmpty()) {
            throw new CliException(Exit.NO_MATCH, "no node is named on standard input");
        }
        return List.copyOf(names);
    }

    /// The first word of each line; nothing of lines that are empty or begin with `#`.
    private static List<String> fromInput(Shell shell) {
        List<String> names = new ArrayList<>();
        try {
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(shell.in(), StandardCharsets.UTF_8));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String word = line.strip().split("\\s", 2)[0];
                if (!word.isEmpty() && !word.startsWith("#")) {
                    names.add(new NodeName(word).value());
                }
            }
        } catch (IOException e) {
            throw new CliException(Exit.USAGE, "cannot read standard input: " + e, e);
        } catch (IllegalArgumentException e) {
            throw new CliException(Exit.USAGE, "on standard input: " + e.getMessage(), e);
        }
        return names;
    }
}

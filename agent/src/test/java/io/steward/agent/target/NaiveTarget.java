package io.steward.agent.target;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What docs/targets.md says of targets, in the plainest way: regular expressions for globs, big
/// numbers for numbers.
sealed interface NaiveTarget {
    Pattern RUN = Pattern.compile("[0-9]+|[^0-9]+");

    boolean matches(Candidate node);

    record Or(NaiveTarget one, NaiveTarget other) implements NaiveTarget {
        @Override
        public boolean matches(Candidate node) {
            return one.matches(node) || other.matches(node);
        }
    }

    record And(NaiveTarget one, NaiveTarget other) implements NaiveTarget {
        @Override
        public boolean matches(Candidate node) {
            return one.matches(node) && other.matches(node);
        }
    }

    record Not(NaiveTarget other) implements NaiveTarget {
        @Override
        public boolean matches(Candidate node) {
            return !other.matches(node);
        }
    }

    /// @param literal whether the value is no glob
    record Condition(String key, String operator, String value, boolean literal)
            implements NaiveTarget {
        @Override
        public boolean matches(Candidate node) {
            Collection<String> found = new ArrayList<>();
            add(
                    found,
                    switch (key) {
                        case "name" -> node.name().value();
                        case "state" -> node.state();
                        case "cloud" -> node.cloud();
                        default -> node.facts().get(key);
                    });
            if (key.equals("tag")) {
                found.addAll(node.tags());
            }
            return switch (operator) {
                case "=" -> found.stream().anyMatch(this::isEqual);
                case "!=" -> found.stream().noneMatch(this::isEqual);
                case "<" -> found.stream().anyMatch(fact -> compare(key, fact, value) < 0);
                case "<=" -> found.stream().anyMatch(fact -> compare(key, fact, value) <= 0);
                case ">" -> found.stream().anyMatch(fact -> compare(key, fact, value) > 0);
                case ">=" -> found.stream().anyMatch(fact -> compare(key, fact, value) >= 0);
                default -> throw new AssertionError(operator);
            };
        }

        private boolean isEqual(String fact) {
            return literal
                    ? fact.equals(value)
                    : Pattern.compile(regex(value), Pattern.DOTALL).matcher(fact).matches();
        }
    }

    private static void add(Collection<String> all, @Nullable String one) {
        if (one != null) {
            all.add(one);
        }
    }

    static boolean isWithoutGlob(String value) {
        return !value.matches(".*[*?\\[].*");
    }

    private static String regex(String glob) {
        return glob.replace("[!", "[^").replaceAll("[*]", ".*").replaceAll("[?]", ".");
    }

    private static int compare(String key, String fact, String value) {
        String decimal = "-?[0-9]+([.][0-9]+)?";
        boolean version = key.matches("(.*[.])?(version|release|kernel)");
        return !version && fact.matches(decimal) && value.matches(decimal)
                ? new BigDecimal(fact).compareTo(new BigDecimal(value))
                : compareRuns(runs(fact), runs(value));
    }

    private static List<String> runs(String text) {
        return RUN.matcher(text).results().map(MatchResult::group).toList();
    }

    private static int compareRuns(List<String> one, List<String> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return one.size() - other.size();
        }
        String a = one.getFirst();
        String b = other.getFirst();
        boolean aIsNumber = a.matches("[0-9]+");
        boolean bIsNumber = b.matches("[0-9]+");
        if (aIsNumber != bIsNumber) {
            return aIsNumber ? -1 : 1;
        }
        int first = aIsNumber ? new BigInteger(a).compareTo(new BigInteger(b)) : a.compareTo(b);
        return first != 0
                ? first
                : compareRuns(one.subList(1, one.size()), other.subList(1, other.size()));
    }
}

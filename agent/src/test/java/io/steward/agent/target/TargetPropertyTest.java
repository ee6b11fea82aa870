package io.steward.agent.target;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.messages.NodeName;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Targets that are made at random, written in random ways, mean what [NaiveTarget] says, which was
/// written apart from the product. `-Dsteward.target.seed=7` takes the same way again,
/// `-Dsteward.targets=1000000` goes further.
class TargetPropertyTest {
    private static final int TARGETS = Integer.getInteger("steward.targets", 6_000);
    private static final long SEED =
            Long.getLong("steward.target.seed", System.nanoTime() & 0xFFFF_FFFFL);
    private static final List<String> VALUES =
            List.of(
                    "web",
                    "deb",
                    "debian",
                    "6.9",
                    "6.10",
                    "6.10-rc1",
                    "007",
                    "7.0",
                    "-3",
                    "-0.0",
                    "",
                    "a b",
                    "a\"b",
                    "c\\d",
                    "*",
                    "[a]",
                    "or",
                    "AND",
                    "true",
                    "99999999999999999999",
                    "\u00E9",
                    "\uD83D\uDEA2");

    private final Random random = new Random(SEED);
    private final Map<String, String> groups = new HashMap<>();

    @Test
    void aTargetMeansWhatANaiveEvaluationSays() throws TargetException {
        int matched = 0;
        for (int i = 0; i < TARGETS; i++) {
            groups.clear();
            NaiveTarget naive = target(4);
            String text = written(naive);
            try {
                matched += check(naive, text) ? 1 : 0;
            } catch (TargetException | RuntimeException | AssertionError e) {
                throw new AssertionError(
                        "seed %d, target %d: %s with %s".formatted(SEED, i, text, groups), e);
            }
        }
        assertThat(matched).as("matched, seed %d", SEED).isBetween(TARGETS / 5, TARGETS * 4 / 5);
    }

    private boolean check(NaiveTarget naive, String text) throws TargetException {
        Target target = Target.parse(text);
        assertThat(Target.parse(target.toString()))
                .isEqualTo(target)
                .hasToString(target.toString());
        assertThat(target.groups()).isSubsetOf(groups.keySet());
        Target whole = target.resolve(name -> Optional.ofNullable(groups.get(name)));
        assertThat(Target.parse(whole.toString())).isEqualTo(whole).hasToString(whole.toString());
        boolean last = false;
        for (int i = 0; i < 8; i++) {
            Candidate node = candidate();
            last = naive.matches(node);
            assertThat(whole.matches(node)).as(node.toString()).isEqualTo(last);
        }
        return last;
    }

    private NaiveTarget target(int depth) {
        return switch (depth == 0 ? 9 : random.nextInt(10)) {
            case 0, 1, 2 -> new NaiveTarget.Or(target(depth - 1), target(depth - 1));
            case 3, 4, 5 -> new NaiveTarget.And(target(depth - 1), target(depth - 1));
            case 6, 7 -> new NaiveTarget.Not(target(depth - 1));
            default -> condition();
        };
    }

    private NaiveTarget condition() {
        return switch (random.nextInt(6)) {
            case 0 ->
                    is(
                            "name",
                            one("ship1", "ship2", "and", "NOT", "node-3"),
                            !random.nextBoolean());
            case 1 -> is("name", one("ship*", "*", "?hip[12]", "[!s]*", "*o*", "n[a-p]??"), false);
            case 2 -> is("state", one("up", "down", "d*", "*", "[!u]*"), false);
            case 3 -> is(one("cloud", "tag"), one("eu", "us", "*", "?u", "we[a-c]", "a b"), false);
            case 4 ->
                    new NaiveTarget.Condition(fact(), one("<", "<=", ">", ">="), one(VALUES), true);
            default ->
                    random.nextBoolean()
                            ? is(fact(), one(VALUES), true)
                            : is(fact(), one("*", "de*", "?*?", "[0-9]*", "*-*", "*[!0-9]"), false);
        };
    }

    private NaiveTarget is(String key, String value, boolean literal) {
        boolean isLiteral = literal || NaiveTarget.isWithoutGlob(value);
        return new NaiveTarget.Condition(key, one("=", "!="), value, isLiteral);
    }

    private Candidate candidate() {
        Set<String> tags = new HashSet<>();
        for (int n = random.nextInt(3); n > 0; n--) {
            tags.add(one("web", "eu", "us", "a b", "db"));
        }
        Map<String, String> facts = new HashMap<>();
        for (int n = random.nextInt(6); n > 0; n--) {
            facts.put(fact(), one(VALUES));
        }
        return new Candidate(
                new NodeName(one("ship1", "ship2", "and", "NOT", "node-3", "or")),
                one("up", "down", "late"),
                one("eu", "us", "").isEmpty() ? null : one("eu", "us"),
                tags,
                facts);
    }

    private String fact() {
        return one("kernel", "os.version", "os.family", "memory.mb", "load");
    }

    private String written(NaiveTarget target) {
        String text =
                switch (target) {
                    case NaiveTarget.Or(var a, var b) -> part(a, 0) + joined("or") + part(b, 0);
                    case NaiveTarget.And(var a, var b) -> part(a, 1) + joined("and") + part(b, 1);
                    case NaiveTarget.Not(var a) -> "not " + space() + part(a, 2);
                    case NaiveTarget.Condition condition -> written(condition);
                };
        if (random.nextInt(12) == 0) {
            String name = "g" + groups.size();
            groups.put(name, space() + text);
            return "@" + name + space();
        }
        return random.nextInt(6) == 0 ? "(" + space() + text + space() + ")" : text;
    }

    /// @param binding how strongly what is around it binds: 0 or, 1 and, 2 not
    private String part(NaiveTarget target, int binding) {
        int own =
                switch (target) {
                    case NaiveTarget.Or or -> 0;
                    case NaiveTarget.And and -> 1;
                    case NaiveTarget.Not not -> 2;
                    case NaiveTarget.Condition condition -> 2;
                };
        String text = written(target);
        return own < binding ? "(" + space() + text + ")" : text;
    }

    private String written(NaiveTarget.Condition condition) {
        String operator = condition.operator();
        String value =
                condition.literal() && (mustBeQuoted(condition) || random.nextInt(3) == 0)
                        ? quoted(condition.value())
                        : condition.value();
        if (condition.key().equals("name") && operator.equals("=") && random.nextBoolean()) {
            return value;
        }
        String sign = operator.equals("=") ? one("=", ":") : operator;
        return condition.key() + space() + sign + space() + value;
    }

    private static boolean mustBeQuoted(NaiveTarget.Condition condition) {
        return !condition.value().matches("[A-Za-z0-9._-]+")
                || condition.value().matches("(?i)and|or|not");
    }

    private static String quoted(String value) {
        return '"' + value.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private String joined(String word) {
        return " " + space() + word + " " + space();
    }

    private String space() {
        return one("", "", "", " ", "\t", "\n  ", "\u00A0");
    }

    private String one(String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private String one(List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }
}

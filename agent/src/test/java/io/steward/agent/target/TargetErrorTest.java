package io.steward.agent.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a person is told who writes a target wrongly, and where.
class TargetErrorTest {
    private static final long SEED =
            Long.getLong("steward.target.seed", System.nanoTime() & 0xFFFF_FFFFL);

    private static TargetException error(String text) {
        return catchThrowableOfType(TargetException.class, () -> Target.parse(text));
    }

    private static TargetException error(String text, Map<String, String> groups) {
        return catchThrowableOfType(
                TargetException.class,
                () -> Target.parse(text).resolve(name -> Optional.ofNullable(groups.get(name))));
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " # ",
            quoteCharacter = '`',
            value = {
                "``                        # 0 # an expression, such as * for all nodes",
                "`   `                     # 3 # an expression, such as * for all nodes",
                "cloud=eu and and tag=web  # 13 # a node name, key=value, @group, not or (; a node"
                        + " of that name is written in quotes",
                "a and                     # 5 # a node name, key=value, @group, not or (",
                "= eu                      # 0 # a node name, key=value, @group, not or (",
                "not                       # 3 # a node name, key=value, @group, not or (",
                "()                        # 1 # a node name, key=value, @group, not or (",
                "a AND b                   # 2 # and, in lower case",
                "a Or b                    # 2 # or, in lower case",
                "NOT a                     # 0 # not, in lower case",
                "a b                       # 2 # and, or, or the end",
                "a not b                   # 2 # and, or, or the end",
                "a )                       # 2 # and, or, or the end",
                "(a b)                     # 3 # and, or, or )",
                "(a and (b or c)           # 15 # and, or, or )",
                "state up                  # 6 # and, or, or the end",
                "cloud=                    # 6 # a value: a word, or text in double quotes",
                "cloud= and tag=web        # 7 # a value: a word, or text in double quotes",
                "cloud==eu                 # 6 # a value: a word, or text in double quotes",
                "a=b=c                     # 3 # and, or, or the end",
                "cloud=eu,us               # 8 # or between two conditions",
                "a || b                    # 2 # or between two conditions",
                "a && b                    # 2 # and between two conditions",
                "!a                        # 0 # not before a condition, or != between key and"
                        + " value",
                "os.family~deb             # 9 # = with a glob, such as os.family=deb*; there are"
                        + " no regular expressions",
                "os.family=~deb            # 10 # = with a glob, such as os.family=deb*; there are"
                        + " no regular expressions",
                "{a,b}                     # 0 # conditions with or between them; there are no"
                        + " lists in {}",
                "a]                        # 1 # [ before it",
                "tag='web'                 # 4 # double quotes, as in \"a b\"",
                "tag=a#b                   # 5 # double quotes around text with this character",
                "tag=\"web                 # 4 # another \" behind it",
                "tag=\"we\\b\"             # 7 # \\\" for a quote, \\\\ for a backslash",
                "tag=\"web\\               # 8 # \\\" for a quote, \\\\ for a backslash",
                "a or ship[1               # 9 # characters and ]",
                "ship[]                    # 5 # characters before ]",
                "ship[!]                   # 6 # characters before ]",
                "ship[9-0]                 # 5 # the lower character before the higher one",
                "ship[*]                   # 5 # letters, digits or _-./+%",
                "os.family                 # 0 # a node name of A-Z a-z 0-9 _ -, or a comparison"
                        + " such as os.family=debian",
                "a or ship.*               # 5 # a node name of A-Z a-z 0-9 _ -, or a comparison"
                        + " such as os.family=debian",
                "name=\"a b\"              # 5 # a node name of A-Z a-z 0-9 _ -, or a comparison"
                        + " such as os.family=debian",
                "\"\"                      # 0 # a node name of A-Z a-z 0-9 _ -, or a comparison"
                        + " such as os.family=debian",
                "\"cloud\"=eu              # 0 # a key without quotes and without * ? []",
                "os.*=debian               # 0 # a key without quotes and without * ? []",
                "tags!=web                 # 0 # the key tag",
                "a or Cloud=eu             # 5 # the key cloud",
                "os..family=a              # 0 # words with single dots between them, as"
                        + " os.family",
                ".family=a                 # 0 # words with single dots between them, as"
                        + " os.family",
                "os.=a                     # 0 # words with single dots between them, as"
                        + " os.family",
                "state=gone                # 6 # a state: up, late, down, stopped, maintenance,"
                        + " pending",
                "state!=\"u*\"             # 7 # a state: up, late, down, stopped, maintenance,"
                        + " pending",
                "tag>web                   # 3 # = or != behind tag: only facts have an order",
                "name >= a                 # 5 # = or != behind name: only facts have an order",
                "cloud<eu                  # 5 # = or != behind cloud: only facts have an order",
                "state<up                  # 5 # = or != behind state: only facts have an order",
                "kernel>=6.*               # 8 # a number or a version behind >=: only = and !="
                        + " take a glob",
                "a or @                    # 5 # @ and the name of a group, 1 to 64 characters of"
                        + " A-Z a-z 0-9 _ -",
                "@a.b                      # 2 # and, or, or the end",
                "@a=5                      # 2 # and, or, or the end",
            })
    void anErrorTellsPlaceAndWhatWasExpected(String text, int position, String expected) {
        TargetException error = error(text);
        assertThat(error).as(text).isNotNull();
        assertThat(error.expected()).isEqualTo(expected);
        assertThat(error.position()).isEqualTo(position);
        assertThat(error.text()).isEqualTo(text);
        assertThat(error)
                .hasMessageEndingWith(" at character %d: expected %s", position + 1, expected);
    }

    @Test
    void anErrorSaysWhatWasFound() {
        assertThat(error("cloud=eu and and tag=web"))
                .hasMessageStartingWith("\"and\" at character 14: expected a node name, ");
        assertThat(error("a and"))
                .hasMessage(
                        "the end at character 6: expected a node name, key=value, @group, not or"
                                + " (");
        assertThat(error("a @web")).hasMessageStartingWith("@web at character 3: ");
        assertThat(error("tag=\"\uD83D\uDEA2\" b"))
                .hasMessageStartingWith("\"b\" at character 9: ");
        assertThat(error("a " + "b".repeat(99)))
                .hasMessageStartingWith("\"" + "b".repeat(40) + "...\" at character 3: ");
        assertThat(error("a\u0007")).hasMessageStartingWith("U+0007 at character 2: ");
    }

    @Test
    void aNameThatNoNodeCanHaveIsRefused() {
        assertThat(error("a or clusterbus"))
                .hasMessageContaining("\"clusterbus\" at character 6")
                .hasMessageContaining("is reserved");
        assertThat(error("name=" + "n".repeat(65))).hasMessageContaining("at most 64");
        assertThat(error("@" + "g".repeat(65))).hasMessageContaining("1 to 64");
    }

    @Test
    void aCaretPointsAtThePlace() {
        assertThat(error("cloud=eu and AND tag=web").pointed())
                .isEqualTo(
                        """
                          cloud=eu and AND tag=web
                                       ^ expected a node name, key=value, @group, not or (; \
                        a node of that name is written in quotes\
                        """);
        assertThat(error("a\tor\nb\u202E!").pointed())
                .isEqualTo(
                        """
                          a or b\uFFFD!
                                ^ expected double quotes around text with this character\
                        """);
    }

    @Test
    void ofALongExpressionOnlyWhatIsAroundThePlaceIsShown() {
        String much = "ship1 or ".repeat(1_000);
        assertThat(error(much + "and " + much).pointed())
                .isEqualTo(
                        """
                          ... or ship1 or ship1 or ship1 or ship1 or and ship1 or ship1 or sh...
                                                                     ^ expected a node name, \
                        key=value, @group, not or (; a node of that name is written in quotes\
                        """);
    }

    @Test
    void whatIsTooLongOrTooDeepIsRefused() {
        assertThat(error("(".repeat(101) + "a" + ")".repeat(101)))
                .hasMessage(
                        "\"(\" at character 101: expected at most 100 brackets and nots in one"
                                + " another");
        assertThat(error("not ".repeat(50_000 / 4))).hasMessageContaining("character 401");
        assertThat(error("(".repeat(100_000)).position()).isEqualTo(100);
        assertThat(error("a or ".repeat(20_001))).hasMessageContaining("at most 100000 characters");
        assertThat(error("(a)or(b or c)and(d)or".repeat(4_761) + "(a or b)and(c or d)"))
                .hasMessageContaining("at most 100000 characters");
    }

    @Test
    void anUnknownGroupIsNamedWithTheGroupsThatLeadThere() {
        assertThat(error("a or @web", Map.of()))
                .hasMessage(
                        "the unknown group @web at character 6: expected the name of a group that"
                                + " is saved");
        TargetException error = error("@a", Map.of("a", "x or @b", "b", "not @c"));
        assertThat(error)
                .hasMessage(
                        "the unknown group @a -> @b -> @c at character 5 of @a -> @b: expected the"
                                + " name of a group that is saved");
        assertThat(error.text()).isEqualTo("not @c");
        assertThat(error("@a", Map.of("a", "x or @b", "b", "c AND d")))
                .hasMessage("\"AND\" at character 3 of @a -> @b: expected and, in lower case");
    }

    @Test
    void aGroupThatIsMadeOfItselfIsRefused() {
        assertThat(error("x or @a", Map.of("a", "@b or y", "b", "z and @a")))
                .hasMessage(
                        "the circle @a -> @b -> @a at character 7 of @a -> @b: expected a group"
                                + " that is not made of itself");
        assertThat(error("@x", Map.of("x", "@a", "a", "@a")))
                .hasMessageStartingWith("the circle @x -> @a -> @a at character 1 of @x -> @a: ");
    }

    @Test
    void groupsCannotGrowWithoutBound() {
        TargetException doubled =
                catchThrowableOfType(
                        TargetException.class,
                        () -> Target.parse("@g0").resolve(TargetErrorTest::twiceTheNext));
        assertThat(doubled).hasMessageContaining("at most 100000 characters");
        TargetException deep =
                catchThrowableOfType(
                        TargetException.class,
                        () -> Target.parse("@0").resolve(TargetErrorTest::allButTheNext));
        assertThat(deep)
                .hasMessageContaining(", with its groups put in: expected at most 100 brackets");
        TargetException chain =
                catchThrowableOfType(
                        TargetException.class,
                        () -> Target.parse("@0").resolve(TargetErrorTest::next));
        assertThat(chain)
                .hasMessage(
                        "a chain of 101 groups at character 1 of @0 -> @1 -> @2 -> ... -> @97 ->"
                                + " @98 -> @99: expected at most 100 groups in one another");
        assertThat(error("not @a", Map.of("a", "not ".repeat(100) + "b")))
                .hasMessageContaining("with its groups put in");
    }

    private static Optional<String> next(String name) {
        return Optional.of("@" + (Integer.parseInt(name) + 1));
    }

    private static Optional<String> allButTheNext(String name) {
        return name.equals("98")
                ? Optional.of("not (not (not (not a)))")
                : next(name).map("not "::concat);
    }

    private static Optional<String> twiceTheNext(String name) {
        int next = Integer.parseInt(name.substring(1)) + 1;
        return Optional.of(next == 40 ? "ship*" : "@g%d and x or @g%d".formatted(next, next));
    }

    @Test
    void garbageIsAnErrorAndNothingElse() {
        Random random = new Random(SEED);
        String[] words = {
            "and",
            "or",
            "not",
            "(",
            ")",
            "@a",
            "=",
            "!=",
            "<=",
            ">",
            ":",
            "\"",
            "\\",
            "[",
            "]",
            "!",
            "-",
            "*",
            "?",
            "ship1",
            "os.family",
            "state",
            "name",
            "tag",
            " ",
            "6.10",
            "\uD83D",
            "\uDEA2",
            "\u0000",
            "\u00E9",
            "~",
            ","
        };
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n >= 0; n--) {
                if (random.nextInt(8) == 0) {
                    text.append((char) random.nextInt(0x300));
                } else {
                    text.append(words[random.nextInt(words.length)]);
                }
            }
            String made = text.toString();
            try {
                Target.parse(made).resolve(name -> Optional.of(made));
            } catch (TargetException e) {
                assertThat(e.pointed().lines()).hasSize(2);
                assertThat(e.position()).isBetween(0, e.text().length());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed %d: %s".formatted(SEED, made), e);
            }
        }
    }
}

package io.steward.agent.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.messages.NodeName;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a target means. The errors are in [TargetErrorTest].
class TargetTest {
    private static final Candidate SHIP =
            new Candidate(
                    new NodeName("ship1"),
                    "up",
                    "eu",
                    Set.of("web", "edge-2"),
                    Map.of(
                            "os.family", "debian",
                            "os.version", "8.10",
                            "kernel", "6.10.3-rc1",
                            "arch", "x86_64",
                            "memory.mb", "4000",
                            "load.1", "0.75",
                            "temperature", "-5",
                            "motto", "* say \"hi\" \\o/",
                            "empty", "",
                            "swap", "true"));

    private static boolean matches(String target) throws TargetException {
        return Target.parse(target).matches(SHIP);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ship1",
                "*",
                "ship*",
                "*1",
                "s*p*1",
                "ship?",
                "*****",
                "ship[0-9]",
                "[r-t]hip1",
                "ship[!2-9]",
                "[!a-c]*",
                "[sx]hip1",
                "sh[a-]p1 or ship1",
                "\"ship1\"",
                "name=ship1",
                "name:ship1",
                "name = s*",
                "name!=ship2"
            })
    void aBareWordIsAGlobOnTheName(String target) throws TargetException {
        assertThat(matches(target)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ship",
                "hip1",
                "Ship1",
                "SHIP*",
                "ship1?",
                "ship[2-9]",
                "[!s]hip1",
                "?",
                "*2",
                "ship1*1",
                "name=\"ship2\"",
                "name!=ship*"
            })
    void aNameThatIsNotMeantDoesNotMatch(String target) throws TargetException {
        assertThat(matches(target)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cloud=eu",
                "cloud=*",
                "cloud!=us",
                "state=up",
                "state=u*",
                "state!=down",
                "tag=web",
                "tag=edge*",
                "tag!=db",
                "os.family=deb*",
                "os.family=\"debian\"",
                "arch=x86_64",
                "swap=true",
                "empty=\"\"",
                "empty=*",
                "motto=\"* say \\\"hi\\\" \\\\o/\"",
                "motto=*hi*",
                "memory.mb=4000",
                "nothing!=5",
                "nothing!=*"
            })
    void equalIsWithAGlobInTheValue(String target) throws TargetException {
        assertThat(matches(target)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cloud!=*",
                "cloud=EU",
                "tag=we",
                "tag!=web",
                "tag=\"we*\"",
                "os.family=Debian",
                "os.family=\"deb*\"",
                "memory.mb=4000.0",
                "nothing=*",
                "nothing=\"\"",
                "tag=\"\"",
                "empty!=*"
            })
    void equalIsExactAndQuotedTextIsNoGlob(String target) throws TargetException {
        assertThat(matches(target)).isFalse();
    }

    @Test
    void aNodeInNoCloudHasNoneToCompare() throws TargetException {
        Candidate homeless = new Candidate(new NodeName("a"), "up", null, Set.of(), Map.of());
        assertThat(Target.parse("cloud=*").matches(homeless)).isFalse();
        assertThat(Target.parse("cloud!=*").matches(homeless)).isTrue();
        assertThat(Target.parse("cloud!=eu").matches(homeless)).isTrue();
        assertThat(Target.parse("cloud=\"\"").matches(homeless)).isFalse();
        assertThat(Target.parse("tag=*").matches(homeless)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "memory.mb>=4000, true",
        "memory.mb>=4000.0, true",
        "memory.mb<=04000.00, true",
        "memory.mb>4000, false",
        "memory.mb<4000, false",
        "memory.mb>999.5, true",
        "memory.mb<99999999999999999999999999999999, true",
        "memory.mb>-99999999999999999999999999999999, true",
        "load.1<0.8, true",
        "load.1>0.7, true",
        "load.1>=.75, false",
        "temperature<-4.9, true",
        "temperature>-5.1, true",
        "temperature<0, true",
        "temperature>-0, false",
        "nothing<5, false",
        "nothing>=5, false",
        "not nothing<5, true",
    })
    void numbersAreOrderedAsNumbers(String target, boolean expected) throws TargetException {
        assertThat(matches(target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "kernel>6.9, true",
        "kernel>=6.10.3, true",
        "kernel<6.10.10, true",
        "kernel<6.10.3-rc2, true",
        "kernel>6.10.3, true",
        "kernel<6.10.30, true",
        "kernel<=006.010.03-rc01, true",
        "kernel>=006.010.03-rc01, true",
        "kernel<7, true",
        "kernel>v1, false",
        "os.version>8.9, true",
        "os.version<8.9, false",
        "os.version>=8.10, true",
        "os.family>debia, true",
        "os.family<\"debian 12\", true",
        "os.family>12, true",
        "memory.mb<4000g, true",
        "empty<0, true",
        "empty>=\"\", true",
    })
    void allElseIsOrderedAsVersions(String target, boolean expected) throws TargetException {
        assertThat(matches(target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "ship1 or ship2 and ship3, true",
        "(ship1 or ship2) and ship3, false",
        "not ship2 and ship1, true",
        "not (ship2 or ship1), false",
        "not not ship1, true",
        "not cloud!=eu, true",
        "(((ship1))), true",
        "(ship1)and(ship1), true",
        "not(ship1)or(cloud=us), false",
        "ship2 or cloud=eu and tag=web and not state=down, true",
    })
    void orBindsLessThanAndLessThanNot(String target, boolean expected) throws TargetException {
        assertThat(matches(target)).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "name=ship1, ship1",
        "'  ( ship1 ) ', ship1",
        "\"ship1\", ship1",
        "name!=ship1, not ship1",
        "not cloud=eu, cloud!=eu",
        "not not cloud = eu, not cloud!=eu",
        "tag:web, tag=web",
        "tag=\"web\", tag=web",
        "tag=\"we*\", tag=\"we*\"",
        "tag=\"a b\", tag=\"a b\"",
        "tag=\"\", tag=\"\"",
        "\"OR\", \"OR\"",
        "name=And, \"And\"",
        "region=OR, region=\"OR\"",
        "kernel >= \"6.10\", kernel>=6.10",
        "(a and b) and (c and d), a and b and c and d",
        "a or (b or c), a or b or c",
        "(a or b) and c, (a or b) and c",
        "(a and b) or c, a and b or c",
        "not (a and b), not (a and b)",
        "not (a), not a",
        "not@g, not @g",
    })
    void theCanonicalTextHasNothingNeedless(String target, String canonical)
            throws TargetException {
        assertThat(Target.parse(target)).hasToString(canonical).isEqualTo(Target.parse(canonical));
        assertThat(Target.parse(canonical)).hasToString(canonical);
    }

    @ParameterizedTest
    @CsvSource({
        "ship1, false",
        "* and state=up or not name=x, false",
        "cloud=*, true",
        "a or b and not (tag!=x), true",
        "kernel>5, true",
        "arch=x, true",
        "@g, true",
    })
    void aTargetTellsWhetherItNeedsFacts(String target, boolean expected) throws TargetException {
        assertThat(Target.parse(target).needsFacts()).isEqualTo(expected);
    }

    @Test
    void aTargetTellsTheNamesItGives() throws TargetException {
        assertThat(
                        Target.parse("ship2 or name=ship1 or s* or not ship3 or name!=ship4")
                                .namesGiven())
                .containsExactly(new NodeName("ship2"), new NodeName("ship1"));
        assertThat(Target.parse("not (a or not b) and \"c\" and tag=d").namesGiven())
                .containsExactly(new NodeName("b"), new NodeName("c"));
    }

    @Test
    void groupsArePutInWhereTheyStand() throws TargetException {
        Map<String, String> saved =
                Map.of("web", "tag=web or @ships", "ships", "ship*", "none", "not *", "db-1", "db");
        Target target = Target.parse("not @none and @web and (@web or @db-1)");
        assertThat(target.groups()).containsExactly("none", "web", "db-1");
        Target whole = target.resolve(name -> Optional.ofNullable(saved.get(name)));
        assertThat(whole)
                .hasToString("not not * and (tag=web or ship*) and (tag=web or ship* or db)")
                .isEqualTo(Target.parse(whole.toString()));
        assertThat(whole.groups()).isEmpty();
        assertThat(whole.matches(SHIP)).isTrue();
        assertThat(whole.resolve(name -> Optional.empty())).isSameAs(whole);
        assertThatThrownBy(() -> target.matches(SHIP))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("db-1");
    }

    @Test
    void aLongChainIsNoDeepOne() throws TargetException {
        String chain = String.join(" or ", Collections.nCopies(5_000, "name=node-2"));
        assertThat(Target.parse(chain + " or ship1").matches(SHIP)).isTrue();
        String all = String.join(" and ", Collections.nCopies(5_000, "(ship1)"));
        assertThat(Target.parse(all).matches(SHIP)).isTrue();
        assertThat(Target.parse(all)).isEqualTo(Target.parse(Target.parse(all).toString()));
    }

    @Test
    void aHundredLevelsOfBracketsAreRead() throws TargetException {
        assertThat(matches("(".repeat(100) + "ship1" + ")".repeat(100))).isTrue();
        assertThat(matches("not ".repeat(100) + "ship1")).isTrue();
    }

    @Test
    void aGlobOfManyStarsTakesNoLongTime() throws TargetException {
        Candidate node =
                new Candidate(
                        new NodeName("a"), "up", null, Set.of(), Map.of("k", "a".repeat(5_000)));
        assertThat(Target.parse("k=" + "*a".repeat(1_000) + "*b").matches(node)).isFalse();
    }

    @Test
    void charactersOutsideOfTheBasicPlaneAreOne() throws TargetException {
        Candidate node = new Candidate(new NodeName("a"), "up", "\uD83D\uDEA2", Set.of(), Map.of());
        assertThat(Target.parse("cloud=?").matches(node)).isTrue();
        assertThat(Target.parse("cloud=\"\uD83D\uDEA2\"").matches(node)).isTrue();
        assertThat(Target.parse("cloud=??").matches(node)).isFalse();
    }
}

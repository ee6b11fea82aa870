package io.steward.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FactsTest {
    private static final JsonMapper JSON = new JsonMapper();

    @Test
    void theyAreSortedAndCannotBeChanged() {
        Facts facts = Facts.of(Map.of("os.id", "debian", "arch", "amd64", "os.family", "debian"));
        assertThat(facts.values().keySet()).containsExactly("arch", "os.family", "os.id");
        assertThat(facts.get("arch")).isEqualTo("amd64");
        assertThat(facts.get("kernel")).isNull();
        assertThatThrownBy(() -> facts.values().put("kernel", "6"))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aKeyThatIsNotValidIsRefusedByName() {
        assertThatThrownBy(() -> Facts.of(Map.of("Os\n", "x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'Os '")
                .hasMessageContaining("a-z 0-9 _ . -");
        assertThatThrownBy(() -> Facts.of(Map.of("k".repeat(129), "x")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(Facts.of(Map.of("k".repeat(128), "x")).values()).hasSize(1);
    }

    @Test
    void tooManyAreRefused() {
        assertThat(Facts.of(many(500)).values()).hasSize(500);
        assertThatThrownBy(() -> Facts.of(many(501)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("501 facts; expected at most 500");
    }

    @Test
    void aLongValueIsCutBetweenCharacters() {
        assertThat(Facts.of(Map.of("k", "x".repeat(2000))).get("k")).hasSize(1024);
        assertThat(Facts.of(Map.of("k", "x" + "\uD83D\uDEA2".repeat(1000))).get("k"))
                .hasSize(1023)
                .endsWith("\uD83D\uDEA2");
    }

    @Test
    void aValueIsOneLine() {
        assertThat(Facts.of(Map.of("k", "a\nb\u001b[2J")).get("k")).isEqualTo("a b [2J");
    }

    @Test
    void jsonHasNumbersAndBooleansWhereTheTextComesBack() {
        Facts facts =
                Facts.of(
                        Map.of(
                                "memory.mb", "7949",
                                "load.1", "0.5",
                                "container", "false",
                                "os.version", "13",
                                "arch", "386",
                                "rack.version", "24.10",
                                "rack.phone", "0049",
                                "rack.serial", "12345678901234567890",
                                "rack.weight", "12345678.25"));
        assertThat(facts.toJson().toString())
                .isEqualTo(
                        "{\"arch\":\"386\",\"container\":false,\"load.1\":0.5,\"memory.mb\":7949,"
                                + "\"os.version\":\"13\",\"rack.phone\":\"0049\","
                                + "\"rack.serial\":\"12345678901234567890\","
                                + "\"rack.version\":\"24.10\",\"rack.weight\":12345678.25}");
    }

    @Test
    void whatWasWrittenIsReadAgain() throws Exception {
        Facts facts =
                Facts.of(
                        Map.of(
                                "load.1", "6.38",
                                "weight", "12345678.25",
                                "agent.root", "true",
                                "os.pretty", "Debian \"13\"",
                                "memory.mb", "0"));
        assertThat(Facts.of(object(facts.toJson().toString()))).isEqualTo(facts);
    }

    @Test
    void othersJsonIsFlattenedAndWhatDoesNotFitIsLeftOut() throws Exception {
        Facts facts =
                Facts.of(
                        object(
                                """
                                {"os": {"family": "debian", "cpu": {"count": 4}}, "startedAt": "now",
                                 "address": ["10.0.0.1", 7, {"a": 1}], "none": null, "empty": {},
                                 "no key": 1, "": 2, "load": 6.0, "huge": 1e300, "memory.mb": 10}
                                """));
        assertThat(facts.values())
                .containsEntry("os.family", "debian")
                .containsEntry("os.cpu.count", "4")
                .containsEntry("startedat", "now")
                .containsEntry("address", "10.0.0.1,7,{\"a\":1}")
                .containsEntry("load", "6")
                .containsEntry("huge", "1" + "0".repeat(300))
                .containsEntry("memory.mb", "10")
                .hasSize(7);
    }

    @Test
    void ofTooManyInJsonTheFirstStay() {
        ObjectNode json = JSON.createObjectNode();
        many(1000).forEach(json::put);
        assertThat(Facts.of(json).values()).hasSize(500);
    }

    @ParameterizedTest
    @CsvSource({
        "os.version, 12, 13, true",
        "os.version, 12, 12, false",
        "memory.mb, 1000, 1001, true",
        "memory.freemb, 1000, 1100, false",
        "memory.freemb, 1000, 1101, true",
        "memory.freemb, 1000, 899, true",
        "disk.root.freemb, 0, 1, true",
        "tank.free, 10, 9, false",
        "tank.free, 10, 8, true",
        "tank.free, 10, much, true",
        "disk._srv.usedpercent, 90, 95, false",
        "disk._srv.usedpercent, 90, 96, true",
        "load.1, 0, 0.5, false",
        "load.1, 0, 0.51, true",
        "load.5, 20, 21.9, false",
        "load.5, 20, 22.1, true",
        "uptime.seconds, 1000, 87000, false",
        "uptime.seconds, 1000, 87500, true",
        "uptime.seconds, 9000000, 5, true",
        "disk.root.mb, 10000, 10100, false",
        "disk.root.mb, 10000, 10101, true",
    })
    void aSmallMoveIsNotNotable(String key, String was, String is, boolean notable) {
        assertThat(Facts.of(Map.of(key, is)).differsNotably(Facts.of(Map.of(key, was))))
                .isEqualTo(notable);
    }

    @Test
    void aKeyMoreOrLessIsNotable() {
        Facts one = Facts.of(Map.of("a", "1"));
        Facts two = Facts.of(Map.of("a", "1", "b", "2"));
        assertThat(one.differsNotably(two)).isTrue();
        assertThat(two.differsNotably(one)).isTrue();
        assertThat(Facts.of(Map.of("b", "1")).differsNotably(one)).isTrue();
        assertThat(two.differsNotably(two)).isFalse();
    }

    private static Map<String, String> many(int count) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < count; i++) {
            values.put("key." + i, "value");
        }
        return values;
    }

    private static ObjectNode object(String text) throws Exception {
        return (ObjectNode) JSON.readTree(text);
    }
}

package io.steward.agent.settings;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// A steward.yaml that is made to do harm.
class HostileCorpusTest {
    @TempDir Path folder;

    static Stream<Arguments> files() {
        return Stream.of(
                Arguments.of("node: &a x\ncentral: *a\n", "central: an alias (*...)"),
                Arguments.of("node: *a\n", "node: an alias (*...)"),
                Arguments.of("tags: [*a, *a]\n", "tags: an alias (*...)"),
                Arguments.of("tags: &a [a]\n", "tags: an anchor (&...)"),
                Arguments.of("broker: &b\n  url: nats://a\n", "broker: an anchor (&...)"),
                Arguments.of("broker: *b\n", "broker: an alias (*...)"),
                Arguments.of("node: !!java.net.URL [x]\n", "node: a tag (!...)"),
                Arguments.of("broker: !x {url: nats://a}\n", "broker: a tag (!...)"),
                Arguments.of(laughs(), "lol0: there is no such setting"),
                Arguments.of("tags: " + "[".repeat(50_000), "tags: expected words"),
                Arguments.of("broker:\n  <<: {url: nats://a}\n", "broker.<<: there is no such"),
                Arguments.of("node: ../../etc\n", "node name \"../../etc\" has '.' at character 1"),
                Arguments.of("node: \"a\\u001b]0;t\\u0007\"\n", "has U+001B at character 2"),
                Arguments.of("node: \"a\\0b\"\n", "has U+0000 at character 2"),
                Arguments.of("node: '*'\n", "node name \"*\" has '*'"),
                Arguments.of("node: " + "a".repeat(65) + "\n", "has 65 characters"),
                Arguments.of("node: a\nnode: b\n", "node: is given twice"),
                Arguments.of("broker:\n  port: 1e999999999\n", "broker.port: \"1e999999999\""),
                Arguments.of("node: \u0001\n", "not YAML"));
    }

    private static String laughs() {
        StringBuilder text = new StringBuilder("lol0: &lol0 [a, a]\n");
        for (int i = 1; i < 50; i++) {
            text.append("lol%1$d: &lol%1$d [*lol%2$d, *lol%2$d]%n".formatted(i, i - 1));
        }
        return text.toString();
    }

    @ParameterizedTest
    @MethodSource("files")
    void isRefusedWithItsPlaceAndAReason(String text, String error) throws Exception {
        Path file = Files.writeString(folder.resolve("steward.yaml"), text);
        assertThatThrownBy(() ->
                        SettingsFile.read(file, folder).forEach((key, given) -> check(key, given)))
                .hasMessageContaining(file + ", line ")
                .hasMessageContaining(error)
                .satisfies(e ->
                        org.assertj.core.api.Assertions.assertThat(e.getMessage())
                                .hasSizeLessThan(1_000));
    }

    private static void check(String key, Given given) {
        SettingKeys.all().stream()
                .filter(each -> each.key().equals(key))
                .forEach(each -> {
                    try {
                        Object _ = given.parse(each);
                    } catch (SettingsException e) {
                        throw new IllegalArgumentException(e.getMessage(), e);
                    }
                });
    }
}

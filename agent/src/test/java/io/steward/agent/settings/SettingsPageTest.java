package io.steward.agent.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// docs/settings.md is made from the catalogue.
class SettingsPageTest {
    private static final String HEAD =
            """
            # Settings

            <!-- Made from the code. To write it anew: ./mvnw -pl messages,agent test -Dtest=SettingsPageTest -Dsurefire.failIfNoSpecifiedTests=false -Dsteward.docs=write -->

            What an agent (`steward up`, `steward agent`) is told from outside. Each source is stronger than the one before:

            1. the default;
            2. `steward.yaml`, from `--config` or `STEWARD_CONFIG`, else from the data folder;
            3. the environment variable;
            4. the flag.

            ```yaml
            node: ship1
            central: bridge
            broker:
              url: [nats://broker1:4222, nats://broker2:4222]
            run:
              methodTimeout: 10m
            ```

            A relative path in the file is relative to the file's folder, elsewhere to the working folder; `~` is the home folder.
            A list is written as a list in the file, with commas in a variable; its flag can be given several times.
            Durations: `500ms`, `10s`, `1h30m`, `7d`, or a number of seconds. Sizes: `4096`, `64KiB`, `10MB`, `1GiB`.
            An unknown key, a wrong type, a value out of range: the agent does not start and says which and where.

            """;

    @Test
    void thePageIsUpToDate() throws Exception {
        Path page = root().resolve("docs").resolve("settings.md");
        if ("write".equals(System.getProperty("steward.docs"))) {
            Files.createDirectories(root().resolve("docs"));
            Files.writeString(page, render());
        }
        assertThat(Files.exists(page) ? Files.readString(page) : "")
                .as(
                        "docs/settings.md is not what the catalogue says; write it with ./mvnw -pl"
                                + " messages,agent test -Dtest=SettingsPageTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dsteward.docs=write")
                .isEqualTo(render());
    }

    private static String render() {
        StringBuilder page = new StringBuilder(HEAD);
        page.append("| key | variable | flag | default | what it is |\n");
        page.append("| --- | --- | --- | --- | --- |\n");
        for (SettingKey<?> key : SettingKeys.all()) {
            boolean inFile = !key.equals(SettingKeys.CONFIG);
            page.append(
                    "| %s | `%s` | %s | %s | %s Expected: %s. |\n"
                            .formatted(
                                    inFile ? "`" + key.key() + "`" : "",
                                    key.variable(),
                                    key.flag() == null ? "" : "`" + key.flag() + "`",
                                    key.shownDefault(),
                                    key.description(),
                                    key.type().expected()));
        }
        return page.toString();
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("mvnw"))) {
            Path parent = folder.getParent();
            if (parent == null) {
                throw new IllegalStateException("not in the project");
            }
            folder = parent;
        }
        return folder;
    }
}

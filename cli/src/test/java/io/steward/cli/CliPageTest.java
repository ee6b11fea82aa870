package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// docs/cli.md has a section for each command, with an example.
class CliPageTest {
    @Test
    void everyCommandHasItsSectionWithAnExample() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "cli.md"));
        for (String name : Commands.all().keySet()) {
            String title = "\n## " + name + "\n";
            assertThat(page).contains(title);
            String section = page.substring(page.indexOf(title) + title.length()).split("\n## ")[0];
            assertThat(section).as(name).contains("steward " + name);
        }
    }
}

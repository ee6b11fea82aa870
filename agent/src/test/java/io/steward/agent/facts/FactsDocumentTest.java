package io.steward.agent.facts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// docs/facts.md lists what can be gathered, and nothing else.
class FactsDocumentTest {
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([^`]+)` \\| .+ \\| `.+` \\| .+ \\|$");
    private static final List<String> MACHINES =
            List.of(
                    "alpine",
                    "board",
                    "debian",
                    "docker",
                    "kubernetes",
                    "lxc",
                    "podman",
                    "rocky",
                    "ubuntu");

    @TempDir private Path folder;

    @Test
    void everyKeyHasItsRow() throws IOException {
        Set<String> gathered = new TreeSet<>();
        for (String machine : MACHINES) {
            Path root = Files.createDirectory(folder.resolve(machine));
            SampleMachine.unpack(machine, root).gather().values().keySet().stream()
                    .map(key -> key.replaceFirst("^disk\\._[^.]+", "disk.MOUNT"))
                    .forEach(gathered::add);
        }
        Set<String> listed = new TreeSet<>();
        Matcher row = ROW.matcher(Files.readString(Path.of("..", "docs", "facts.md")));
        while (row.find()) {
            assertThat(listed.add(row.group(1))).as(row.group(1) + " is listed twice").isTrue();
        }
        assertThat(listed).isEqualTo(gathered);
    }
}

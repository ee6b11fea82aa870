package io.steward.fuzz;

import io.steward.agent.http.HttpFuzz;
import io.steward.agent.journal.JournalFuzz;
import io.steward.agent.settings.SettingsFuzz;
import io.steward.agent.target.TargetFuzz;
import io.steward.messages.EnvelopeFuzz;
import io.steward.messages.InputFuzz;
import io.steward.messages.NamesFuzz;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/// Every input of the corpus, which holds those that were found to break something.
final class ReplayTest {
    private interface Target {
        void run(byte[] input) throws Exception;
    }

    private static final Map<String, Target> TARGETS =
            Map.of(
                    "envelope", EnvelopeFuzz::fuzzerTestOneInput,
                    "input", InputFuzz::fuzzerTestOneInput,
                    "names", NamesFuzz::fuzzerTestOneInput,
                    "settings", SettingsFuzz::fuzzerTestOneInput,
                    "http", HttpFuzz::fuzzerTestOneInput,
                    "journal", JournalFuzz::fuzzerTestOneInput,
                    "target", TargetFuzz::fuzzerTestOneInput);

    @TestFactory
    List<DynamicTest> corpus() throws Exception {
        try (Stream<Path> files = Files.walk(Path.of("corpus"))) {
            return files.filter(Files::isRegularFile).sorted().map(ReplayTest::replay).toList();
        }
    }

    private static DynamicTest replay(Path file) {
        Target target = TARGETS.get(file.getName(file.getNameCount() - 2).toString());
        return DynamicTest.dynamicTest(
                file.toString(),
                () -> {
                    if (target == null) {
                        throw new AssertionError("no target for " + file);
                    }
                    target.run(Files.readAllBytes(file));
                });
    }
}

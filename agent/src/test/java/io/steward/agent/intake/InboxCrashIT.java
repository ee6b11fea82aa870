package io.steward.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The agent is let die at every step, and at some two steps. Many folders, so not a quick test.
class InboxCrashIT {
    @Test
    void whereverTheAgentDiesEachFileIsTakenOnceAndFiled(@TempDir Path folder) throws Exception {
        int steps = crashes(Files.createDirectory(folder.resolve("whole")), -1, -1);
        for (int first = 0; first < steps; first++) {
            for (int second = 0; second < 3; second++) {
                crashes(
                        Files.createDirectory(folder.resolve("at" + first + "-" + second)),
                        first,
                        second == 0 ? -1 : second);
            }
        }
    }

    private static int crashes(Path folder, int first, int second) throws Exception {
        try (Rig rig = new Rig(folder.toRealPath(), Rig.INBOX)) {
            rig.outbox.refuse("bad");
            if (first >= 0) {
                rig.killAtStep(first, second);
            }
            rig.write("1.json", Text.of("a", "b"));
            rig.write("2.json", Text.of("bad"));
            rig.write("3.json", "[oops]");
            rig.write("4.json", Text.of("c"));
            rig.passes(90);
            assertThat(rig.outbox.taken())
                    .as("killed at %d and %d, steps %s", first, second, rig.seen)
                    .containsExactlyInAnyOrder("a", "b", "c");
            assertThat(rig.names())
                    .containsExactly(
                            "done/1.json",
                            "done/4.json",
                            "failed/2.json",
                            "failed/2.json.error",
                            "failed/3.json",
                            "failed/3.json.error");
            return rig.seen.size();
        }
    }
}

package io.steward.agent.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerConfigTest {
    @TempDir private Path folder;

    @Test
    void hasNoLineThatAnOlderServerDoesNotKnow() throws Exception {
        String text =
                new ServerConfig("127.0.0.1:4222", folder.resolve("store"), null, null, null)
                        .text(TestFleet.keys(folder.resolve("fleet")));
        assertThat(text.lines().filter(line -> line.contains("default_max_consumers")))
                .hasSize(1)
                .allMatch(line -> line.strip().startsWith("#"));
    }
}

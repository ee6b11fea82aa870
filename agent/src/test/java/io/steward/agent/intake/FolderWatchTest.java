package io.steward.agent.intake;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWatchTest {
    @Test
    void aSystemThatGivesNoMoreNoticesIsNoObstacle(@TempDir Path folder) {
        assertThatCode(
                        () -> {
                            try (FolderWatch watch =
                                    FolderWatch.of(
                                            folder,
                                            () -> {
                                                throw new IOException(
                                                        "User limit of inotify instances reached");
                                            })) {
                                watch.await(Duration.ofMillis(1));
                            }
                        })
                .doesNotThrowAnyException();
    }
}

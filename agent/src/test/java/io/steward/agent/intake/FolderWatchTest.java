package io.steward.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderWatchTest {
    private final AtomicInteger changes = new AtomicInteger();

    @Test
    void aSystemThatGivesNoMoreNoticesIsNoObstacle(@TempDir Path folder) throws Exception {
        try (FolderWatch watch =
                FolderWatch.of(
                        folder,
                        _ -> true,
                        changes::incrementAndGet,
                        () -> {
                            throw new IOException("User limit of inotify instances reached");
                        })) {
            assertThat(watch.isOn()).isFalse();
        }
    }

    @Test
    void onlyWhatConcernsIsToldOf(@TempDir Path folder) throws Exception {
        try (FolderWatch watch =
                FolderWatch.of(
                        folder, name -> name.equals(Path.of("wanted")), changes::incrementAndGet)) {
            assertThat(watch.isOn()).isTrue();
            Files.writeString(folder.resolve("other"), "x");
            Files.createFile(folder.resolve("wanted"));
            await().until(() -> changes.get() == 1);
            Files.delete(folder.resolve("wanted"));
            await().until(() -> changes.get() == 2);
        }
    }

    @Test
    void aFolderThatComesLaterIsWatchedThen(@TempDir Path folder) throws Exception {
        Path later = folder.resolve("later");
        try (FolderWatch watch = FolderWatch.of(later, _ -> true, changes::incrementAndGet)) {
            assertThat(watch.isOn()).isFalse();
            Files.createDirectory(later);
            assertThat(watch.isOn()).isTrue();
            Files.createFile(later.resolve("x"));
            await().until(() -> changes.get() == 1);
        }
    }
}

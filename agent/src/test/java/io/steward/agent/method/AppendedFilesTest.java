package io.steward.agent.method;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendedFilesTest {
    private static final byte[] LINE = "line\n".getBytes(UTF_8);

    @TempDir Path folder;

    @Test
    void anInterruptNeitherLosesALineNorIsLost() throws IOException {
        Path file = folder.resolve("a/b.log");
        try (AppendedFiles files = new AppendedFiles(1_000, 1)) {
            files.append(file, LINE);
            Thread.currentThread().interrupt();
            files.append(file, LINE);
            assertThat(Thread.interrupted()).isTrue();
            files.append(file, LINE);
        }
        assertThat(Files.readAllLines(file)).containsExactly("line", "line", "line");
    }

    @Test
    void whatCannotBeWrittenSaysWhy() throws IOException {
        Path file = Files.createDirectories(folder.resolve("folder.log"));
        try (AppendedFiles files = new AppendedFiles(1_000, 1)) {
            assertThatThrownBy(() -> files.append(file, LINE))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("folder.log");
        }
    }
}

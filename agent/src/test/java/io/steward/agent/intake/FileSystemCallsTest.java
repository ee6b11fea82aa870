package io.steward.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.intake.WriterProbe.State;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileSystemCallsTest {
    private Path file;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        file = Files.writeString(folder.resolve("a \u00e4.txt"), "x");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aWriterIsSeenAsLongAsItHasTheFileOpen() throws Exception {
        FileSystemCalls calls = new FileSystemCalls();
        assertThat(calls.probe(file)).isEqualTo(State.NONE);
        try (OutputStream writer = Files.newOutputStream(file)) {
            assertThat(calls.probe(file)).isEqualTo(State.WRITING);
            writer.write(1);
        }
        assertThat(calls.probe(file)).isEqualTo(State.NONE);
        try (var reader = Files.newInputStream(file)) {
            assertThat(calls.probe(file)).isEqualTo(State.NONE);
            assertThat(reader.read()).isEqualTo(1);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatHasNoLeasesIsUnknown() throws Exception {
        FileSystemCalls calls = new FileSystemCalls();
        assertThat(calls.probe(file.resolveSibling("none"))).isEqualTo(State.UNKNOWN);
        Path link = Files.createSymbolicLink(file.resolveSibling("link"), file);
        assertThat(calls.probe(link)).isEqualTo(State.UNKNOWN);
        assertThat(new FileSystemCalls(null).probe(file)).isEqualTo(State.UNKNOWN);
    }

    /// A lease that is broken while it is held is told by a signal, which must be a harmless one.
    @Test
    @EnabledOnOs(OS.LINUX)
    void writersThatOpenTheFileJustThenDoNoHarm() throws Exception {
        FileSystemCalls calls = new FileSystemCalls();
        Process writer =
                new ProcessBuilder(
                                "sh",
                                "-c",
                                "i=0; while [ $i -lt 3000 ]; do : >> \"$0\"; i=$((i+1)); done",
                                file.toString())
                        .start();
        while (writer.isAlive()) {
            assertThat(calls.probe(file)).isNotEqualTo(State.UNKNOWN);
        }
        assertThat(writer.waitFor()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRenameNeverReplaces(boolean linux) throws Exception {
        FileSystemCalls calls = linux ? new FileSystemCalls() : new FileSystemCalls(null);
        Path other = Files.writeString(file.resolveSibling("other"), "y");
        assertThatThrownBy(() -> calls.renameNoReplace(file, other))
                .isInstanceOf(FileAlreadyExistsException.class);
        assertThat(other).content().isEqualTo("y");
        Files.delete(other);
        calls.renameNoReplace(file, other);
        assertThat(other).content().isEqualTo("x");
        assertThat(file).doesNotExist();
        assertThatThrownBy(() -> calls.renameNoReplace(file, file.resolveSibling("z")))
                .isInstanceOf(NoSuchFileException.class);
    }
}

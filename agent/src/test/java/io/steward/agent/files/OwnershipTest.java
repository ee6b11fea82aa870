package io.steward.agent.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnershipTest {
    @TempDir private Path folder;

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    @Test
    void aFolderThatItsOwnerAloneMayWriteIntoIsFine() throws IOException {
        mode(folder, "rwxr-xr-x");
        assertThat(Ownership.problem(folder)).isEmpty();
        assertThat(Ownership.problem(folder.resolve("none"))).isEmpty();
    }

    @Test
    void aFolderThatTheGroupOrOthersMayWriteIntoIsNamedWithWhatToDo() throws IOException {
        for (String mode : new String[] {"rwxrwx---", "rwx----w-"}) {
            mode(folder, mode);
            assertThat(Ownership.problem(folder))
                    .contains(
                            "%s can be written by others than its owner (%s): expected it not to be (chmod go-w %s)"
                                    .formatted(folder, mode, folder));
        }
    }

    @Test
    void aFileThatEveryUserMayWriteIsForAll() throws IOException {
        Path file = Files.createFile(folder.resolve("inmsg.txt"));
        mode(file, "rw-rw-r--");
        assertThat(Ownership.isForAll(file)).isFalse();
        mode(file, "rw-rw-rw-");
        assertThat(Ownership.isForAll(file)).isTrue();
        assertThat(Ownership.isForAll(folder.resolve("none"))).isFalse();
    }
}

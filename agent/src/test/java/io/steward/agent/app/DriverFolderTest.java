package io.steward.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriverFolderTest {
    private static final String PROPERTY = "org.sqlite.tmpdir";

    @TempDir Path data;
    private @Nullable String before;

    @BeforeEach
    void forget() {
        before = System.clearProperty(PROPERTY);
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(PROPERTY);
        } else {
            System.setProperty(PROPERTY, before);
        }
    }

    @Test
    void theDriverUnpacksIntoTheDataFolder() throws Exception {
        DriverFolder folder = DriverFolder.prepare(data);
        assertThat(System.getProperty(PROPERTY)).isEqualTo(data.resolve("lib").toString());
        assertThat(
                        PosixFilePermissions.toString(
                                Files.getPosixFilePermissions(data.resolve("lib"))))
                .isEqualTo("rwx------");
        Files.writeString(data.resolve("lib/sqlite-3-x-libsqlitejdbc.so"), "");
        folder.clear();
        assertThat(data.resolve("lib")).isEmptyDirectory();
    }

    @Test
    void whatAKilledAgentLeftIsRemoved() throws Exception {
        Files.createDirectory(data.resolve("lib"));
        Files.writeString(data.resolve("lib/sqlite-3-x-libsqlitejdbc.so"), "");
        Files.writeString(data.resolve("lib/sqlite-3-x-libsqlitejdbc.so.lck"), "");
        var _ = DriverFolder.prepare(data);
        assertThat(data.resolve("lib")).isEmptyDirectory();
    }

    @Test
    void aPlaceThatWasChosenStays() throws Exception {
        System.setProperty(PROPERTY, data.toString());
        var _ = DriverFolder.prepare(data);
        assertThat(System.getProperty(PROPERTY)).isEqualTo(data.toString());
    }

    @Test
    void theFolderOfAnAgentThatHasGoneIsNotUsedAgain() throws Exception {
        System.setProperty(PROPERTY, data.resolve("gone/lib").toString());
        var _ = DriverFolder.prepare(data);
        assertThat(System.getProperty(PROPERTY)).isEqualTo(data.resolve("lib").toString());
    }
}

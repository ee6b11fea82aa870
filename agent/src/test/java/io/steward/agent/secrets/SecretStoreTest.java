package io.steward.agent.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.files.PrivateFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretStoreTest {
    @TempDir Path data;
    private Path folder;
    private SecretStore store;

    @BeforeEach
    void open() throws IOException {
        folder = data.resolve("secrets");
        PrivateFile.folders(folder);
        store = new SecretStore(data, Map.of("STEWARD_SECRET_API_KEY", "from-a-variable"));
        PrivateFile.replace(folder.resolve("db"), "hunter2\n");
    }

    private AbstractThrowableAssert<?, ?> assertRefused(String argument) {
        return assertThatThrownBy(() -> store.resolve(List.of("x", argument)))
                .isInstanceOf(SecretException.class);
    }

    @Test
    void aReferenceIsAnArgumentOrAPartOfOne() throws SecretException {
        assertThat(
                        store.resolve(
                                        List.of(
                                                "psql",
                                                "secret://db",
                                                "--password=secret://db",
                                                "https://me:secret://api-key@host/secret://db.",
                                                "plain"))
                                .data())
                .containsExactly(
                        "psql",
                        "hunter2",
                        "--password=hunter2",
                        "https://me:from-a-variable@host/hunter2.",
                        "plain");
    }

    @Test
    void theMaskHidesWhatWasPutIn() throws SecretException {
        SecretStore.Resolved resolved = store.resolve(List.of("x", "secret://db"));
        assertThat(resolved.mask().text("hunter2 from-a-variable"))
                .isEqualTo("*** from-a-variable");
        assertThat(resolved.toString()).doesNotContain("hunter2");
        assertThat(store.resolve(List.of("x", "y")).mask().isNone()).isTrue();
    }

    @Test
    void whatIsPutInIsNotLookedThroughAgain() throws Exception {
        PrivateFile.replace(folder.resolve("tricky"), "secret://db and $1 \\2");
        assertThat(store.resolve(List.of("x", "secret://tricky")).data())
                .containsExactly("x", "secret://db and $1 \\2");
    }

    @Test
    void whatIsNotKnownIsAnErrorThatSaysWhereItIsExpected() {
        assertRefused("-p secret://web")
                .hasMessageContaining("secret://web in text 2 of data")
                .hasMessageContaining(folder.resolve("web").toString())
                .hasMessageContaining("STEWARD_SECRET_WEB");
        assertRefused("secret://").hasMessageContaining("expected a name behind secret://");
        assertRefused("secret://../db").hasMessageContaining("expected a name");
        assertRefused("secret://-x").hasMessageContaining("expected a name");
    }

    @Test
    void theProgramIsNoSecret() {
        assertThatThrownBy(() -> store.resolve(List.of("secret://db", "x")))
                .isInstanceOf(SecretException.class)
                .hasMessageContaining("is the program");
    }

    @Test
    void aShortValueCannotBeMasked() throws IOException {
        PrivateFile.replace(folder.resolve("pin"), "123\n");
        assertRefused("secret://pin")
                .hasMessageContaining("the value has 3 characters")
                .hasMessageNotContaining("123");
    }

    @Test
    void aFileThatOthersMayUseIsNone() throws IOException {
        Files.setPosixFilePermissions(
                folder.resolve("db"), PosixFilePermissions.fromString("rw-r-----"));
        assertRefused("secret://db")
                .hasMessageContaining("may be used by others")
                .hasMessageNotContaining("hunter2");
        Files.setPosixFilePermissions(
                folder.resolve("db"), PosixFilePermissions.fromString("rw-------"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwx---"));
        assertRefused("secret://db").hasMessageContaining("may be written by others");
    }

    @Test
    void aLinkIsNone() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), folder.resolve("db"));
        assertRefused("secret://link").hasMessageNotContaining("hunter2");
    }

    @Test
    void theListHasNamesAndWhatIsWrongAndNoValues() throws IOException {
        PrivateFile.replace(folder.resolve("pin"), "123\n");
        Files.writeString(folder.resolve("a.b"), "longer");
        assertThat(store.list())
                .extracting(SecretStore.Listed::name)
                .containsExactly("a.b", "db", "pin");
        assertThat(store.list().toString()).doesNotContain("hunter2").doesNotContain("longer");
        assertThat(store.list())
                .filteredOn(each -> each.problem() == null)
                .extracting(SecretStore.Listed::name)
                .containsExactly("db");
        assertThat(new SecretStore(data.resolve("none"), Map.of()).list()).isEmpty();
    }
}

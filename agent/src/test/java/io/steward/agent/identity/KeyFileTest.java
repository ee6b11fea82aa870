package io.steward.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
    @TempDir private Path folder;

    @Test
    void aKeyIsMadeOnceAndOnlyItsOwnerMayReadIt() throws Exception {
        Path file = folder.resolve("node.nk");
        Key made = KeyFile.of(file, KeyKind.USER);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(KeyFile.of(file, KeyKind.USER).known()).isEqualTo(made.known());
        assertThat(made.toString()).doesNotContain(made.seed());
        assertThat(folder.toFile().list()).containsExactly("node.nk");
    }

    @Test
    void aFileThatOthersMayReadIsRefused() throws Exception {
        Path file = folder.resolve("node.nk");
        KeyFile.of(file, KeyKind.USER);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> KeyFile.of(file, KeyKind.USER))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("rw-r-----")
                .hasMessageContaining("0600");
    }

    @Test
    void aLinkIsRefused() throws Exception {
        Path file = folder.resolve("real.nk");
        KeyFile.of(file, KeyKind.USER);
        Path link = Files.createSymbolicLink(folder.resolve("link.nk"), file);
        assertThatThrownBy(() -> KeyFile.of(link, KeyKind.USER))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(link.toString());
    }

    @Test
    void whatIsNoKeyOfTheKindIsRefusedAndNotRepeated() throws Exception {
        Path file = folder.resolve("node.nk");
        Key account = KeyFile.of(file, KeyKind.ACCOUNT);
        assertThatThrownBy(() -> KeyFile.of(file, KeyKind.USER))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("SU")
                .hasMessageContaining(account.known().text())
                .hasMessageNotContaining(account.seed());
        Files.writeString(file, "SUABC");
        assertThatThrownBy(() -> KeyFile.of(file, KeyKind.USER))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(file.toString())
                .hasMessageNotContaining("SUABC");
    }

    @Test
    void onlyTheKeyItselfHasSigned() throws Exception {
        Key key = Key.make(KeyKind.USER);
        byte[] data = "data".getBytes(StandardCharsets.UTF_8);
        byte[] signature = key.sign(data);
        assertThat(key.known().hasSigned(data, signature)).isTrue();
        assertThat(Key.make(KeyKind.USER).known().hasSigned(data, signature)).isFalse();
        for (int bit = 0; bit < signature.length * 8; bit++) {
            byte[] forged = signature.clone();
            forged[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(key.known().hasSigned(data, forged)).as("bit %d", bit).isFalse();
        }
        assertThat(key.known().hasSigned(data, new byte[0])).isFalse();
    }

    @Test
    void aFingerprintIsShortAndAnotherOneForEachKey() throws Exception {
        String one = Key.make(KeyKind.USER).known().fingerprint();
        assertThat(one).matches("[0-9a-f]{4}(-[0-9a-f]{4}){3}");
        assertThat(Key.make(KeyKind.USER).known().fingerprint()).isNotEqualTo(one);
    }
}

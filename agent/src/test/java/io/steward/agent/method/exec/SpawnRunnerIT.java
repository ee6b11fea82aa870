package io.steward.agent.method.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;

final class SpawnRunnerIT extends ProcessRunnerContract {
    @Override
    ProcessRunner open() {
        var libc = Libc.load();
        assumeTrue(
                libc.isPresent(),
                "left out: no posix_spawn of glibc 2.36 or newer; commands are run as in"
                        + " BuilderRunnerIT here");
        return new SpawnRunner(libc.get());
    }

    private Path executable(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void aTextWithoutAnInterpreterIsNotExecutable() throws IOException {
        Path file = executable("text", "echo hi\n");
        assertThat(run(file.toString()).ending())
                .isEqualTo(
                        new Ending.NotStarted(
                                "not executable: %s is neither a program nor a script with a #! line"
                                        .formatted(file)));
    }

    @Test
    void aMissingInterpreterIsSaidToBe() throws IOException {
        Path file = executable("script", "#!/no/such/interpreter\n");
        assertThat(((Ending.NotStarted) run(file.toString()).ending()).reason())
                .contains("interpreter that " + file + " names");
    }

    @Test
    void tooManyArgumentsAreSaidToBe() {
        assertThat(((Ending.NotStarted) run("true", "x".repeat(3_000_000)).ending()).reason())
                .contains("argument list too long");
    }

    @Test
    void aCommandHasASessionOfItsOwnAndNoTerminal() {
        assertThat(shell("cut -d' ' -f1,5,6,7 /proc/$$/stat").stdout().text().strip())
                .matches("(\\d+) \\1 \\1 0");
    }

    @Test
    void whatChildrenPrintAfterTheExitIsKeptForAWhile() {
        assertThat(shell("(sleep 0.3; echo late) & echo early").stdout().text())
                .isEqualTo("early\nlate\n");
    }

    @Test
    void noSignalIsBlockedOrIgnored() {
        String status = shell("grep -E 'Sig(Blk|Ign)' /proc/self/status").stdout().text();
        assertThat(status)
                .as("but for 32 and 33, which the C library keeps to itself")
                .matches("SigBlk:\\t0{16}\nSigIgn:\\t0000000[01]80000000\n|(Sig...:\\t0{16}\n){2}");
    }

    @Test
    void failedStartsLeaveNoDescriptors() throws IOException {
        Path file = executable("text", "echo hi\n");
        run(file.toString());
        long before = descriptors();
        for (int i = 0; i < 100; i++) {
            run(file.toString());
        }
        assertThat(descriptors()).isLessThan(before + 20);
    }
}

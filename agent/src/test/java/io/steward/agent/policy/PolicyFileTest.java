package io.steward.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyFileTest {
    private static final String ALL = "rules: [{name: all, outcome: allow}]";
    private static final String NONE = "rules: [{name: none, outcome: deny}]";

    @TempDir private Path folder;
    private Path file;

    @BeforeEach
    void name() {
        file = folder.resolve("policy.yaml");
    }

    private void write(String text) throws IOException {
        Path next = folder.resolve("next");
        Files.writeString(next, text);
        Files.setPosixFilePermissions(next, PosixFilePermissions.fromString("rw-r--r--"));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private PolicyFile open() {
        return new PolicyFile(file, folder.resolve("last"), Policy.open(), Sender::unknown);
    }

    private static String rule(PolicyFile policy) throws InterruptedException {
        return policy.decide(Letters.message("a command noop x")).rule();
    }

    private static void lookTwice(PolicyFile policy) {
        policy.look();
        policy.look();
    }

    @Test
    void withoutAFileTheDefaultIsInForce() throws Exception {
        PolicyFile policy = open();
        policy.look();
        assertThat(rule(policy)).isEqualTo("open");
        assertThat(policy.status().fromFile()).isFalse();
        assertThat(policy.status().problem()).isEmpty();
    }

    @Test
    void aFileThatComesOrChangesIsTakenWhenItIsTheSameAtTwoLooks() throws Exception {
        PolicyFile policy = open();
        write(NONE);
        policy.look();
        assertThat(rule(policy)).isEqualTo("open");
        policy.look();
        assertThat(rule(policy)).isEqualTo("none");
        write(ALL);
        lookTwice(policy);
        assertThat(rule(policy)).isEqualTo("all");
        assertThat(policy.status().fromFile()).isTrue();
    }

    @Test
    void whatWasInForceHoldsOverAStartAlsoWhereTheFileIsGoneOrHasAMistake() throws Exception {
        write(NONE);
        assertThat(rule(open())).isEqualTo("none");
        Files.delete(file);
        PolicyFile gone = open();
        assertThat(rule(gone)).isEqualTo("none");
        assertThat(gone.status().problem().orElseThrow())
                .contains("is gone", "the policy before it stays in force");
        write("rules: [{name: all, outcome: alow}]");
        assertThat(rule(open())).isEqualTo("none");
        write(ALL);
        assertThat(rule(open())).isEqualTo("all");
    }

    @Test
    void aMistakeChangesNothingAndIsTold() throws Exception {
        write(NONE);
        PolicyFile policy = open();
        write("rules: [{name: all, outcome: alow}]");
        lookTwice(policy);
        assertThat(rule(policy)).isEqualTo("none");
        assertThat(policy.status().problem().orElseThrow())
                .contains("line 1, column ", "\"alow\"", "the policy before it stays in force");
        write(ALL);
        lookTwice(policy);
        assertThat(rule(policy)).isEqualTo("all");
        assertThat(policy.status().problem()).isEmpty();
    }

    @Test
    void aMistakeAtTheStartDeniesEverything() throws Exception {
        write("rules: [");
        PolicyFile policy = open();
        assertThat(rule(policy)).isEqualTo(Policy.NO_RULE);
        assertThat(policy.status().problem().orElseThrow())
                .contains("not YAML", "everything but ACKs is denied");
        write(ALL);
        lookTwice(policy);
        assertThat(rule(policy)).isEqualTo("all");
    }

    @Test
    void aFileThatIsGoneChangesNothingUntilItIsBack() throws Exception {
        write(NONE);
        PolicyFile policy = open();
        Files.delete(file);
        lookTwice(policy);
        assertThat(rule(policy)).isEqualTo("none");
        assertThat(policy.status().problem().orElseThrow()).contains("is gone");
        write(ALL);
        lookTwice(policy);
        assertThat(rule(policy)).isEqualTo("all");
    }

    @Test
    void aFileThatOthersMayWriteIsNotTaken() throws Exception {
        write(ALL);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        PolicyFile policy = open();
        assertThat(rule(policy)).isEqualTo(Policy.NO_RULE);
        assertThat(policy.status().problem().orElseThrow()).contains("chmod go-w");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        lookTwice(policy);
        assertThat(rule(policy)).isEqualTo("all");
    }

    @Test
    void whatIsNotUtf8AndWhatIsNoFileIsNotTaken() throws Exception {
        Files.write(file, new byte[] {(byte) 0xff});
        assertThat(open().status().problem().orElseThrow()).contains("is not UTF-8");
        Files.delete(file);
        Files.createDirectory(file);
        assertThat(open().status().problem().orElseThrow()).contains("is no file");
    }
}

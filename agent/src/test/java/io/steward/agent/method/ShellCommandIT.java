package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.method.exec.ProcessRunner;
import io.steward.agent.secrets.SecretStore;
import io.steward.agent.settings.Settings.RunSettings;
import io.steward.messages.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ShellCommandIT {
    @TempDir Path data;
    private final ProcessRunner runner = ProcessRunner.forThisSystem();

    @AfterEach
    void close() {
        runner.close();
    }

    private ShellCommand method(@Nullable Path workingFolder) {
        return new ShellCommand(
                runner,
                new RunSettings(
                        Duration.ofMinutes(1),
                        1000,
                        Duration.ofMillis(300),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1),
                        workingFolder,
                        List.of()),
                Map.of("PATH", System.getenv("PATH"), "SECRET", "x"),
                new SecretStore(data, Map.of("STEWARD_SECRET_DB_PASSWORD", "hunter2-and-more")));
    }

    private Outcome run(Duration timeout, Cancellation cancellation, String... command) {
        ShellCommand method = method(data);
        Message message = Messages.to(method.spec(), command);
        return method.run(message, Messages.context(data, timeout, cancellation));
    }

    private Outcome run(String... command) {
        return run(Duration.ofSeconds(30), new Cancellation(), command);
    }

    @Test
    void aSecretReachesTheProgramAndNotTheOutcome() {
        Outcome outcome =
                run(
                        "bash",
                        "-c",
                        "test \"$1\" = --password=hunter2-and-more && echo \"it is $1\" && printf"
                                + " hunter2 >&2 && sleep 0.2 && printf -- -and-more. >&2",
                        "x",
                        "--password=secret://db-password");
        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        assertThat(outcome.printed().stdout().text()).isEqualTo("it is --password=***\n");
        assertThat(outcome.printed().stderr().text()).isEqualTo("***.");
    }

    @Test
    void aSecretThatIsNotKnownIsTheReasonWhyNothingIsRun() {
        Outcome outcome = run("touch", "secret://nothing");
        assertThat(((Outcome.Failed) outcome).reason())
                .contains("secret://nothing in text 2 of data")
                .contains("this node has no such secret");
        assertThat(data).isEmptyDirectory();
    }

    @Test
    void theReasonOfAProgramThatCannotBeStartedHoldsNoSecret() {
        Outcome outcome = run("/no/such/program", "secret://db-password");
        assertThat(outcome.toString()).doesNotContain("hunter2");
    }

    @Test
    void exitCodeZeroIsSuccess() {
        Outcome outcome = run("bash", "-c", "echo hi; echo oh >&2");
        assertThat(((Outcome.Succeeded) outcome).exitCode()).isZero();
        assertThat(outcome.printed().stdout().text()).isEqualTo("hi\n");
        assertThat(outcome.printed().stderr().text()).isEqualTo("oh\n");
    }

    @Test
    void anyOtherExitCodeIsTheReason() {
        Outcome.Failed failed = (Outcome.Failed) run("bash", "-c", "echo hi; exit 3");
        assertThat(failed.reason()).isEqualTo("exit code 3");
        assertThat(failed.exitCode()).isEqualTo(3);
        assertThat(failed.printed().stdout().text()).isEqualTo("hi\n");
    }

    @Test
    void aSignalIsTheReason() {
        Outcome.Failed failed = (Outcome.Failed) run("bash", "-c", "kill -KILL $$");
        assertThat(failed.reason()).isEqualTo("ended by signal KILL");
        assertThat(failed.signal()).isEqualTo("KILL");
        assertThat(failed.exitCode()).isNull();
    }

    @Test
    void aMissingProgramIsTheReason() {
        Outcome.Failed failed = (Outcome.Failed) run("no-such-program");
        assertThat(failed.reason()).startsWith("no such program: no-such-program");
    }

    @Test
    void theTimeoutIsTheReason() {
        Outcome.Failed failed =
                (Outcome.Failed)
                        run(
                                Duration.ofSeconds(1),
                                new Cancellation(),
                                "bash",
                                "-c",
                                "echo so far; sleep 60");
        assertThat(failed.reason()).isEqualTo("timed out after 1s, its process tree was ended");
        assertThat(failed.signal()).isEqualTo("TERM");
        assertThat(failed.printed().stdout().text()).isEqualTo("so far\n");
    }

    @Test
    void aCancelledCommandIsCancelled() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel(Cancellation.Cause.CANCELLED);
        assertThat(run(Duration.ofSeconds(30), cancellation, "sleep", "60"))
                .isInstanceOf(Outcome.Cancelled.class);
    }

    @Test
    void whatRanWhenTheAgentWasStoppedIsInterrupted() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel(Cancellation.Cause.SHUTDOWN);
        assertThat(run(Duration.ofSeconds(30), cancellation, "sleep", "60"))
                .isInstanceOf(Outcome.Interrupted.class);
    }

    @Test
    void theFolderIsTheOneSetAndElseTheAgents() throws Exception {
        assertThat(run("pwd", "-P").printed().stdout().text().strip())
                .isEqualTo(data.toRealPath().toString());
        ShellCommand method = method(null);
        Outcome outcome =
                method.run(
                        Messages.to(method.spec(), "bash", "-c", "ls -l ../"),
                        Messages.context(data));
        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        assertThat(outcome.printed().stdout().text())
                .contains(Path.of("").toAbsolutePath().getFileName().toString());
    }

    @Test
    void theEnvironmentIsCleanAndNothingIsLeftInTheDataFolder() throws Exception {
        assertThat(run("env").printed().stdout().text())
                .doesNotContain("SECRET")
                .contains("STEWARD_FROM=central", "STEWARD_ATTEMPT=1");
        try (var files = Files.list(data)) {
            assertThat(files).isEmpty();
        }
    }
}

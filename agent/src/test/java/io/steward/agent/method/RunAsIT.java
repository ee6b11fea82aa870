package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steward.agent.method.exec.ProcessRunner;
import io.steward.agent.policy.ResourceLimits;
import io.steward.agent.policy.RunAs;
import io.steward.agent.secrets.SecretStore;
import io.steward.agent.settings.Settings.RunSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Commands as another user, by real processes.
class RunAsIT {
    @TempDir private Path folder;
    private final ProcessRunner runner = ProcessRunner.forThisSystem();

    @AfterEach
    void close() {
        runner.close();
    }

    private Outcome run(@Nullable String user, ResourceLimits limits, String... command) {
        RunSettings settings =
                new RunSettings(
                        Duration.ofSeconds(20),
                        1 << 20,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofMinutes(1),
                        null,
                        List.of());
        ShellCommand method =
                new ShellCommand(
                        runner,
                        settings,
                        Map.of("HOME", "/root", "PATH", "/bin"),
                        new SecretStore(Path.of("nowhere"), Map.of()));
        return method.run(
                Messages.to(method.spec(), Messages.CENTRAL, "operatingsystem", command),
                new MethodContext(
                        Messages.SHIP,
                        folder,
                        Duration.ofSeconds(20),
                        1,
                        new RunAs(user, limits),
                        new Cancellation(),
                        InstantSource.system()));
    }

    private static void assumeRoot() throws Exception {
        assumeTrue(
                Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .anyMatch(line -> line.matches("Uid:\\s+0\\s+0\\s.*")),
                "only root can become another user");
    }

    private static String out(Outcome outcome) {
        return outcome.printed().stdout().text();
    }

    @Test
    void aCommandRunsAsTheUserWithItsGroupsAndEnvironmentAndGainsNothing() throws Exception {
        assumeRoot();
        Outcome outcome =
                run(
                        "nobody",
                        ResourceLimits.NONE,
                        "sh",
                        "-c",
                        "id -un; id -Gn; echo $HOME $USER $LOGNAME $PATH; pwd; grep -E"
                                + " 'CapEff|NoNewPrivs' /proc/self/status");
        assertThat(outcome).isInstanceOf(Outcome.Succeeded.class);
        assertThat(out(outcome))
                .startsWith("nobody\n")
                .doesNotContain("root")
                .contains(" nobody nobody /usr/local/bin:/usr/bin:/bin\n/\n")
                .contains("CapEff:\t0000000000000000")
                .contains("NoNewPrivs:\t1");
    }

    @Test
    void aUserThatIsNotThereIsToldAndNothingIsRun() {
        Outcome outcome = run("nosuchuser", ResourceLimits.NONE, "touch", folder + "/ran");
        assertThat(outcome)
                .isEqualTo(
                        Outcome.failed(
                                "the policy has it run as nosuchuser: there is no such user in"
                                        + " /etc/passwd"));
        assertThat(folder.resolve("ran")).doesNotExist();
    }

    @Test
    void limitsHold() {
        ResourceLimits limits = new ResourceLimits(Duration.ofSeconds(7), 512L << 20, 33, null);
        Outcome outcome = run(null, limits, "sh", "-c", "ulimit -t; ulimit -v; ulimit -n");
        assertThat(out(outcome)).isEqualTo("7\n524288\n33\n");
    }

    @Test
    void tooMuchCpuTimeEndsIt() {
        ResourceLimits limits = new ResourceLimits(Duration.ofSeconds(1), null, null, null);
        Outcome outcome = run(null, limits, "sh", "-c", "while :; do :; done");
        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        assertThat(((Outcome.Failed) outcome).reason()).contains("signal");
    }

    @Test
    void aProgramThatIsNotThereIsToldAsWithoutAUser() throws Exception {
        assumeRoot();
        Outcome outcome = run("nobody", ResourceLimits.NONE, "nosuchprogram");
        assertThat(((Outcome.Failed) outcome).reason()).contains("no such program");
    }

    @Test
    void optionsOfTheCommandAreItsOwn() {
        ResourceLimits limits = new ResourceLimits(null, null, 33, null);
        assertThat(out(run(null, limits, "echo", "--pid", "1", "--help")))
                .isEqualTo("--pid 1 --help\n");
    }
}

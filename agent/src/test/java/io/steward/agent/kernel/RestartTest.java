package io.steward.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.kernel.ProcessInfo.Status;
import io.steward.agent.kernel.ProcessSpec.RestartPolicy;
import io.steward.agent.kernel.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// When a process is started again after it ended, and when that is too much.
class RestartTest {
    private final Rig rig = new Rig();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void aPermanentProcessIsRestartedAfterItFailed() throws Exception {
        var a = rig.root().spawn(rig.worker("a"));
        rig.kill(a);
        assertThat(a.info().status()).isEqualTo(Status.BACKING_OFF);
        var error = rig.lastError("root/a");
        assertThat(error.severity()).isEqualTo(Severity.FATAL);
        assertThat(error.cause()).isEqualTo("java.lang.IllegalStateException: told to die");
        a.send("next");
        rig.time.advance(Duration.ofMillis(99));
        assertThat(a.info().status()).isEqualTo(Status.BACKING_OFF);
        rig.time.advance(Duration.ofMillis(1));
        rig.awaitEvent("a got next");
        assertThat(a.info().restarts()).isEqualTo(1);
        assertThat(a.info().handled()).isEqualTo(2);
    }

    @Test
    void aPermanentProcessIsRestartedAfterItReturned() throws Exception {
        var a = rig.root().spawn(rig.worker("a"));
        rig.awaitStatus("root/a", Status.RUNNING);
        a.send("return");
        rig.awaitStatus("root/a", Status.BACKING_OFF);
        assertThat(rig.kernel.errors()).hasSize(1);
        rig.time.advance(Duration.ofMillis(100));
        rig.awaitStatus("root/a", Status.RUNNING);
    }

    @Test
    void aTransientProcessIsRestartedOnlyAfterItFailed() throws Exception {
        var a = rig.root().spawn(rig.worker("a").withRestart(RestartPolicy.TRANSIENT));
        rig.kill(a);
        assertThat(a.info().status()).isEqualTo(Status.BACKING_OFF);
        rig.time.advance(Duration.ofMillis(100));
        rig.awaitStatus("root/a", Status.RUNNING);
        a.send("return");
        rig.awaitStatus("root/a", Status.STOPPED);
        rig.time.advance(Duration.ofHours(1));
        assertThat(a.info().status()).isEqualTo(Status.STOPPED);
    }

    @Test
    void aProcessThatRunsUntilItIsDoneIsRestartedAfterItFailedAndLeavesWhenItReturned()
            throws Exception {
        var a = rig.root().spawn(rig.worker("a").withRestart(RestartPolicy.UNTIL_DONE));
        rig.kill(a);
        assertThat(a.info().status()).isEqualTo(Status.BACKING_OFF);
        rig.time.advance(Duration.ofMillis(100));
        rig.awaitStatus("root/a", Status.RUNNING);
        a.send("return");
        Rig.until("it is gone", () -> rig.kernel.find("root/a").isEmpty());
    }

    @Test
    void aTemporaryProcessIsNeverRestarted() throws Exception {
        var a = rig.root().spawn(rig.worker("a").withRestart(RestartPolicy.TEMPORARY));
        rig.kill(a);
        assertThat(a.info().status()).isEqualTo(Status.FAILED);
        rig.time.advance(Duration.ofHours(1));
        assertThat(a.info().status()).isEqualTo(Status.FAILED);
        a.send("late");
        rig.kernel.start("root/a");
        rig.awaitEvent("a got late");
    }

    @Test
    void aTemporaryProcessThatReturnsLeavesTheTree() throws Exception {
        var a = rig.root().spawn(rig.worker("a").withRestart(RestartPolicy.TEMPORARY));
        a.send("return");
        Rig.until("it is gone", () -> rig.kernel.find("root/a").isEmpty());
        assertThat(a.send("more")).isFalse();
    }

    @Test
    void ofTemporaryProcessesThatFailedTheLastHundredAreKept() {
        for (int i = 0; i < SupervisorCell.FAILED_KEPT + 3; i++) {
            String name = "t" + i;
            rig.root()
                    .spawn(
                            ProcessSpec.<String>permanent(
                                            name,
                                            () -> {
                                                throw new IllegalStateException("no body");
                                            })
                                    .withRestart(RestartPolicy.TEMPORARY));
            Rig.until(name + " has failed", () -> rig.status("root/" + name) == Status.FAILED);
        }
        assertThat(rig.kernel.tree()).hasSize(SupervisorCell.FAILED_KEPT + 1);
        assertThat(rig.kernel.find("t2")).isEmpty();
        assertThat(rig.kernel.find("t3")).isPresent();
    }

    @Test
    void thePausesGrowToTheCapAndBeginAgainAfterAQuietTime() throws Exception {
        var a = rig.root().spawn(rig.worker("a"));
        var pauses = new ArrayList<Long>();
        for (int i = 0; i < 6; i++) {
            pauses.add(pauseAfterFailure(a));
        }
        assertThat(pauses).isEqualTo(List.of(100L, 200L, 400L, 800L, 1000L, 1000L));
        Rig.until("it runs", () -> a.info().status() == Status.RUNNING);
        rig.time.advance(Rig.BACKOFF.resetAfter().minusMillis(1));
        assertThat(pauseAfterFailure(a)).isEqualTo(1000L);
        Rig.until("it runs", () -> a.info().status() == Status.RUNNING);
        rig.time.advance(Rig.BACKOFF.resetAfter());
        assertThat(pauseAfterFailure(a)).isEqualTo(100L);
        assertThat(pauseAfterFailure(a)).isEqualTo(200L);
    }

    private long pauseAfterFailure(ProcessRef<String> process) throws InterruptedException {
        rig.kill(process);
        long pause = 0;
        // What else waits is the folding of the error reports, 10 s and more.
        while (process.info().status() == Status.BACKING_OFF) {
            rig.time.advance(Duration.ofMillis(1));
            pause++;
        }
        return pause;
    }

    @Test
    void jitterShortensThePause() {
        var backoff =
                new Backoff(
                        Duration.ofMillis(100), Duration.ofSeconds(1), 2, 0.5, Duration.ofHours(1));
        assertThat(backoff.pause(1, 0)).isEqualTo(Duration.ofMillis(100));
        assertThat(backoff.pause(1, 1)).isEqualTo(Duration.ofMillis(50));
        assertThat(backoff.pause(5_000, 0.5)).isEqualTo(Duration.ofMillis(750));
    }

    @Test
    void anErrorOfTheMachineIsAFailureLikeOthers() {
        for (Throwable thrown :
                List.of(
                        new StackOverflowError(),
                        new OutOfMemoryError("pretended"),
                        new NoClassDefFoundError("x/Y"),
                        new InterruptedException("by somebody"))) {
            String name = thrown.getClass().getSimpleName();
            var times = new AtomicInteger();
            rig.root()
                    .spawn(
                            ProcessSpec.<String>permanent(
                                    name,
                                    () ->
                                            context -> {
                                                if (times.getAndIncrement() == 0) {
                                                    Rig.sneak(thrown);
                                                }
                                                context.receive();
                                            }));
            rig.awaitStatus("root/" + name, Status.BACKING_OFF);
            rig.time.advance(Duration.ofMillis(100));
            rig.awaitStatus("root/" + name, Status.RUNNING);
        }
    }

    @Test
    void aFactoryThatThrowsIsAFailureOfTheProcess() {
        var times = new AtomicInteger();
        rig.root()
                .spawn(
                        ProcessSpec.<String>permanent(
                                "a",
                                () -> {
                                    if (times.getAndIncrement() == 0) {
                                        throw new IllegalStateException("not yet");
                                    }
                                    return ProcessContext::receive;
                                }));
        rig.awaitStatus("root/a", Status.BACKING_OFF);
        rig.time.advance(Duration.ofMillis(100));
        rig.awaitStatus("root/a", Status.RUNNING);
    }

    @Test
    void restartsThatLieTheWholeWindowBackCountNoMore() {
        var intensity = new Intensity(2, Duration.ofSeconds(10));
        long second = Duration.ofSeconds(1).toNanos();
        long milli = Duration.ofMillis(1).toNanos();
        assertThat(intensity.admit(0)).isTrue();
        assertThat(intensity.admit(second)).isTrue();
        assertThat(intensity.admit(10 * second - milli)).isFalse();
        assertThat(intensity.admit(10 * second)).isTrue();
        assertThat(intensity.admit(11 * second - milli)).isFalse();
        assertThat(intensity.admit(11 * second + milli)).isTrue();
    }

    @Test
    void aSupervisorGivesUpJustInsideTheWindow() throws Exception {
        assertThat(statusAfterThirdFailureAt(Duration.ofSeconds(10).minusMillis(1)))
                .isEqualTo(Status.BACKING_OFF);
    }

    @Test
    void aSupervisorGoesOnJustOutsideTheWindow() throws Exception {
        assertThat(statusAfterThirdFailureAt(Duration.ofSeconds(10).plusMillis(1)))
                .isEqualTo(Status.RUNNING);
    }

    /// Two restarts are borne; the first failure is at 0.
    private Status statusAfterThirdFailureAt(Duration third) throws InterruptedException {
        var a = rig.below(Strategy.ONE_FOR_ONE, 2).spawn(rig.worker("a"));
        rig.kill(a);
        rig.time.advance(Duration.ofMillis(100));
        rig.kill(a);
        rig.time.advance(third.minusMillis(100));
        rig.kill(a);
        Rig.until("decided", () -> rig.status("root/sup") != Status.STOPPING);
        return rig.status("root/sup");
    }
}

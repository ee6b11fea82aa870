package io.steward.agent.method.exec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.method.Cancellation;
import io.steward.messages.MessageId;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// How every [ProcessRunner] ends programs and all that came of them.
abstract class ProcessEndingContract extends RunnerFixture {
    @Test
    void outputHeldOpenAfterTheExitIsNotWaitedForLong() throws IOException {
        Request asked =
                request(Duration.ofSeconds(20), "sh", "-c", "echo hi; setsid sleep 30 & exit 0");
        Result result = runner().run(asked, new Cancellation());
        exited(result, 0);
        assertThat(result.stdout().text()).isEqualTo("hi\n");
        assertThat(result.took()).isLessThan(Duration.ofSeconds(4));
        assertThat(carriers(asked.id())).as("a daemon is left alone").hasSize(1);
        assertThat(endLeftovers(asked.id())).isEqualTo(1);
    }

    /// As the next agent would: what this JVM is the parent of is not a leftover.
    private int endLeftovers(MessageId id) throws IOException {
        ProcessRunner.Swept swept = runner().killLeftovers(id, Duration.ofMillis(300));
        assertThat(swept.survivors()).isZero();
        await().untilAsserted(() -> assertThat(carriers(id)).isEmpty());
        return swept.ended();
    }

    @Test
    void leftoversThatIgnoreTermAreEndedToo() throws IOException {
        Request asked =
                request(
                        Duration.ofSeconds(20),
                        "sh",
                        "-c",
                        "(trap '' TERM; setsid sh -c 'sleep 60; sleep 60') >/dev/null 2>&1 & exit"
                                + " 0");
        exited(runner().run(asked, new Cancellation()), 0);
        assertThat(endLeftovers(asked.id())).isGreaterThanOrEqualTo(1);
        assertThat(runner().killLeftovers(asked.id(), Duration.ZERO))
                .isEqualTo(new ProcessRunner.Swept(0, 0));
    }

    private void assertEndedAtTimeout(String script) throws IOException {
        Request asked = request(Duration.ofSeconds(1), "sh", "-c", script);
        Result result = runner().run(asked, new Cancellation());
        assertThat(result.ending()).isInstanceOf(Ending.Ended.class);
        Ending.Ended ended = (Ending.Ended) result.ending();
        assertThat(ended.why()).isEqualTo(Ending.Why.TIMED_OUT);
        assertThat(ended.survivors()).isZero();
        assertThat(result.took()).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(5));
        assertThat(result.stdout().text()).isEqualTo("so far\n");
        assertThat(carriers(asked.id())).isEmpty();
        assertThat(marked(asked.id())).isEmpty();
    }

    /// Processes with the id in their command line, for those that changed their environment.
    private static List<String> marked(MessageId id) {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.map(handle -> handle.info().commandLine().orElse(""))
                    .filter(line -> line.contains(id.value()))
                    .toList();
        }
    }

    @Test
    void theTimeoutEndsTheProgram() throws IOException {
        assertEndedAtTimeout("echo so far; exec sleep 60");
    }

    @Test
    void theTimeoutEndsABackgroundChildThatIgnoresTerm() throws IOException {
        assertEndedAtTimeout("echo so far; trap '' TERM; sh -c 'sleep 60; sleep 60' & sleep 60");
    }

    @Test
    void theTimeoutEndsAnOrphanThatIgnoresTerm() throws IOException {
        assertEndedAtTimeout(
                "echo so far; (trap '' TERM; sh -c 'sleep 60; sleep 60' & exit 0); sleep 60");
    }

    @Test
    void theTimeoutEndsAChildWithASessionOfItsOwnThatIgnoresTerm() throws IOException {
        assertEndedAtTimeout(
                "echo so far; (trap '' TERM; setsid sh -c 'sleep 60; sleep 60' & exit 0); sleep"
                        + " 60");
    }

    @Test
    void theTimeoutEndsAChildThatCleansItsEnvironment() throws IOException {
        assertEndedAtTimeout(
                "echo so far; m=$STEWARD_MESSAGE_ID; env -i sh -c 'trap \"\" TERM; sleep 60; sleep"
                        + " 60' $m & sleep 60");
    }

    @Test
    void termIsAskedBeforeKill() {
        Result result =
                runner().run(
                                request(
                                        Duration.ofSeconds(1),
                                        "sh",
                                        "-c",
                                        "trap 'echo bye; exit 7' TERM; while :; do sleep 0.05;"
                                                + " done"),
                                new Cancellation());
        assertThat(result.ending()).isEqualTo(new Ending.Ended(Ending.Why.TIMED_OUT, null, 0));
        assertThat(result.stdout().text()).isEqualTo("bye\n");
    }

    @Test
    void theSignalThatEndedItIsSaid() {
        assertThat(
                        runner().run(
                                        request(Duration.ofMillis(300), "sleep", "60"),
                                        new Cancellation())
                                .ending())
                .isEqualTo(new Ending.Ended(Ending.Why.TIMED_OUT, "TERM", 0));
    }

    @Test
    void cancellingEndsIt() throws Exception {
        Cancellation cancellation = new Cancellation();
        Request asked = request(Duration.ofSeconds(30), "sh", "-c", "echo so far; sleep 60");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Result> result = threads.submit(() -> runner().run(asked, cancellation));
            await().until(() -> !carriers(asked.id()).isEmpty());
            cancellation.cancel(Cancellation.Cause.CANCELLED);
            assertThat(((Ending.Ended) result.get().ending()).why())
                    .isEqualTo(Ending.Why.CANCELLED);
            assertThat(carriers(asked.id())).isEmpty();
        }
    }

    @Test
    void aCancellationThatCameBeforeEndsItAtOnce() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel(Cancellation.Cause.SHUTDOWN);
        Result result = runner().run(request(Duration.ofSeconds(30), "sleep", "60"), cancellation);
        assertThat(((Ending.Ended) result.ending()).why()).isEqualTo(Ending.Why.SHUTDOWN);
    }

    @Test
    void anInterruptEndsItAndIsKept() throws Exception {
        Request asked = request(Duration.ofSeconds(30), "sleep", "60");
        Result[] result = new Result[1];
        boolean[] kept = new boolean[1];
        Thread thread =
                Thread.startVirtualThread(() -> {
                    result[0] = runner().run(asked, new Cancellation());
                    kept[0] = Thread.currentThread().isInterrupted();
                });
        await().until(() -> !carriers(asked.id()).isEmpty());
        thread.interrupt();
        thread.join();
        assertThat(((Ending.Ended) result[0].ending()).why()).isEqualTo(Ending.Why.INTERRUPTED);
        assertThat(kept[0]).isTrue();
        assertThat(carriers(asked.id())).isEmpty();
    }

    @Test
    void closingEndsWhatRuns() throws Exception {
        Request asked = request(Duration.ofSeconds(30), "sleep", "60");
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Result> result = threads.submit(() -> runner().run(asked, new Cancellation()));
            await().until(() -> !carriers(asked.id()).isEmpty());
            runner().close();
            assertThat(((Ending.Ended) result.get().ending()).why()).isEqualTo(Ending.Why.SHUTDOWN);
            assertThat(carriers(asked.id())).isEmpty();
        }
        assertThat(notStarted(run("true"))).isEqualTo("the agent is stopping");
    }
}

package io.steward.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.kernel.ProcessInfo.Status;
import io.steward.agent.kernel.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The end of the kernel. That no thread is left, [Rig#close] checks.
class CloseTest {

    @Test
    void processesEndInReverseOrderOfStartEachAfterTheOther() {
        try (var rig = new Rig()) {
            var sup = rig.below(Strategy.ONE_FOR_ONE, 1);
            for (String name : List.of("a", "b")) {
                sup.spawn(rig.worker(name));
                rig.awaitStatus(name, Status.RUNNING);
            }
            rig.root().spawn(rig.worker("c"));
            rig.awaitStatus("c", Status.RUNNING);
            rig.events.clear();
            rig.kernel.close();
            assertThat(rig.events).containsExactly("stopped c", "stopped b", "stopped a");
        }
    }

    @Test
    void processesMadeWhenNeededEndTogether() throws Exception {
        try (var rig = new Rig()) {
            int many = 50;
            var told = new CountDownLatch(many);
            for (int i = 0; i < many; i++) {
                rig.root()
                        .obtain(
                                ProcessSpec.<String>permanent(
                                        "p" + i,
                                        () ->
                                                context -> {
                                                    context.receive();
                                                    told.countDown();
                                                    told.await();
                                                }));
                rig.awaitStatus("p" + i, Status.RUNNING);
            }
            rig.kernel.close();
            assertThat(rig.kernel.errors()).isEmpty();
        }
    }

    @Test
    void aClosedKernelTakesNothing() throws Exception {
        try (var rig = new Rig()) {
            var p = rig.root().spawn(rig.worker("p"));
            var stopped = rig.root().spawn(rig.worker("stopped"));
            rig.kernel.stop("stopped");
            rig.kernel.close();
            rig.kernel.close();
            assertThat(p.send("x")).isFalse();
            assertThat(stopped.offer("x")).isFalse();
            assertThatThrownBy(() -> rig.root().obtain(rig.worker("p2")))
                    .isInstanceOf(IllegalStateException.class);
            rig.kernel.start("stopped");
            assertThat(stopped.info().status()).isEqualTo(Status.STOPPED);
        }
    }

    @Test
    void closingWhileOthersObtainAndSendLeavesNothingBehind() throws Exception {
        for (int round = 0; round < 20; round++) {
            try (var rig = new Rig()) {
                var begun = new CountDownLatch(50);
                var strange = new CopyOnWriteArrayList<Throwable>();
                for (int i = 0; i < 50; i++) {
                    String name = "p" + i % 10;
                    Thread.ofVirtual().start(() -> obtainUntilClosed(rig, name, begun, strange));
                }
                begun.await();
                rig.kernel.close();
                assertThat(rig.alive()).isZero();
                assertThat(strange).isEmpty();
            }
        }
    }

    private static void obtainUntilClosed(
            Rig rig, String name, CountDownLatch begun, List<Throwable> strange) {
        try {
            while (rig.root().<String>obtain(rig.worker(name).withMailbox(2)).send("x")) {
                begun.countDown();
            }
        } catch (IllegalStateException e) {
            // The kernel is closed.
        } catch (Throwable t) {
            strange.add(t);
        }
    }

    @Test
    void closingPreventsTheRestartOfWhatBacksOff() throws Exception {
        try (var rig = new Rig()) {
            rig.kill(rig.root().spawn(rig.worker("p")));
            rig.kernel.close();
            rig.time.advance(Duration.ofDays(1));
            assertThat(rig.events).containsExactly("made p");
        }
    }

    @Test
    void closeReturnsThoughABodyHangsAndSaysSo() throws Exception {
        var release = new CountDownLatch(1);
        try (var rig = new Rig()) {
            rig.root().spawn(rig.worker("first"));
            var hung = new CountDownLatch(1);
            rig.root()
                    .spawn(
                            ProcessSpec.permanent(
                                    "hangs",
                                    () ->
                                            context -> {
                                                hung.countDown();
                                                Rig.awaitIgnoringInterrupts(release);
                                            }));
            hung.await();
            Thread closer = Thread.ofVirtual().start(rig.kernel::close);
            rig.awaitStatus("hangs", Status.STOPPING);
            rig.time.advance(Duration.ofSeconds(5));
            rig.time.advance(ProcessCell.LAST_WAIT);
            closer.join();
            assertThat(rig.events).contains("stopped first");
            assertThat(rig.sunk).hasSize(1);
            assertThat(rig.sunk.getFirst().cause()).contains("left behind");
            release.countDown();
        }
    }

    @Test
    void aProcessMayCloseTheKernel() {
        try (var rig = new Rig()) {
            rig.root()
                    .spawn(
                            ProcessSpec.permanent(
                                    "p",
                                    () ->
                                            context -> {
                                                rig.kernel.close();
                                                rig.events.add("goes on");
                                            }));
            rig.awaitEvent("goes on");
            Rig.until("all has ended", () -> rig.alive() == 0);
        }
    }

    @Test
    void whoeverHearsOfTheFailureOfTheRootMayCloseTheKernel() throws Exception {
        var time = new ManualTime();
        var kernel = new CompletableFuture<Kernel>();
        var closed = new CountDownLatch(1);
        var made = new AtomicInteger();
        var error =
                new ErrorKernel(
                        time,
                        Rig.spec("root", Strategy.ONE_FOR_ONE, 0),
                        report -> {},
                        report -> {
                            kernel.join().close();
                            closed.countDown();
                        },
                        Threads.VIRTUAL,
                        () -> 0,
                        new RecordingLogger());
        kernel.complete(error);
        error.root()
                .spawn(
                        ProcessSpec.<String>permanent(
                                "p",
                                () -> {
                                    made.incrementAndGet();
                                    throw new IllegalStateException("never");
                                }));
        closed.await();
        assertThat(made).hasValue(1);
    }

    @Test
    void anInterruptDoesNotShortenTheClosing() {
        try (var rig = new Rig()) {
            rig.root().spawn(rig.worker("p"));
            rig.awaitStatus("p", Status.RUNNING);
            Thread.currentThread().interrupt();
            rig.kernel.close();
            assertThat(Thread.interrupted()).isTrue();
            assertThat(rig.events).contains("stopped p");
        }
    }

    @Test
    void theSystemsClockRunsWhatIsDueAndEndsItsThread() throws Exception {
        var ranOn = new CompletableFuture<Thread>();
        try (var time = new SystemTime()) {
            time.after(Duration.ofDays(100_000_000), () -> {}).cancel();
            time.after(Duration.ofMillis(1), () -> ranOn.complete(Thread.currentThread()));
            ranOn.join();
        }
        // why: those of other tests of this JVM may still be ending
        assertThat(ranOn.join().getName()).isEqualTo("steward/timer");
        assertThat(ranOn.join().isAlive()).isFalse();
    }
}

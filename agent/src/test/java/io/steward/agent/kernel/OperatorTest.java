package io.steward.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.kernel.ProcessInfo.Status;
import io.steward.agent.kernel.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Starting, stopping, restarting and removing by hand, and what may happen at the same time.
class OperatorTest {
    private final Gate gate = new Gate();
    private final Rig rig = new Rig(Rig.spec("root", Strategy.ONE_FOR_ONE, 100), gate);

    @AfterEach
    void close() {
        gate.open();
        rig.close();
    }

    private void spawn(ProcessBody<String> body) {
        rig.root().spawn(ProcessSpec.permanent("p", () -> body).withGrace(Duration.ofSeconds(5)));
    }

    private Thread inBackground(Runnable work) {
        Thread thread = Thread.ofVirtual().unstarted(work);
        rig.threads.add(thread);
        thread.start();
        return thread;
    }

    @Test
    void aStoppedProcessStaysInTheTreeTakesMessagesAndCanBeStarted() throws Exception {
        var p = rig.root().spawn(rig.worker("p"));
        rig.awaitStatus("p", Status.RUNNING);
        assertThat(rig.kernel.stop("root/p").map(ProcessInfo::status)).contains(Status.RUNNING);
        assertThat(rig.status("p")).isEqualTo(Status.STOPPED);
        assertThat(rig.root().<String>obtain(rig.worker("p"))).isSameAs(p);
        assertThat(p.send("x")).isTrue();
        rig.time.advance(Duration.ofDays(1));
        assertThat(rig.status("p")).isEqualTo(Status.STOPPED);
        assertThat(rig.kernel.start("p").map(ProcessInfo::status)).contains(Status.STOPPED);
        rig.awaitEvent("p got x");
        assertThat(rig.kernel.errors()).isEmpty();
    }

    @Test
    void aRestartByHandTakesNoPauseAndDoesNotCountAgainstTheIntensity() {
        rig.below(Strategy.ONE_FOR_ONE, 0).spawn(rig.worker("p"));
        for (int i = 1; i <= 3; i++) {
            rig.kernel.restart("p");
            assertThat(rig.status("p")).isEqualTo(Status.RUNNING);
            assertThat(rig.info("p").restarts()).isEqualTo(i);
        }
    }

    @Test
    void aSupervisorIsStoppedAndStartedWithAllBelowIt() {
        var sup = rig.below(Strategy.ONE_FOR_ONE, 1);
        sup.spawn(rig.worker("a"));
        sup.supervisor(SupervisorSpec.of("inner")).spawn(rig.worker("b"));
        rig.awaitStatus("b", Status.RUNNING);
        rig.kernel.stop("sup");
        assertThat(rig.kernel.tree().stream().map(i -> i.path() + " " + i.status()))
                .containsExactly(
                        "root RUNNING",
                        "root/sup STOPPED",
                        "root/sup/a STOPPED",
                        "root/sup/inner STOPPED",
                        "root/sup/inner/b STOPPED");
        sup.spawn(rig.worker("c"));
        assertThat(rig.status("c")).isEqualTo(Status.STARTING);
        rig.kernel.restart("sup");
        for (String name : List.of("a", "b", "c")) {
            rig.awaitStatus(name, Status.RUNNING);
        }
    }

    @Test
    void whatIsNotThereOrNotUniqueIsNotFound() {
        rig.root().supervisor(SupervisorSpec.of("x")).spawn(rig.worker("p"));
        rig.root().supervisor(SupervisorSpec.of("y")).spawn(rig.worker("p"));
        for (String path : List.of("p", "q", "root/q", "root/x/p/z", "", "/", "x/p")) {
            assertThat(rig.kernel.stop(path)).as(path).isEmpty();
        }
        assertThat(rig.kernel.find("root/x/p")).isPresent();
        assertThat(rig.kernel.find("x")).isPresent();
    }

    @Test
    void aProcessThatIsStoppedBeforeItsThreadRunsNeverRunsItsBody() throws Exception {
        gate.hold("steward/root/p");
        rig.root().spawn(rig.worker("p"));
        Thread stopper = inBackground(() -> rig.kernel.stop("p"));
        rig.awaitStatus("p", Status.STOPPING);
        gate.open();
        stopper.join();
        assertThat(rig.status("p")).isEqualTo(Status.STOPPED);
        assertThat(rig.events).isEmpty();
    }

    @Test
    void aStopWhileItBacksOffPreventsTheRestart() throws Exception {
        rig.kill(rig.root().spawn(rig.worker("p")));
        rig.kernel.stop("p");
        rig.time.advance(Duration.ofDays(1));
        assertThat(rig.status("p")).isEqualTo(Status.STOPPED);
        assertThat(rig.events).containsExactly("made p");
    }

    @Test
    void aStopThatComesWhileARestartWaitsForTheEndWins() throws Exception {
        var mayEnd = new CountDownLatch(1);
        spawn(context -> {
            context.receive();
            mayEnd.await();
        });
        rig.awaitStatus("p", Status.RUNNING);
        Thread restarter = inBackground(() -> rig.kernel.restart("p"));
        rig.awaitStatus("p", Status.STOPPING);
        Thread stopper = inBackground(() -> rig.kernel.stop("p"));
        Rig.until("it waits", () -> stopper.getState() == Thread.State.WAITING);
        mayEnd.countDown();
        restarter.join();
        stopper.join();
        assertThat(rig.status("p")).isEqualTo(Status.STOPPED);
        assertThat(rig.info("p").restarts()).isZero();
    }

    @Test
    void aStartThatComesWhileItStopsStartsItAfterwards() throws Exception {
        var mayEnd = new CountDownLatch(1);
        spawn(context -> {
            context.receive();
            mayEnd.await();
        });
        rig.awaitStatus("p", Status.RUNNING);
        Thread stopper = inBackground(() -> rig.kernel.stop("p"));
        rig.awaitStatus("p", Status.STOPPING);
        rig.kernel.start("p");
        mayEnd.countDown();
        stopper.join();
        rig.awaitStatus("p", Status.RUNNING);
    }

    @Test
    void aDirectiveThatComesWhileItDiesIsCarriedOut() throws Exception {
        var dying = new CountDownLatch(1);
        var mayDie = new CountDownLatch(1);
        spawn(context -> {
            dying.countDown();
            mayDie.await();
            throw new IllegalStateException("died anyway");
        });
        dying.await();
        Thread stopper = inBackground(() -> rig.kernel.stop("p"));
        rig.awaitStatus("p", Status.STOPPING);
        mayDie.countDown();
        stopper.join();
        assertThat(rig.status("p")).isEqualTo(Status.STOPPED);
        var error = rig.lastError("p");
        assertThat(error.severity()).isEqualTo(Severity.WARNING);
        assertThat(error.doing()).isEqualTo("stopping");
        rig.time.advance(Duration.ofDays(1));
        assertThat(rig.status("p")).isEqualTo(Status.STOPPED);
    }

    @Test
    void aDirectiveToABodyThatHasDiedDoesNotReachTheNextOne() throws Exception {
        var decided = new CountDownLatch(1);
        var asked = new CountDownLatch(1);
        var bodies = new AtomicInteger();
        rig.root()
                .spawn(
                        ProcessSpec.<String>permanent(
                                        "p",
                                        () ->
                                                context -> {
                                                    if (bodies.incrementAndGet() == 1) {
                                                        context.report(
                                                                Severity.ERROR,
                                                                "a",
                                                                new IllegalStateException("x"));
                                                    } else {
                                                        context.receive();
                                                    }
                                                })
                                .withOnError(report -> {
                                    asked.countDown();
                                    Rig.awaitIgnoringInterrupts(decided);
                                    return Directive.STOP;
                                }));
        asked.await();
        rig.time.advance(Incarnation.DIRECTIVE_WAIT);
        rig.awaitStatus("p", Status.BACKING_OFF);
        rig.time.advance(Duration.ofMillis(100));
        rig.awaitStatus("p", Status.RUNNING);
        decided.countDown();
        rig.awaitWaiting("steward/root");
        assertThat(rig.status("p")).isEqualTo(Status.RUNNING);
    }

    @Test
    void aBodyThatDoesNotEndIsInterruptedAfterItsGrace() throws Exception {
        var hung = new CountDownLatch(1);
        spawn(context -> {
            hung.countDown();
            new CountDownLatch(1).await();
        });
        hung.await();
        Thread stopper = inBackground(() -> rig.kernel.stop("p"));
        rig.awaitStatus("p", Status.STOPPING);
        rig.time.advance(Duration.ofMillis(4999));
        assertThat(rig.status("p")).isEqualTo(Status.STOPPING);
        rig.time.advance(Duration.ofMillis(1));
        stopper.join();
        assertThat(rig.status("p")).isEqualTo(Status.STOPPED);
        assertThat(rig.kernel.errors()).isEmpty();
    }

    @Test
    void aBodyThatIgnoresItsInterruptionIsAbandonedAndDisturbsTheNextOneNoMore() throws Exception {
        var hung = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        var polled = new CountDownLatch(1);
        var bodies = new AtomicInteger();
        var p =
                rig.root()
                        .spawn(
                                ProcessSpec.<String>permanent(
                                        "p",
                                        () ->
                                                context -> {
                                                    if (bodies.incrementAndGet() == 1) {
                                                        hung.countDown();
                                                        Rig.awaitIgnoringInterrupts(release);
                                                        rig.events.add("old " + context.poll());
                                                        polled.countDown();
                                                        throw new IllegalStateException("late");
                                                    }
                                                    new CountDownLatch(1).await();
                                                }));
        hung.await();
        p.send("m");
        Thread restarter = inBackground(() -> rig.kernel.restart("p"));
        rig.awaitStatus("p", Status.STOPPING);
        rig.time.advance(Duration.ofSeconds(5));
        rig.time.advance(ProcessCell.LAST_WAIT.minusMillis(1));
        assertThat(rig.status("p")).isEqualTo(Status.STOPPING);
        rig.time.advance(Duration.ofMillis(1));
        restarter.join();
        assertThat(rig.status("p")).isEqualTo(Status.RUNNING);
        assertThat(rig.lastError("p").cause()).contains("steward/root/p is left behind");
        release.countDown();
        polled.await();
        rig.awaitEvent("old null");
        assertThat(rig.info("p").mailbox()).isEqualTo(1);
        assertThat(rig.status("p")).isEqualTo(Status.RUNNING);
        Thread stopper = inBackground(() -> rig.kernel.stop("p"));
        rig.awaitStatus("p", Status.STOPPING);
        rig.time.advance(Duration.ofSeconds(5));
        stopper.join();
    }

    @Test
    void aProcessMayStopItselfAndThoseAboveIt() {
        rig.below(Strategy.ONE_FOR_ONE, 1)
                .spawn(
                        ProcessSpec.permanent(
                                "p",
                                () ->
                                        context -> {
                                            rig.kernel.stop("root/sup");
                                            rig.events.add("told " + context.isStopping());
                                        }));
        rig.awaitEvent("told true");
        rig.awaitStatus("root/sup", Status.STOPPED);
    }

    @Test
    void aRemovedProcessTurnsAwayThoseWhoWaitForRoom() throws Exception {
        var p = rig.root().spawn(rig.worker("p").withMailbox(1));
        rig.kernel.stop("p");
        assertThat(p.offer("1")).isTrue();
        Thread sender =
                inBackground(() -> {
                    try {
                        rig.events.add("sent " + p.send("2"));
                    } catch (InterruptedException e) {
                        rig.events.add("interrupted");
                    }
                });
        Rig.until("it waits", () -> sender.getState() == Thread.State.WAITING);
        rig.root().remove("p");
        rig.awaitEvent("sent false");
        assertThat(rig.kernel.find("p")).isEmpty();
        assertThat(rig.kernel.errors()).as("one message is dropped").hasSize(1);
        rig.root().spawn(rig.worker("p"));
        rig.awaitStatus("p", Status.RUNNING);
    }

    @Test
    void aRemovedSupervisorTakesEverythingBelowWithIt() {
        var sup = rig.below(Strategy.ONE_FOR_ONE, 1);
        var a = sup.supervisor(SupervisorSpec.of("inner")).spawn(rig.worker("a"));
        rig.awaitStatus("a", Status.RUNNING);
        rig.root().remove("sup");
        assertThat(rig.kernel.tree()).hasSize(1);
        assertThat(a.offer("x")).isFalse();
    }
}

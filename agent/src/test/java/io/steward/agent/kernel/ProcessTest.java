package io.steward.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.kernel.ProcessInfo.Status;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a body sees: messages, directives, waiting, retirement.
class ProcessTest {
    private final Rig rig = new Rig();
    private final LinkedBlockingQueue<Object> seen = new LinkedBlockingQueue<>();

    @AfterEach
    void close() {
        rig.close();
    }

    private ProcessRef<String> spawn(ProcessBody<String> body) {
        return rig.root().spawn(ProcessSpec.permanent("p", () -> body));
    }

    private void awaitTimer() {
        Rig.until("it waits by the clock", () -> rig.time.waiting() > 0);
    }

    @Test
    void aThreadBearsThePathOfItsProcess() throws Exception {
        spawn(context -> seen.add(Thread.currentThread().getName() + " " + context.path()));
        assertThat(seen.take()).isEqualTo("steward/root/p root/p");
    }

    @Test
    void aNameMayHoldDotsButNoSlash() {
        String name = "ship1.command.shellcommand.operatingsystem";
        var outbox = rig.root().supervisor(SupervisorSpec.of("outbox"));
        outbox.obtain(rig.worker(name));
        rig.awaitStatus(name, Status.RUNNING);
        assertThat(rig.info("root/outbox/" + name)).isEqualTo(rig.info(name));
        assertThatThrownBy(() -> rig.worker("a/b"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'a/b'");
        assertThatThrownBy(() -> rig.root().spawn(rig.worker("outbox")))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> rig.root().obtain(rig.worker("outbox")))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void messagesComeInOrderAndFullMailboxesRefuse() throws Exception {
        var go = new CountDownLatch(1);
        var p =
                rig.root()
                        .spawn(
                                ProcessSpec.<String>permanent(
                                                "p",
                                                () ->
                                                        context -> {
                                                            go.await();
                                                            while (context.receive()
                                                                    instanceof
                                                                    Received.Item<String>(
                                                                            String item)) {
                                                                seen.add(item);
                                                            }
                                                        })
                                        .withMailbox(2));
        assertThat(p.offer("1")).isTrue();
        assertThat(p.send("2")).isTrue();
        assertThat(p.offer("3")).isFalse();
        assertThat(p.info().mailbox()).isEqualTo(2);
        var sender = Thread.ofVirtual().start(() -> sendAndTell(p, "4"));
        Rig.until("the sender waits", () -> sender.getState() == Thread.State.WAITING);
        go.countDown();
        Rig.until("all have come", () -> seen.size() == 4);
        assertThat(seen).containsSubsequence("1", "2", "4").contains("sent true");
    }

    private void sendAndTell(ProcessRef<String> p, String message) {
        try {
            seen.add("sent " + p.send(message));
        } catch (InterruptedException e) {
            seen.add("interrupted");
        }
    }

    @Test
    void aSenderThatIsInterruptedWhileItSendsLosesNothing() throws Exception {
        var p = rig.root().spawn(rig.worker("p"));
        Thread.currentThread().interrupt();
        assertThat(p.send("x")).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        rig.awaitEvent("p got x");
    }

    @Test
    void aDirectiveComesBeforeWhatIsInTheMailbox() throws Exception {
        var go = new CountDownLatch(1);
        var p =
                spawn(context -> {
                    go.await();
                    seen.add(context.receive());
                });
        p.send("waits");
        rig.awaitStatus("p", Status.RUNNING);
        var stopper = Thread.ofVirtual().start(() -> rig.kernel.stop("p"));
        rig.awaitStatus("p", Status.STOPPING);
        go.countDown();
        stopper.join();
        assertThat(seen.take()).isInstanceOf(Received.Stop.class);
        assertThat(p.info().mailbox()).isEqualTo(1);
        rig.kernel.start("p");
        assertThat(seen.take()).isEqualTo(new Received.Item<>("waits"));
    }

    @Test
    void aTimedReceiveEndsAtItsTimeOrWithAMessage() throws Exception {
        var p =
                spawn(context -> {
                    seen.add(context.receive(Duration.ofSeconds(3)));
                    seen.add(context.receive(Duration.ofSeconds(3)));
                    context.receive();
                });
        awaitTimer();
        p.send("m");
        assertThat(seen.take()).isEqualTo(new Received.Item<>("m"));
        awaitTimer();
        rig.time.advance(Duration.ofMillis(2999));
        assertThat(seen).isEmpty();
        rig.time.advance(Duration.ofMillis(1));
        assertThat(seen.take()).isInstanceOf(Received.TimedOut.class);
        assertThat(rig.time.waiting()).isZero();
    }

    @Test
    void aPauseEndsAtItsTimeOrWithADirective() throws Exception {
        spawn(context -> {
            seen.add(context.pause(Duration.ofSeconds(1)));
            seen.add(context.pause(Duration.ofSeconds(1)));
            seen.add(context.isStopping());
        });
        awaitTimer();
        rig.time.advance(Duration.ofSeconds(1));
        assertThat(seen.take()).isEqualTo(true);
        awaitTimer();
        rig.kernel.stop("p");
        assertThat(seen).containsExactly(false, true);
    }

    @Test
    void aReportBringsTheDirectiveOfTheSpec() throws Exception {
        var thrown = new IllegalStateException("x");
        var spec =
                ProcessSpec.<String>permanent(
                                "p",
                                () ->
                                        context -> {
                                            for (var severity : Severity.values()) {
                                                seen.add(context.report(severity, "a", thrown));
                                            }
                                            context.receive();
                                        })
                        .withOnError(report -> {
                            if (report.severity() == Severity.WARNING) {
                                throw new IllegalStateException("undecided");
                            }
                            return report.severity() == Severity.FATAL
                                    ? Directive.STOP
                                    : Directive.RETRY;
                        });
        rig.root().spawn(spec);
        assertThat(seen.take()).as("by default").isEqualTo(Directive.CONTINUE);
        assertThat(seen.take()).isEqualTo(Directive.RETRY);
        assertThat(seen.take()).isEqualTo(Directive.STOP);
        rig.awaitStatus("p", Status.STOPPED);
        assertThat(rig.kernel.errors()).hasSize(4);
    }

    @Test
    void aRestartByDirectiveIsNoFailureOfItsOwn() throws Exception {
        var times = new AtomicInteger();
        spawn(context -> {
            if (times.getAndIncrement() == 0
                    && context.report(Severity.FATAL, "a", new IllegalStateException("x"))
                            == Directive.RESTART) {
                throw new RestartRequested("as told");
            }
            context.receive();
        });
        rig.awaitStatus("p", Status.BACKING_OFF);
        assertThat(rig.kernel.errors()).hasSize(1);
        rig.time.advance(Duration.ofMillis(100));
        rig.awaitStatus("p", Status.RUNNING);
        assertThat(rig.info("p").restarts()).isEqualTo(1);
    }

    @Test
    void whenNoDirectiveComesInTimeItIsRestart() throws Exception {
        var never = new CountDownLatch(1);
        var spec =
                ProcessSpec.<String>permanent(
                                "p",
                                () ->
                                        context ->
                                                seen.add(
                                                        context.report(
                                                                Severity.WARNING,
                                                                "a",
                                                                new IllegalStateException("x"))))
                        .withOnError(report -> {
                            seen.add("asked");
                            Rig.awaitIgnoringInterrupts(never);
                            return Directive.CONTINUE;
                        });
        rig.root().spawn(spec);
        assertThat(seen.take()).isEqualTo("asked");
        rig.time.advance(Incarnation.DIRECTIVE_WAIT);
        assertThat(seen.take()).isEqualTo(Directive.RESTART);
        rig.awaitStatus("p", Status.BACKING_OFF);
        never.countDown();
    }

    @Test
    void aStopWhileWaitingForADirectiveIsTheDirective() throws Exception {
        var decide = new CountDownLatch(1);
        var spec =
                ProcessSpec.<String>permanent(
                                "p",
                                () ->
                                        context ->
                                                seen.add(
                                                        context.report(
                                                                Severity.ERROR,
                                                                "a",
                                                                new IllegalStateException("x"))))
                        .withOnError(report -> {
                            seen.add("asked");
                            Rig.awaitIgnoringInterrupts(decide);
                            return Directive.RETRY;
                        });
        rig.root().spawn(spec);
        assertThat(seen.take()).isEqualTo("asked");
        rig.kernel.stop("p");
        assertThat(seen.take()).isEqualTo(Directive.STOP);
        decide.countDown();
    }

    @Test
    void anIdleProcessIsRetiredAndMadeAgainWhenNeeded() throws Exception {
        var spec = rig.worker("p").withIdle(Duration.ofSeconds(30));
        var p = rig.root().obtain(spec);
        awaitTimer();
        rig.time.advance(Duration.ofSeconds(29));
        p.send("x");
        rig.awaitEvent("p got x");
        rig.awaitWaiting("steward/root/p");
        rig.time.advance(Duration.ofSeconds(29));
        assertThat(rig.root().obtain(spec)).isSameAs(p);
        awaitTimer();
        rig.time.advance(Duration.ofSeconds(1));
        Rig.until("it is gone", () -> rig.kernel.find("p").isEmpty());
        assertThat(p.send("y")).isFalse();
        var again = rig.root().obtain(spec);
        assertThat(again.send("y")).isTrue();
        rig.awaitEvent("p got y");
        assertThat(rig.kernel.errors()).isEmpty();
    }

    @Test
    void aSuccessorStartsOnlyWhenTheRetiredOneHasEnded() throws Exception {
        var ending = new CountDownLatch(1);
        var mayEnd = new CountDownLatch(1);
        var spec =
                ProcessSpec.<String>permanent(
                                "p",
                                () ->
                                        context -> {
                                            seen.add(context.receive());
                                            ending.countDown();
                                            mayEnd.await();
                                        })
                        .withIdle(Duration.ofSeconds(1));
        rig.root().obtain(spec);
        awaitTimer();
        rig.time.advance(Duration.ofSeconds(1));
        ending.await();
        assertThat(seen.take()).isInstanceOf(Received.Stop.class);
        var next = rig.root().obtain(spec);
        next.send("for the next");
        assertThat(next.info().status()).isEqualTo(Status.STARTING);
        assertThat(seen).isEmpty();
        mayEnd.countDown();
        assertThat(seen.take()).isEqualTo(new Received.Item<>("for the next"));
    }

    @Test
    void noMessageIsLostWhenThousandsSendToProcessesThatRetireAllTheTime() throws Exception {
        int senders = 2_000;
        int each = 20;
        var got = new AtomicLong();
        var again = new AtomicInteger();
        var failure = new AtomicReference<Throwable>();
        var done = new CountDownLatch(senders);
        for (int i = 0; i < senders; i++) {
            var spec = shortLived("p" + i % 200, got);
            Thread.ofVirtual()
                    .start(() -> {
                        try {
                            for (int n = 0; n < each; n++) {
                                while (!rig.root().obtain(spec).send("m")) {
                                    again.incrementAndGet();
                                }
                                LockSupport.parkNanos(1);
                            }
                        } catch (Throwable t) {
                            failure.set(t);
                        } finally {
                            done.countDown();
                        }
                    });
        }
        Rig.until(
                "all have sent",
                () -> {
                    rig.time.advance(Duration.ofMillis(1));
                    return done.getCount() == 0;
                });
        Rig.until("all have come", () -> got.get() == (long) senders * each);
        assertThat(failure).hasNullValue();
        assertThat(rig.kernel.errors()).isEmpty();
    }

    /// Bodies that count, and are retired after a millisecond.
    private static ProcessSpec<String> shortLived(String name, AtomicLong got) {
        return ProcessSpec.<String>permanent(
                        name,
                        () ->
                                context -> {
                                    while (context.receive() instanceof Received.Item) {
                                        got.incrementAndGet();
                                    }
                                })
                .withIdle(Duration.ofMillis(1))
                .withGrace(Duration.ofDays(1))
                .withMailbox(4);
    }
}

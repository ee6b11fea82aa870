package io.steward.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.kernel.ProcessInfo.Status;
import io.steward.agent.kernel.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// What becomes of siblings and of those above when a process fails.
class EscalationTest {
    private static final Duration PAUSE = Duration.ofMillis(100);

    @Test
    void oneForOneLeavesTheSiblingsAlone() throws Exception {
        try (var rig = new Rig()) {
            var all = three(rig, Strategy.ONE_FOR_ONE);
            rig.kill(all.get(1));
            rig.time.advance(PAUSE);
            rig.awaitStatus("root/sup/b", Status.RUNNING);
            assertThat(restarts(rig)).isEqualTo(List.of(0L, 1L, 0L));
        }
    }

    @Test
    void oneForAllEndsAllInReverseOrderAndStartsThemInOrder() throws Exception {
        try (var rig = new Rig()) {
            var all = three(rig, Strategy.ONE_FOR_ALL);
            rig.events.clear();
            rig.kill(all.get(1));
            rig.awaitStatus("root/sup/a", Status.BACKING_OFF);
            assertThat(rig.events).containsExactly("stopped c", "stopped a");
            rig.time.advance(PAUSE);
            awaitRunning(rig, "a", "b", "c");
            assertThat(restarts(rig)).isEqualTo(List.of(1L, 1L, 1L));
        }
    }

    @Test
    void restForOneEndsThoseStartedAfterIt() throws Exception {
        try (var rig = new Rig()) {
            var all = three(rig, Strategy.REST_FOR_ONE);
            rig.kill(all.get(1));
            rig.awaitStatus("root/sup/c", Status.BACKING_OFF);
            rig.time.advance(PAUSE);
            awaitRunning(rig, "a", "b", "c");
            assertThat(restarts(rig)).isEqualTo(List.of(0L, 1L, 1L));
        }
    }

    @Test
    void aSecondFailureDuringARecoveryWidensIt() throws Exception {
        try (var rig = new Rig()) {
            var all = three(rig, Strategy.REST_FOR_ONE);
            rig.kill(all.get(2));
            rig.kill(all.getFirst());
            rig.awaitStatus("root/sup/b", Status.BACKING_OFF);
            rig.time.advance(PAUSE);
            awaitRunning(rig, "a", "b", "c");
            assertThat(restarts(rig)).isEqualTo(List.of(1L, 1L, 1L));
        }
    }

    @Test
    void aChildThatComesDuringARecoveryStartsWithTheOthers() throws Exception {
        try (var rig = new Rig()) {
            var sup = rig.below(Strategy.ONE_FOR_ALL, 5);
            rig.kill(sup.spawn(rig.worker("a")));
            sup.spawn(rig.worker("b"));
            assertThat(rig.status("root/sup/b")).isEqualTo(Status.STARTING);
            rig.time.advance(PAUSE);
            awaitRunning(rig, "a", "b");
        }
    }

    @Test
    void aChildStoppedByAnOperatorStaysStoppedWhenItsSiblingsRestart() throws Exception {
        try (var rig = new Rig()) {
            var all = three(rig, Strategy.ONE_FOR_ALL);
            rig.kernel.stop("root/sup/c");
            rig.kill(all.get(1));
            rig.awaitStatus("root/sup/a", Status.BACKING_OFF);
            rig.time.advance(PAUSE);
            awaitRunning(rig, "a", "b");
            assertThat(rig.status("root/sup/c")).isEqualTo(Status.STOPPED);
        }
    }

    @Test
    void aRestartKeepsTheMailbox() throws Exception {
        try (var rig = new Rig()) {
            var all = three(rig, Strategy.ONE_FOR_ALL);
            rig.kill(all.get(1));
            rig.awaitStatus("root/sup/a", Status.BACKING_OFF);
            all.getFirst().send("kept");
            assertThat(rig.info("root/sup/a").mailbox()).isEqualTo(1);
            rig.time.advance(PAUSE);
            rig.awaitEvent("a got kept");
        }
    }

    @Test
    void aSupervisorThatGivesUpIsRestartedWithItsWholeSubtree() throws Exception {
        try (var rig = new Rig()) {
            var sup = rig.below(Strategy.ONE_FOR_ONE, 0);
            var a = sup.spawn(rig.worker("a"));
            var b = sup.obtain(rig.worker("b"));
            awaitRunning(rig, "a", "b");
            rig.kill(a);
            rig.awaitStatus("root/sup", Status.BACKING_OFF);
            assertThat(rig.status("root/sup/a")).isEqualTo(Status.STOPPED);
            assertThat(rig.status("root/sup/b")).isEqualTo(Status.STOPPED);
            assertThat(rig.lastError("root/sup").cause()).contains("root/sup/a");
            b.send("meanwhile");
            rig.time.advance(PAUSE);
            awaitRunning(rig, "a", "b");
            rig.awaitEvent("b got meanwhile");
            assertThat(rig.info("root/sup").restarts()).isEqualTo(1);
        }
    }

    @Test
    void whatCannotBeHelpedEscalatesThroughTwoLevelsToTheRoot() throws Exception {
        try (var rig = new Rig(Rig.spec("root", Strategy.ONE_FOR_ONE, 1))) {
            rig.root().spawn(rig.worker("bystander"));
            var top = rig.root().supervisor(Rig.spec("top", Strategy.ONE_FOR_ONE, 1));
            var low = top.supervisor(Rig.spec("low", Strategy.ONE_FOR_ONE, 1));
            var a = low.spawn(rig.worker("a"));
            var seen = new ArrayList<String>();
            for (int i = 1; i <= 8; i++) {
                rig.kill(a);
                Rig.until("settled", () -> settled(rig));
                seen.add(place(rig));
                rig.time.advance(Duration.ofMillis(800));
            }
            assertThat(seen)
                    .containsExactly(
                            "root/top/low/a",
                            "root/top/low",
                            "root/top/low/a",
                            "root/top",
                            "root/top/low/a",
                            "root/top/low",
                            "root/top/low/a",
                            "none");
            assertThat(rig.rootFailure().process()).isEqualTo("root");
            assertThat(rig.kernel.hasFailed()).isTrue();
            assertThat(rig.status("bystander")).isEqualTo(Status.STOPPED);
            assertThat(rig.status("root")).isEqualTo(Status.FAILED);
            rig.kernel.start("root");
            rig.awaitStatus("root/top/low/a", Status.RUNNING);
            assertThat(rig.kernel.hasFailed()).isFalse();
        }
    }

    private static boolean settled(Rig rig) {
        return rig.kernel.tree().stream()
                        .noneMatch(info ->
                                info.status() == Status.STOPPING
                                        || info.status() == Status.STARTING)
                && (rig.kernel.hasFailed() || !place(rig).equals("none"));
    }

    private static String place(Rig rig) {
        return rig.kernel.tree().stream()
                .filter(info -> info.status() == Status.BACKING_OFF)
                .map(ProcessInfo::path)
                .findFirst()
                .orElse("none");
    }

    @Test
    void aThousandChildrenThatDieAtOnceAreAllRestarted() throws Exception {
        try (var rig = new Rig()) {
            var sup = rig.below(Strategy.ONE_FOR_ONE, 1000);
            var all = thousand(rig, sup);
            for (var one : all) {
                one.send("die");
            }
            Rig.until(
                    "all back off",
                    () -> all.stream().allMatch(one -> one.info().status() == Status.BACKING_OFF));
            rig.time.advance(PAUSE);
            Rig.until(
                    "all run",
                    () -> all.stream().allMatch(one -> one.info().status() == Status.RUNNING));
            assertThat(rig.kernel.errors()).hasSize(ErrorBook.KEPT);
            Rig.until("the sink is fed", () -> rig.sunk.size() >= ErrorOutlet.PER_SECOND);
            assertThat(rig.sunk).hasSize(ErrorOutlet.PER_SECOND);
        }
    }

    @Test
    void aThousandChildrenThatDieAtOnceMakeTheSupervisorGiveUpOnce() throws Exception {
        try (var rig = new Rig()) {
            var sup = rig.below(Strategy.ONE_FOR_ONE, 5);
            var die = new CountDownLatch(1);
            var all = new ArrayList<ProcessRef<String>>();
            for (int i = 0; i < 1000; i++) {
                all.add(
                        sup.spawn(
                                ProcessSpec.permanent(
                                        "child" + i,
                                        () ->
                                                context -> {
                                                    if (die.getCount() > 0) {
                                                        die.await();
                                                        throw new IllegalStateException("died");
                                                    }
                                                    context.receive();
                                                })));
            }
            Rig.until("all run", () -> allRun(all));
            die.countDown();
            rig.awaitStatus("root/sup", Status.BACKING_OFF);
            rig.time.advance(PAUSE);
            Rig.until("all run again", () -> allRun(all));
            assertThat(rig.info("root/sup").restarts()).isEqualTo(1);
            assertThat(rig.log.lines().stream().filter(line -> line.contains("gave up")))
                    .hasSize(1);
        }
    }

    private static boolean allRun(List<ProcessRef<String>> all) {
        return all.stream().allMatch(one -> one.info().status() == Status.RUNNING);
    }

    private static List<ProcessRef<String>> thousand(Rig rig, Supervisor sup) {
        var all = new ArrayList<ProcessRef<String>>();
        for (int i = 0; i < 1000; i++) {
            all.add(sup.obtain(rig.worker("child" + i)));
        }
        Rig.until("all run", () -> allRun(all));
        return all;
    }

    private static List<ProcessRef<String>> three(Rig rig, Strategy strategy) {
        var sup = rig.below(strategy, 5);
        var all =
                List.of(
                        sup.spawn(rig.worker("a")),
                        sup.spawn(rig.worker("b")),
                        sup.spawn(rig.worker("c")));
        awaitRunning(rig, "a", "b", "c");
        return all;
    }

    private static void awaitRunning(Rig rig, String... names) {
        for (String name : names) {
            rig.awaitStatus("root/sup/" + name, Status.RUNNING);
        }
    }

    private static List<Long> restarts(Rig rig) {
        return List.of(
                rig.info("root/sup/a").restarts(),
                rig.info("root/sup/b").restarts(),
                rig.info("root/sup/c").restarts());
    }
}

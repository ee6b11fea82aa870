package io.steward.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.fleet.RunCourse.Step;
import io.steward.agent.journal.Runs.Target;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunCourseTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final MessageIds IDS = new MessageIds(() -> NOW);

    private final List<Target> targets = new ArrayList<>();
    private @Nullable Set<NodeName> there = new HashSet<>();
    private Instant now = NOW;

    private static NodeName node(int place) {
        return new NodeName("n" + place);
    }

    private void unsent(int count) {
        for (int i = 0; i < count; i++) {
            int place = targets.size();
            targets.add(new Target(place, node(place), null, null, null, null, null, null, 0));
            if (there != null) {
                there.add(node(place));
            }
        }
    }

    private void is(int place, int wave, State state) {
        MessageId id = IDS.next();
        targets.set(
                place,
                new Target(
                        place,
                        node(place),
                        wave,
                        id,
                        NOW,
                        state,
                        state.isEnd() ? NOW : null,
                        null,
                        0));
    }

    private void away(int place) {
        assertThat(there).isNotNull();
        there.remove(node(place));
    }

    private Step next(RunPlan plan) {
        return new RunCourse(plan, targets, there, now).next();
    }

    private static RunPlan plan(int canary, @Nullable String batch, @Nullable String maxErrors) {
        return new RunPlan(
                canary,
                batch == null ? null : Amount.parse(batch),
                0,
                Duration.ZERO,
                maxErrors == null ? null : Amount.parse(maxErrors),
                false);
    }

    private static void assertSends(Step step, int wave, Integer... places) {
        assertThat(step)
                .isInstanceOfSatisfying(
                        Step.Send.class,
                        send -> {
                            assertThat(send.wave()).isEqualTo(wave);
                            assertThat(send.places().keySet()).containsExactly(places);
                        });
    }

    @Test
    void withoutAPlanAllAreSentTheirsWhoeverIsThere() {
        unsent(3);
        away(1);
        assertSends(next(RunPlan.ALL), 0, 0, 1, 2);
        there = null;
        assertSends(next(RunPlan.ALL), 0, 0, 1, 2);
    }

    @Test
    void manyAreSentInChunksOfOneWave() {
        unsent(RunCourse.CHUNK + 1);
        Step first = next(RunPlan.ALL);
        assertThat(((Step.Send) first).places()).hasSize(RunCourse.CHUNK);
        ((Step.Send) first).places().keySet().forEach(place -> is(place, 0, State.QUEUED));
        assertSends(next(RunPlan.ALL), 0, RunCourse.CHUNK);
    }

    @Test
    void whenAllAreSentOrLeftOutThereIsNothingMoreToSend() {
        unsent(2);
        is(0, 0, State.STARTED);
        targets.set(1, new Target(1, node(1), null, null, null, null, NOW, "down", 1));
        assertThat(next(RunPlan.ALL)).isInstanceOf(Step.AllSent.class);
    }

    @Test
    void aCanaryThatWasNotRunHasShownNothing() {
        for (State state : List.of(State.CANCELLED, State.EXPIRED)) {
            targets.clear();
            unsent(3);
            is(0, 0, state);
            assertThat(next(plan(1, null, null))).isInstanceOf(Step.Stop.class);
            assertThat(next(plan(0, "1", "0"))).isInstanceOf(Step.Send.class);
        }
    }

    @Test
    void theOthersWaitForTheCanary() {
        unsent(4);
        RunPlan plan = plan(1, null, null);
        assertSends(next(plan), 0, 0);
        is(0, 0, State.STARTED);
        assertThat(next(plan)).isInstanceOf(Step.Wait.class);
        is(0, 0, State.SUCCEEDED);
        assertSends(next(plan), 1, 1, 2, 3);
    }

    @Test
    void aCanaryThatFailsStopsTheRunUnlessErrorsAreAllowed() {
        unsent(4);
        is(0, 0, State.FAILED);
        assertThat(next(plan(1, null, null))).isInstanceOf(Step.Stop.class);
        assertSends(next(plan(1, null, "1")), 1, 1, 2, 3);
    }

    @Test
    void aCanaryIsUpAndOneThatGoesAwayIsReplaced() {
        unsent(4);
        away(0);
        RunPlan plan = plan(1, null, null);
        assertSends(next(plan), 0, 1);
        is(1, 0, State.PUBLISHED);
        away(1);
        assertSends(next(plan), 0, 2);
        is(2, 0, State.SUCCEEDED);
        assertSends(next(plan), 1, 0, 3);
    }

    @Test
    void withNobodyUpOrNobodyToAskTheCanaryIsWaitedFor() {
        unsent(2);
        away(0);
        away(1);
        assertThat(next(plan(1, null, null))).isInstanceOf(Step.Wait.class);
        there = null;
        assertThat(next(plan(1, null, null))).isInstanceOf(Step.Wait.class);
    }

    @Test
    void batchesFollowEachOtherAndThoseThatAreAwayHoldNobodyUp() {
        unsent(5);
        RunPlan plan = plan(0, "40%", null);
        assertSends(next(plan), 0, 0, 1);
        is(0, 0, State.SUCCEEDED);
        is(1, 0, State.PUBLISHED);
        assertThat(next(plan)).isInstanceOf(Step.Wait.class);
        away(1);
        assertSends(next(plan), 1, 2, 3);
    }

    @Test
    void whoeverHasTakenItHoldsTheOthersUpThoughItIsSilent() {
        unsent(2);
        is(0, 0, State.STARTED);
        away(0);
        assertThat(next(plan(0, "1", null))).isInstanceOf(Step.Wait.class);
    }

    @Test
    void withNobodyToAskAllHoldTheOthersUp() {
        unsent(2);
        is(0, 0, State.PUBLISHED);
        there = null;
        assertThat(next(plan(0, "1", null))).isInstanceOf(Step.Wait.class);
    }

    @Test
    void betweenBatchesThereIsAPauseFromTheLastEnd() {
        unsent(2);
        is(0, 0, State.SUCCEEDED);
        RunPlan plan = new RunPlan(0, new Amount(1, false), 0, Duration.ofSeconds(30), null, false);
        now = NOW.plusSeconds(10);
        assertThat(next(plan))
                .isInstanceOfSatisfying(
                        Step.Wait.class,
                        wait -> assertThat(wait.atMost()).isEqualTo(Duration.ofSeconds(20)));
        now = NOW.plusSeconds(30);
        assertSends(next(plan), 1, 1);
    }

    @Test
    void noMoreThanSoManyAreUnfinishedAtATime() {
        unsent(5);
        RunPlan plan = new RunPlan(0, null, 2, Duration.ZERO, null, false);
        assertSends(next(plan), 0, 0, 1);
        is(0, 0, State.STARTED);
        is(1, 0, State.PUBLISHED);
        assertThat(next(plan)).isInstanceOf(Step.Wait.class);
        away(1);
        assertSends(next(plan), 0, 2);
    }

    @Test
    void onlyUpLeavesOutWhoIsNotThereWhenItsTurnComes() {
        unsent(4);
        away(0);
        away(3);
        RunPlan plan = new RunPlan(0, new Amount(1, false), 0, Duration.ZERO, null, true);
        assertThat(next(plan)).isEqualTo(new Step.LeaveOut(new TreeMap<>(Map.of(0, node(0)))));
        there = null;
        assertThat(next(plan)).isInstanceOf(Step.Wait.class);
    }

    @Test
    void errorsAreCountedInPartsOfAllToo() {
        unsent(10);
        is(0, 0, State.FAILED);
        is(1, 0, State.REFUSED);
        is(2, 0, State.EXPIRED);
        is(3, 0, State.CANCELLED);
        assertThat(next(plan(0, "4", "20%"))).isInstanceOf(Step.Send.class);
        is(3, 0, State.INTERRUPTED);
        assertThat(next(plan(0, "4", "20%")))
                .isEqualTo(new Step.Stop("3 of 10 targets failed, and maxErrors allows 20%"));
    }

    /// Plays runs to their end with nodes that end, fail and go away as they like: each target is
    /// sent its message once, and never more than the plan allows.
    @Test
    void everyRunComesToItsEndAndKeepsToItsPlan() {
        for (long seed = 1; seed <= 500; seed++) {
            play(new Random(seed), seed);
        }
    }

    private void play(Random random, long seed) {
        targets.clear();
        there = new HashSet<>();
        unsent(1 + random.nextInt(40));
        RunPlan plan =
                new RunPlan(
                        random.nextInt(3),
                        random.nextBoolean() ? new Amount(1 + random.nextInt(10), false) : null,
                        random.nextInt(5),
                        Duration.ZERO,
                        new Amount(100, false),
                        random.nextBoolean());
        for (int steps = 0; steps < 10_000; steps++) {
            Step step = next(plan);
            switch (step) {
                case Step.AllSent() -> {
                    assertThat(targets).as("seed %d", seed).noneMatch(Target::isUnsent);
                    return;
                }
                case Step.Stop(String why) -> throw new AssertionError("seed " + seed + why);
                case Step.LeaveOut(SortedMap<Integer, NodeName> places) -> {
                    assertThat(plan.onlyUp()).isTrue();
                    places.forEach((place, node) ->
                            targets.set(
                                    place,
                                    new Target(
                                            place, node, null, null, null, null, NOW, "down", 1)));
                }
                case Step.Send(int wave, var places) -> {
                    assertThat(places).as("seed %d", seed).isNotEmpty();
                    places.keySet()
                            .forEach(place -> {
                                assertThat(targets.get(place).isUnsent()).isTrue();
                                is(place, wave, State.PUBLISHED);
                            });
                    RunCourse course = new RunCourse(plan, targets, there, now);
                    long holding = targets.stream().filter(course::holds).count();
                    if (plan.concurrency() > 0) {
                        assertThat(holding)
                                .as("seed %d", seed)
                                .isLessThanOrEqualTo(plan.concurrency());
                    }
                }
                case Step.Wait(String _, Duration _) -> happen(random);
            }
        }
        throw new AssertionError("seed %d has no end".formatted(seed));
    }

    /// Something happens to one node.
    private void happen(Random random) {
        assertThat(there).isNotNull();
        int place = random.nextInt(targets.size());
        Target target = targets.get(place);
        boolean up = there.contains(target.node());
        switch (random.nextInt(4)) {
            case 0 -> there.add(target.node());
            case 1 -> {
                if (random.nextInt(4) == 0) {
                    there.remove(target.node());
                }
            }
            default -> {
                if (up && target.isUnderWay() && target.wave() != null) {
                    State state = target.state();
                    is(
                            place,
                            target.wave(),
                            state == State.PUBLISHED
                                    ? State.STARTED
                                    : random.nextInt(3) == 0 ? State.FAILED : State.SUCCEEDED);
                }
            }
        }
    }

    @Test
    void everyTargetIsInOneStateAtATime() {
        unsent(3);
        is(0, 0, State.PUBLISHED);
        away(0);
        RunCourse course = new RunCourse(RunPlan.ALL, targets, there, now);
        assertThat(IntStream.range(0, 3).filter(i -> course.isAway(targets.get(i))))
                .containsExactly(0);
        assertThat(targets.stream().filter(course::holds)).isEmpty();
    }
}

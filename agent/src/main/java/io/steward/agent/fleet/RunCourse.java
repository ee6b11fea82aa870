package io.steward.agent.fleet;

import io.steward.agent.journal.Runs.Target;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Decides what a run does next; knows nothing but what it is given.
///
/// A target **holds** the others up while its message has not ended and its node is there or has
/// taken it in. One that is away, its message waiting for it, does not.
///
/// @param targets all of them, in their order
/// @param there the nodes that answered just now, of those that were asked; null if nobody could be
///   asked
record RunCourse(RunPlan plan, List<Target> targets, @Nullable Set<NodeName> there, Instant now) {
    /// How many messages are accepted at once.
    static final int CHUNK = 1_000;

    /// What to do.
    sealed interface Step {
        /// Send these targets theirs.
        record Send(int wave, SortedMap<Integer, NodeName> places) implements Step {}

        /// Leave these targets out.
        record LeaveOut(SortedMap<Integer, NodeName> places) implements Step {}

        /// Too many have failed.
        record Stop(String reason) implements Step {}

        /// Every target was sent its message, or left out.
        record AllSent() implements Step {}

        /// Nothing now.
        ///
        /// @param why for people
        /// @param atMost look again after this time, though nothing has happened
        record Wait(String why, Duration atMost) implements Step {}
    }

    static final Duration LOOK = Duration.ofSeconds(5);

    /// Whether a message of a run has failed, rather than not been run.
    static boolean isError(@Nullable State state) {
        return state == State.FAILED || state == State.INTERRUPTED || state == State.REFUSED;
    }

    /// Whether a target's message waits for a node that is not there.
    boolean isAway(Target target) {
        return target.isUnderWay()
                && (target.state() == State.QUEUED || target.state() == State.PUBLISHED)
                && there != null
                && !there.contains(target.node());
    }

    boolean holds(Target target) {
        return target.isUnderWay() && !isAway(target);
    }

    /// Whether it counts against [RunPlan#maxErrors]: a canary that was not run has shown nothing,
    /// and the others must not follow it.
    private boolean isError(Target target) {
        return isError(target.state())
                || (isCanary(target)
                        && (target.state() == State.EXPIRED || target.state() == State.CANCELLED));
    }

    private boolean isCanary(Target target) {
        return plan.canary() > 0 && target.wave() != null && target.wave() == 0;
    }

    /// Of a run that is [io.steward.agent.journal.Runs.Phase#RUNNING].
    Step next() {
        long errors = targets.stream().filter(this::isError).count();
        Amount most = plan.maxErrors();
        if (most != null && errors > most.atMost(targets.size())) {
            return new Step.Stop(
                    "%d of %d targets failed, and maxErrors allows %s"
                            .formatted(errors, targets.size(), most));
        }
        List<Target> unsent = targets.stream().filter(Target::isUnsent).toList();
        if (unsent.isEmpty()) {
            return new Step.AllSent();
        }
        int wave =
                targets.stream()
                        .map(Target::wave)
                        .mapToInt(each -> each == null ? -1 : each)
                        .max()
                        .orElse(-1);
        List<Target> inWave =
                targets.stream()
                        .filter(target -> target.wave() != null && target.wave() == wave)
                        .toList();
        int room = wave < 0 ? 0 : plan.size(wave, targets.size()) - counted(wave, inWave);
        if (room > 0) {
            return send(wave, room, unsent);
        }
        long holding = inWave.stream().filter(this::holds).count();
        if (holding > 0) {
            return new Step.Wait("%d of wave %d have not ended".formatted(holding, wave + 1), LOOK);
        }
        Duration pause = wave < 0 ? Duration.ZERO : pause(inWave);
        return pause.isPositive()
                ? new Step.Wait("pause before wave %d".formatted(wave + 2), pause)
                : send(wave + 1, plan.size(wave + 1, targets.size()), unsent);
    }

    /// How many of a wave were sent theirs. A canary that is away proves nothing, and another one
    /// takes its place.
    private int counted(int wave, List<Target> inWave) {
        return wave == 0 && plan.canary() > 0
                ? (int) inWave.stream().filter(target -> !isAway(target)).count()
                : inWave.size();
    }

    private Duration pause(List<Target> inWave) {
        Instant end = Instant.EPOCH;
        for (Target target : inWave) {
            Instant last = target.endedAt() != null ? target.endedAt() : target.sentAt();
            end = last != null && last.isAfter(end) ? last : end;
        }
        return Duration.between(now, end.plus(plan.pause()));
    }

    private Step send(int wave, int room, List<Target> unsent) {
        boolean isCanary = wave == 0 && plan.canary() > 0;
        if ((plan.onlyUp() || isCanary) && there == null) {
            return new Step.Wait(
                    "there is no connection to the broker, and it is not known who is up", LOOK);
        }
        int most = Math.min(room, CHUNK);
        if (plan.concurrency() > 0) {
            long holding = targets.stream().filter(this::holds).count();
            most = (int) Math.min(most, plan.concurrency() - holding);
            if (most <= 0) {
                return new Step.Wait(
                        "%d are unfinished, and concurrency allows %d"
                                .formatted(holding, plan.concurrency()),
                        LOOK);
            }
        }
        SortedMap<Integer, NodeName> chosen = new TreeMap<>();
        SortedMap<Integer, NodeName> absent = new TreeMap<>();
        for (Target target : unsent) {
            boolean isThere = there == null || there.contains(target.node());
            if (isThere || !(plan.onlyUp() || isCanary)) {
                chosen.put(target.place(), target.node());
                if (chosen.size() == most) {
                    break;
                }
            } else if (plan.onlyUp()) {
                absent.put(target.place(), target.node());
            }
        }
        if (!absent.isEmpty()) {
            return new Step.LeaveOut(absent);
        }
        return chosen.isEmpty()
                ? new Step.Wait("no target is up to be the canary", LOOK)
                : new Step.Send(wave, chosen);
    }
}

package io.steward.agent.fleet;

import io.steward.agent.broker.Broker;
import io.steward.agent.fleet.RunCourse.Step;
import io.steward.agent.journal.RunId;
import io.steward.agent.journal.Runs;
import io.steward.agent.journal.Runs.Phase;
import io.steward.agent.journal.Runs.Run;
import io.steward.agent.journal.Runs.Target;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.outbox.RunSender;
import io.steward.agent.outbox.SubmitException;
import io.steward.messages.InputException;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The process of one run: sends the targets theirs as the plan says, until every message has
/// ended. All it has to remember is in the journal, so that it goes on after a restart.
final class RunDriver implements ProcessBody<RunDriver.Look> {
    private static final int PAGE = 2_000;
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofSeconds(2);

    /// So long after it was sent theirs a node is not asked whether it is there; longer where there
    /// are many, as they cannot all be done at once.
    private static final Duration FRESH = Duration.ofMillis(1_500);

    private static final Duration FRESH_FOR_EACH = Duration.ofMillis(5);
    private static final Duration LONGEST_FRESH = Duration.ofMinutes(1);

    private static final Duration ANSWER = Duration.ofSeconds(1);

    /// Those who are many are given more time, and are asked less often, for each of them.
    private static final Duration FOR_EACH = Duration.ofMillis(2);

    /// So long a node that was sent its message, and that the broker knows to be connected, may be
    /// silent before it counts as away: it may be busy, or its link slow.
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /// Has it look at the run now.
    record Look() {}

    private final RunId id;
    private final Runs runs;
    private final RunSender sender;
    private final Broker broker;
    private final RollCall rollCall;
    private final InstantSource clock;
    private final Consumer<RunView> told;

    // of the one thread
    private Set<NodeName> asked = Set.of();
    private Set<NodeName> answered = Set.of();
    private final Strangers strangers;
    private final Map<NodeName, Instant> silentSince = new HashMap<>();
    private @Nullable Instant askedAt;
    private @Nullable String problem;

    /// @param told of how the run is, after each look
    RunDriver(
            RunId id,
            Runs runs,
            RunSender sender,
            Broker broker,
            RollCall rollCall,
            InstantSource clock,
            Consumer<RunView> told) {
        this.id = id;
        this.runs = runs;
        this.sender = sender;
        this.broker = broker;
        this.rollCall = rollCall;
        this.clock = clock;
        this.told = told;
        this.strangers = new Strangers(broker);
    }

    @Override
    public void run(ProcessContext<Look> context) throws Exception {
        Duration wait = Duration.ZERO;
        while (true) {
            long begin = System.nanoTime();
            wait = step(context);
            if (wait == null) {
                return;
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            if (wait.isPositive()) {
                if (!context.pause(pace(took)) || context.receive(wait) instanceof Received.Stop) {
                    return;
                }
                while (context.poll() != null) {
                    // one look is enough for all
                }
            } else if (context.isStopping()) {
                return;
            }
        }
    }

    /// The longer a look takes, the longer until the next.
    private static Duration pace(Duration took) {
        Duration pace = took.multipliedBy(4);
        return min(pace.compareTo(SHORTEST) < 0 ? SHORTEST : pace, LONGEST);
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /// @return when to look again; null if there is nothing more to do
    private @Nullable Duration step(ProcessContext<Look> context)
            throws InterruptedException, ExecutionException {
        Instant now = clock.instant();
        boolean ended = runs.settle(id, now).get();
        Run run = runs.find(id).orElse(null);
        if (run == null) {
            return null;
        }
        RunSpec spec = RunSpec.of(run.spec());
        List<Target> targets = targets(runs, id);
        boolean open = run.phase() == Phase.RUNNING;
        RunCourse course =
                new RunCourse(spec.plan(), targets, ended ? null : there(spec, targets, open), now);
        Step next = open ? course.next() : new Step.Wait("", RunCourse.LOOK);
        tell(run, spec, course, next, ended);
        if (ended) {
            return null;
        }
        return carryOut(spec, next, context);
    }

    static List<Target> targets(Runs runs, RunId id) {
        List<Target> all = new ArrayList<>();
        List<Target> page;
        do {
            page = runs.targets(id, all.isEmpty() ? -1 : all.getLast().place(), PAGE);
            all.addAll(page);
        } while (page.size() == PAGE);
        return all;
    }

    /// Who is there of those that matter now; whoever was not asked counts as there.
    private @Nullable Set<NodeName> there(RunSpec spec, List<Target> targets, boolean open)
            throws InterruptedException {
        if (!broker.status().connected()) {
            return null;
        }
        Instant now = clock.instant();
        Duration fresh =
                min(FRESH.plus(FRESH_FOR_EACH.multipliedBy(targets.size())), LONGEST_FRESH);
        boolean chooses = open && (spec.plan().onlyUp() || canaryIsDue(spec, targets));
        Set<NodeName> matter =
                targets.stream()
                        .filter(target ->
                                target.isUnsent()
                                        ? chooses
                                        : isUntaken(target)
                                                && target.sentAt() != null
                                                && target.sentAt().plus(fresh).isBefore(now))
                        .map(Target::node)
                        .collect(Collectors.toSet());
        Duration forAll = FOR_EACH.multipliedBy(matter.size());
        boolean stale = askedAt == null || askedAt.plus(RunCourse.LOOK).plus(forAll).isBefore(now);
        if (!matter.isEmpty() && (stale || !asked.containsAll(matter))) {
            call(matter, ANSWER.plus(forAll));
        }
        Set<NodeName> there = new HashSet<>(answered);
        for (Target target : targets) {
            Instant silent = silentSince.get(target.node());
            if (!asked.contains(target.node())
                    || (silent != null
                            && !target.isUnsent()
                            && silent.plus(PATIENCE).isAfter(now))) {
                there.add(target.node());
            }
        }
        return there;
    }

    private void call(Set<NodeName> nodes, Duration wait) throws InterruptedException {
        Instant begin = clock.instant();
        RollCall.Called called = rollCall.call(nodes, wait);
        silentSince.keySet().retainAll(called.silent());
        called.silent().forEach(node -> silentSince.putIfAbsent(node, begin));
        answered = called.there();
        asked = nodes;
        askedAt = clock.instant();
        strangers.lookAgain();
    }

    private static boolean isUntaken(Target target) {
        return target.state() == State.QUEUED || target.state() == State.PUBLISHED;
    }

    private static boolean canaryIsDue(RunSpec spec, List<Target> targets) {
        return spec.plan().canary() > 0
                && targets.stream().noneMatch(target -> target.wave() != null && target.wave() > 0);
    }

    /// Those that are away because no node has their name: nobody has made a mailbox for them.
    private Set<NodeName> unknown(RunCourse course) throws InterruptedException {
        return strangers.among(
                course.targets().stream()
                        .filter(target -> target.state() == State.QUEUED && course.isAway(target))
                        .map(Target::node)
                        .toList());
    }

    private void tell(Run run, RunSpec spec, RunCourse course, Step next, boolean ended)
            throws InterruptedException {
        Set<NodeName> unknown = unknown(course);
        Map<State, Integer> states = new EnumMap<>(State.class);
        int unsent = 0;
        int leftOut = 0;
        boolean holds = false;
        Set<NodeName> away = new HashSet<>();
        for (Target target : course.targets()) {
            if (target.state() != null) {
                holds |= course.holds(target);
                if (course.isAway(target)) {
                    if (!unknown.contains(target.node())) {
                        away.add(target.node());
                    }
                } else {
                    states.merge(target.state(), 1, Integer::sum);
                }
            } else if (target.leftOut() != null) {
                leftOut++;
            } else {
                unsent++;
            }
        }
        String waits = problem;
        if (waits == null && next instanceof Step.Wait(String why, Duration _) && !why.isEmpty()) {
            waits = why;
        }
        told.accept(
                new RunView(
                        run,
                        spec,
                        new Runs.Counts(states, unsent, leftOut),
                        away,
                        unknown,
                        waits,
                        ended || (!run.phase().isOpen() && !holds)));
    }

    private Duration carryOut(RunSpec spec, Step next, ProcessContext<Look> context)
            throws InterruptedException, ExecutionException {
        Instant now = clock.instant();
        problem = null;
        switch (next) {
            case Step.Send(int wave, var places) -> {
                try {
                    if (sender.sendTargets(
                            id, wave, places, spec.request(List.copyOf(places.values())))) {
                        context.handled(places.size());
                    }
                } catch (SubmitException e) {
                    if (e.isInputWrong()) {
                        return stop(e.getMessage());
                    }
                    problem = e.getMessage();
                    return RunCourse.LOOK;
                } catch (InputException e) {
                    return stop(e.getMessage());
                }
            }
            case Step.LeaveOut(var places) -> leaveOut(places, now);
            case Step.Stop(String reason) -> {
                return stop(reason);
            }
            case Step.AllSent() -> {
                var _ = runs.move(id, Set.of(Phase.RUNNING), Phase.SENT, null, now).get();
            }
            case Step.Wait(String _, Duration atMost) -> {
                return atMost.compareTo(RunCourse.LOOK) < 0 ? atMost : RunCourse.LOOK;
            }
        }
        return Duration.ZERO;
    }

    private void leaveOut(SortedMap<Integer, NodeName> places, Instant now)
            throws InterruptedException, ExecutionException {
        Set<NodeName> unknown = strangers.among(places.values());
        Map<Boolean, List<Integer>> byUnknown =
                places.keySet().stream()
                        .collect(
                                Collectors.partitioningBy(
                                        place -> unknown.contains(places.get(place))));
        for (Map.Entry<Boolean, List<Integer>> some : byUnknown.entrySet()) {
            String why = some.getKey() ? "nobody has heard of it" : "not up when its turn came";
            if (!some.getValue().isEmpty()) {
                runs.leaveOut(id, some.getValue(), why, now).get();
            }
        }
    }

    private Duration stop(@Nullable String reason) throws InterruptedException, ExecutionException {
        var _ = runs.move(id, Set.of(Phase.RUNNING), Phase.STOPPED, reason, clock.instant()).get();
        return Duration.ZERO;
    }
}

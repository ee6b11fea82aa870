package io.steward.agent.fleet;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.Broker;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Page;
import io.steward.agent.journal.RunId;
import io.steward.agent.journal.Runs;
import io.steward.agent.journal.Runs.Phase;
import io.steward.agent.journal.Runs.Run;
import io.steward.agent.journal.Runs.Target;
import io.steward.agent.kernel.ProcessRef;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.Supervisor;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.outbox.RunSender;
import io.steward.agent.outbox.SubmitException;
import io.steward.messages.InputException;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The runs of this agent. Each that has not ended has a process of its own. Thread-safe.
public final class RunBook {
    /// The most targets of one run.
    public static final int MOST_TARGETS = 200_000;

    private final Journal journal;
    private final Runs runs;
    private final Supervisor supervisor;
    private final Outbox outbox;
    private final RunSender sender;
    private final Broker broker;
    private final RollCall rollCall;
    private final InstantSource clock;
    private final MessageIds ids;
    private final Map<RunId, ProcessRef<RunDriver.Look>> drivers = new ConcurrentHashMap<>();
    private final Map<RunId, RunView> views = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    /// @param supervisor the processes of the runs are started below it
    /// @param outbox for taking messages back
    public RunBook(
            Supervisor supervisor,
            Journal journal,
            Outbox outbox,
            RunSender sender,
            Broker broker,
            RollCall rollCall,
            InstantSource clock) {
        this.supervisor = supervisor;
        this.journal = journal;
        this.runs = journal.runs();
        this.outbox = outbox;
        this.sender = sender;
        this.broker = broker;
        this.rollCall = rollCall;
        this.clock = clock;
        this.ids = new MessageIds(clock);
    }

    /// Goes on with the runs that had not ended when the agent did.
    public void start() {
        journal.onProcessed(
                () -> drivers.values().forEach(each -> each.offer(new RunDriver.Look())));
        runs.open().forEach(this::drive);
    }

    /// Called after each change of a run; must return at once.
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /// Begins a run.
    ///
    /// @param nodes the targets, each once
    /// @return when it is in the journal
    /// @throws InputException if the message is not as it has to be
    /// @throws SubmitException if it cannot be accepted; the input is wrong where there is no
    ///   target, or too many
    public RunId begin(RunSpec spec, List<NodeName> nodes)
            throws InputException, SubmitException, InterruptedException {
        if (nodes.isEmpty() || nodes.size() > MOST_TARGETS) {
            throw new SubmitException(
                    "a run over %d nodes: expected 1 to %d".formatted(nodes.size(), MOST_TARGETS),
                    true,
                    null);
        }
        MessageRequest request = spec.request(nodes.subList(0, 1));
        sender.check(request);
        RunId id = new RunId(ids.next().value());
        try {
            runs.begin(id, spec.text(), nodes, clock.instant()).get();
        } catch (ExecutionException e) {
            throw new SubmitException(
                    "the run is not accepted: " + e.getCause(), false, e.getCause());
        }
        drive(id);
        return id;
    }

    private void drive(RunId id) {
        drivers.put(
                id,
                supervisor.obtain(
                        ProcessSpec.<RunDriver.Look>permanent(
                                        id.value(),
                                        () ->
                                                new RunDriver(
                                                        id,
                                                        runs,
                                                        sender,
                                                        broker,
                                                        rollCall,
                                                        clock,
                                                        this::told))
                                .withRestart(ProcessSpec.RestartPolicy.UNTIL_DONE)
                                .withMailbox(1)));
        if (runs.find(id).map(run -> run.ended() != null).orElse(true)) {
            drivers.remove(id); // it has ended before it was put there
        }
    }

    private void told(RunView view) {
        RunId id = view.run().id();
        if (view.run().ended() == null) {
            views.put(id, view);
        } else {
            views.remove(id);
            drivers.remove(id);
        }
        listeners.forEach(Runnable::run);
    }

    /// How a run is; empty if there is none of that id.
    public Optional<RunView> view(RunId id) {
        Run run = runs.find(id).orElse(null);
        if (run == null) {
            return Optional.empty();
        }
        RunView view = views.get(id);
        if (run.ended() == null && view != null && view.run().equals(run)) {
            return Optional.of(view);
        }
        return Optional.of(
                new RunView(
                        run,
                        RunSpec.of(run.spec()),
                        runs.counts(id).orElseGet(() -> new Runs.Counts(Map.of(), 0, 0)),
                        Set.of(),
                        Set.of(),
                        null,
                        run.ended() != null));
    }

    /// The newest first.
    public Page<Run> newest(@Nullable RunId before, int limit) {
        return runs.newest(before, limit);
    }

    /// The targets in their order.
    public List<Target> targets(RunId id, int after, int limit) {
        return runs.targets(id, after, limit);
    }

    /// Those that have ended or were left out, as [Runs#ended] has them.
    public List<Target> ended(RunId id, int after, int limit) {
        return runs.ended(id, after, limit);
    }

    /// No more are sent until it is resumed.
    ///
    /// @return whether it was running
    public boolean pause(RunId id) throws InterruptedException {
        return move(id, Set.of(Phase.RUNNING), Phase.PAUSED);
    }

    /// @return whether it was paused
    public boolean resume(RunId id) throws InterruptedException {
        return move(id, Set.of(Phase.PAUSED), Phase.RUNNING);
    }

    /// No more are sent.
    ///
    /// @param cancel whether what was sent and has not ended is cancelled
    /// @return whether it was running or paused; what was sent is cancelled all the same
    public boolean abort(RunId id, boolean cancel) throws InterruptedException, SubmitException {
        boolean changed = move(id, Set.of(Phase.RUNNING, Phase.PAUSED), Phase.ABORTED);
        if (cancel) {
            for (Target target : RunDriver.targets(runs, id)) {
                if (target.isUnderWay() && target.message() != null) {
                    var _ = outbox.cancel(target.message());
                }
            }
        }
        return changed;
    }

    private boolean move(RunId id, Set<Phase> from, Phase to) throws InterruptedException {
        try {
            boolean changed = runs.move(id, from, to, null, clock.instant()).get();
            ProcessRef<RunDriver.Look> driver = drivers.get(id);
            if (driver != null) {
                var _ = driver.offer(new RunDriver.Look());
            }
            return changed;
        } catch (ExecutionException e) {
            throw new IllegalStateException("the run could not be changed", e.getCause());
        }
    }

    /// Which targets of a run would be sent theirs once more.
    ///
    /// @param failed those that failed
    /// @param missing those that were not run: not sent, left out, expired or cancelled
    public List<NodeName> left(RunId id, boolean failed, boolean missing) {
        Predicate<Target> wanted =
                target ->
                        (failed && RunCourse.isError(target.state()))
                                || (missing
                                        && (target.state() == null
                                                || target.state() == State.EXPIRED
                                                || target.state() == State.CANCELLED));
        return RunDriver.targets(runs, id).stream().filter(wanted).map(Target::node).toList();
    }

    /// A spec as another run's, for those of its targets that are sent theirs once more.
    public static RunSpec again(RunSpec of, RunId id, RunPlan plan) {
        ObjectNode message = of.message();
        return new RunSpec(of.target(), plan, message, id);
    }
}

package io.steward.agent.http;

import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Queues;
import io.steward.agent.journal.RunId;
import io.steward.agent.journal.Schedules.Plan;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.outbox.RunSender;
import io.steward.agent.outbox.SubmitException;
import io.steward.agent.schedule.ScheduledMessage;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.NodeName;
import io.steward.messages.Schedule;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// An outbox that keeps what it takes in a journal, sends nothing, and has it answered by what a
/// test gives it. Thread-safe.
public final class FakeOutbox implements Outbox, RunSender {
    private final List<Purge> purges = new CopyOnWriteArrayList<>();
    private final NodeName node;
    private final Journal journal;
    private final MessageIds ids = new MessageIds(InstantSource.system());
    private final Map<String, List<MessageId>> keys = new ConcurrentHashMap<>();
    private volatile Consumer<Message> receiver = message -> {};
    private volatile @Nullable SubmitException failure;
    private volatile @Nullable String problem;

    public FakeOutbox(NodeName node, Journal journal) {
        this.node = node;
        this.journal = journal;
    }

    /// What happens with each message that is taken, on the thread that brought it.
    public void onMessage(Consumer<Message> newReceiver) {
        receiver = newReceiver;
    }

    public void failWith(@Nullable SubmitException newFailure) {
        failure = newFailure;
    }

    @Override
    public Submitted submit(@Nullable String inputKey, List<MessageRequest> requests)
            throws SubmitException {
        SubmitException refused = failure;
        if (refused != null) {
            throw refused;
        }
        if (inputKey != null && keys.containsKey(inputKey)) {
            return new Submitted(keys.get(inputKey), false);
        }
        List<Message> messages = new ArrayList<>();
        List<Plan> plans = new ArrayList<>();
        for (MessageRequest request : requests) {
            Schedule schedule = request.schedule();
            if (schedule != null) {
                String name = schedule.name() == null ? ids.next().value() : schedule.name();
                plans.add(
                        new ScheduledMessage(request.on(schedule.named(name)))
                                .plan(node, Instant.now()));
                continue;
            }
            String domain = request.domain() == null ? "operatingsystem" : request.domain();
            messages.addAll(request.messages(node, domain, ids::next, Instant.now()));
        }
        List<MessageId> taken = take(messages);
        journal.schedules().accept(null, List.of(), plans, Long.MAX_VALUE, Instant.now()).join();
        if (inputKey != null) {
            keys.put(inputKey, taken);
        }
        return new Submitted(
                taken,
                true,
                plans.stream()
                        .flatMap(plan -> journal.schedules().find(plan.name()).stream())
                        .toList());
    }

    @Override
    public void check(MessageRequest request) throws SubmitException {
        SubmitException refused = failure;
        if (refused != null) {
            throw refused;
        }
    }

    @Override
    public boolean sendTargets(
            RunId run, int wave, SortedMap<Integer, NodeName> targets, MessageRequest request) {
        List<Message> messages =
                request.to(List.copyOf(targets.values()), "run", run.value())
                        .messages(node, "operatingsystem", ids::next, Instant.now());
        SortedMap<Integer, Message> byPlace = new TreeMap<>();
        targets.keySet().forEach(place -> byPlace.put(place, messages.get(byPlace.size())));
        boolean sent =
                journal.runs().send(run, wave, byPlace, Long.MAX_VALUE, Instant.now()).join();
        if (sent) {
            messages.forEach(receiver);
        }
        return sent;
    }

    private List<MessageId> take(List<Message> messages) {
        List<MessageId> taken = journal.accept(null, messages).join().ids();
        messages.forEach(receiver);
        return taken;
    }

    @Override
    public List<MessageId> resend(List<Message> messages) {
        return take(messages.stream().map(m -> m.again(ids.next(), Instant.now())).toList());
    }

    @Override
    public Optional<Cancelling> cancel(MessageId id) {
        return journal.sent(id)
                .map(sent -> {
                    if (sent.state().isEnd()) {
                        return new Cancelling.TooLate(sent);
                    }
                    if (sent.state() != State.QUEUED) {
                        return new Cancelling.Asked(ids.next());
                    }
                    journal.endSent(
                                    id,
                                    List.of(State.QUEUED),
                                    State.CANCELLED,
                                    "by hand",
                                    Instant.now())
                            .join();
                    return new Cancelling.Done();
                });
    }

    @Override
    public Purged purge(Purge what) {
        purges.add(what);
        List<MessageId> found =
                what.ids().isEmpty()
                        ? journal
                                .waiters(
                                        new Queues.Waiters(
                                                what.node(), what.method(), what.before()),
                                        1_000)
                                .stream()
                                .map(Queues.Waiter::id)
                                .toList()
                        : journal.waiters(what.ids()).stream().map(Queues.Waiter::id).toList();
        Set<MessageId> unknown = new HashSet<>(what.ids());
        found.forEach(unknown::remove);
        int cancelled = 0;
        if (!what.dryRun()) {
            for (boolean changed :
                    journal.endSentAll(
                                    found,
                                    List.of(State.QUEUED),
                                    State.CANCELLED,
                                    "by hand",
                                    Instant.now())
                            .join()) {
                cancelled += changed ? 1 : 0;
            }
        }
        return new Purged(found.size(), cancelled, 0, 0, unknown, Map.of(), List.of(), false);
    }

    /// What was asked to be purged.
    public List<Purge> purges() {
        return List.copyOf(purges);
    }

    /// Says from now on why the queued messages of every subject are not going out.
    public void hold(@Nullable String newProblem) {
        problem = newProblem;
    }

    @Override
    public Optional<String> problem(Subject subject) {
        return Optional.ofNullable(problem);
    }

    @Override
    public List<Problem> problems() {
        String why = problem;
        return why == null
                ? List.of()
                : List.of(new Problem(Subject.parse("ship1.event.hello.x"), why, true));
    }
}

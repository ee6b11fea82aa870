package io.steward.agent.inbox;

import io.steward.agent.broker.Broker.Right;
import io.steward.agent.inbox.Interrupted.Decision;
import io.steward.agent.journal.Journal;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.Severity;
import io.steward.agent.method.Cancellation;
import io.steward.agent.method.Method;
import io.steward.agent.method.Methods;
import io.steward.agent.method.Outcome;
import io.steward.agent.policy.Admission;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.State;
import io.steward.messages.Subject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What happens to one message when its turn has come: checks, the durable mark that it is started,
/// the method, its end. Thread-safe.
final class Execution {
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /// How soon it is seen that a name is one's own again.
    private static final Duration NAME = Duration.ofMillis(50);

    private final Methods methods;
    private final Journal journal;
    private final Admission admission;
    private final Runner runner;
    private final Acks acks;
    private final Leftovers leftovers;
    private final Live live;
    private final InstantSource clock;
    private final BrokerTime time;
    private final String bootId;
    private final GivingUp givingUp;
    private final Supplier<Right> mayStart;

    /// @param mayStart whether this agent may start anything now
    Execution(
            Methods methods,
            Journal journal,
            Admission admission,
            Runner runner,
            Acks acks,
            Leftovers leftovers,
            Live live,
            InstantSource clock,
            BrokerTime time,
            String bootId,
            GivingUp givingUp,
            Supplier<Right> mayStart) {
        this.methods = methods;
        this.journal = journal;
        this.admission = admission;
        this.runner = runner;
        this.acks = acks;
        this.leftovers = leftovers;
        this.live = live;
        this.clock = clock;
        this.time = time;
        this.bootId = bootId;
        this.givingUp = givingUp;
        this.mayStart = mayStart;
    }

    /// How many messages of a subject may be run at once.
    int batch(Subject subject) {
        return find(subject).map(method -> method.spec().batch()).orElse(1);
    }

    /// Whether a message may be run in one batch with others: nothing speaks against running it
    /// now, and once more.
    boolean mayBatch(Work work) throws InterruptedException {
        Optional<Method> method = find(work.head().subject());
        return method.isPresent()
                && method.get().spec().batch() > 1
                && work.attempt() == 0
                && refusal(work) == null;
    }

    /// Runs several messages of one method that the caller has claimed.
    void runAll(List<Work> works, Finisher finisher, ProcessContext<?> context)
            throws InterruptedException {
        Method method = find(works.getFirst().head().subject()).orElseThrow();
        if (!markStarted(works, method, context)) {
            for (Work work : works) {
                leave(work, finisher, context);
            }
            return;
        }
        List<Work> stopped = works.stream().filter(work -> stoppedAfterMark(work) != null).toList();
        if (!stopped.isEmpty()) {
            for (Work work : works) {
                runMarked(work, method, finisher, context); // why: each has an end of its own now
            }
            return;
        }
        long start = System.nanoTime();
        List<Outcome> outcomes = runner.runAll(method, works, context);
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        List<Ack> ends = new ArrayList<>(works.size());
        for (int i = 0; i < works.size(); i++) {
            Ack end = acks.of(works.get(i), outcomes.get(i), took);
            works.get(i).ended(end);
            ends.add(end);
        }
        finisher.finish(works, ends, context);
    }

    /// Runs one message that the caller has claimed. If it throws, the message has not ended.
    void run(Work work, Finisher finisher, ProcessContext<?> context) throws InterruptedException {
        Message message = work.message();
        Method method = find(message.subject()).orElse(null);
        Ack end = work.end(); // not null if it has run, and its end was not kept
        if (end == null && work.attempt() > 0) {
            end = afterStart(work, method);
        }
        if (end == null) {
            end = refusal(work);
        }
        if (end == null && method != null) {
            if (!markStarted(List.of(work), method, context)) {
                leave(work, finisher, context);
                return;
            }
            runMarked(work, method, finisher, context);
            return;
        }
        if (end != null) {
            work.ended(end);
            finisher.finish(List.of(work), List.of(end), context);
        }
    }

    /// One that may not be started.
    private void leave(Work work, Finisher finisher, ProcessContext<?> context)
            throws InterruptedException {
        if (!work.isLost()) {
            work.unclaim();
            return;
        }
        Ack end = givingUp.end(work);
        work.ended(end);
        finisher.finishUntold(work, end, context);
    }

    private void runMarked(Work work, Method method, Finisher finisher, ProcessContext<?> context)
            throws InterruptedException {
        Ack end = stoppedAfterMark(work);
        if (end == null) {
            end = started(work, method, context);
        }
        if (end != null) {
            work.ended(end);
            finisher.finish(List.of(work), List.of(end), context);
        } else if (work.cancellation().cause() != Cancellation.Cause.SHUTDOWN) {
            work.unclaim(); // its process is ended: the next body decides
        }
    }

    /// What came between the checks and the durable mark, which may have taken long.
    private @Nullable Ack stoppedAfterMark(Work work) {
        if (work.attempt() > 1 && (work.isCancelled() || isTooLate(work))) {
            return stoppedAfterStart(work, 0, leftovers.printed(work.id()));
        }
        if (work.isCancelled()) {
            return acks.of(work.message(), State.CANCELLED, "cancelled before it was started");
        }
        return isTooLate(work) ? acks.of(work.message(), State.EXPIRED, late(work)) : null;
    }

    /// Whether it is too late to start it, by the broker's clock.
    boolean isTooLate(Work work) {
        return !time.now().isBefore(work.deadline());
    }

    private static String late(Work work) {
        return "it came to be run after it had expired at " + work.message().expiresAt();
    }

    /// The end of a message that the caller has claimed, that does not run and is not to be run any
    /// more: cancelled, or too late. Ends what an earlier start has left running, and blocks until
    /// it is gone, or will not go.
    Ack withoutRunning(Work work) throws InterruptedException {
        if (work.attempt() == 0) {
            return work.isCancelled()
                    ? acks.of(work.message(), State.CANCELLED, "cancelled before it was started")
                    : acks.of(
                            work.message(),
                            State.EXPIRED,
                            "it waited for its turn until it expired at "
                                    + work.message().expiresAt());
        }
        int survivors = leftovers.end(work.id());
        return stoppedAfterStart(work, survivors, leftovers.printed(work.id()));
    }

    private Ack stoppedAfterStart(Work work, int survivors, Outcome.Printed printed) {
        if (work.wasStartedElsewhere() && work.startedAt() == null) {
            String why = "another agent that had this node's name may have run it";
            return work.isCancelled()
                    ? acks.of(work.message(), State.CANCELLED, "cancelled; " + why)
                    : acks.interrupted(work, "its time is over; " + why, printed);
        }
        return work.isCancelled()
                ? acks.of(
                        work,
                        new Outcome.Cancelled(
                                survivors == 0
                                        ? "cancelled while it ran, and what was left of it was"
                                                + " ended"
                                        : "cancelled while it ran" + Acks.left(survivors),
                                null,
                                printed),
                        Duration.ZERO)
                : acks.interrupted(
                        work,
                        "it was stopped while it ran, and has expired at %s, so it is not run again%s"
                                .formatted(work.message().expiresAt(), Acks.left(survivors)),
                        printed);
    }

    /// @return null if the agent or this process goes down and the message is to be run again after
    ///   that
    private @Nullable Ack started(Work work, Method method, ProcessContext<?> context)
            throws InterruptedException {
        long start = System.nanoTime();
        Live.Telling telling = live.tell(work);
        Outcome outcome;
        try (telling) {
            outcome = runner.run(method, work, context);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - start);
        if (outcome instanceof Outcome.Interrupted
                && Interrupted.afterAgentDied(
                                work.message(), work.attempt(), true, method.spec().idempotent())
                        instanceof Decision.RunAgain) {
            return null;
        }
        Ack end = acks.of(work, outcome, took);
        telling.rest(end);
        return end;
    }

    /// The end of a message that was started before and is not to be started again; null if it is.
    private @Nullable Ack afterStart(Work work, @Nullable Method method)
            throws InterruptedException {
        boolean inThisLife = work.startedAt() != null;
        boolean idempotent = method != null && method.spec().idempotent();
        int survivors = leftovers.end(work.id());
        Decision decision = decide(work, inThisLife, idempotent);
        Outcome.Printed printed = leftovers.printed(work.id());
        if (work.isCancelled() || (decision instanceof Decision.RunAgain && isTooLate(work))) {
            return stoppedAfterStart(work, survivors, printed);
        }
        return switch (decision) {
            case Decision.RunAgain() ->
                    survivors == 0 || idempotent
                            ? null
                            : acks.interrupted(
                                    work,
                                    "it is not run again beside its start %d%s"
                                            .formatted(work.attempt(), Acks.left(survivors)),
                                    printed);
            case Decision.End(String why, boolean poison) -> {
                String reason = why + Acks.left(survivors);
                yield poison
                        ? acks.of(
                                work,
                                new Outcome.Failed(reason, null, null, printed),
                                Duration.ZERO)
                        : acks.interrupted(work, reason, printed);
            }
        };
    }

    private Decision decide(Work work, boolean inThisLife, boolean idempotent) {
        if (inThisLife) {
            return Interrupted.afterProcessDied(work.message(), work.attempt(), idempotent);
        }
        return work.wasStartedElsewhere()
                ? Interrupted.afterAnother(work.message(), work.attempt(), idempotent)
                : Interrupted.afterAgentDied(
                        work.message(),
                        work.attempt(),
                        bootId.equals(work.bootIdBefore()),
                        idempotent);
    }

    /// Why it is not run at all; null if nothing speaks against it.
    private @Nullable Ack refusal(Work work) throws InterruptedException {
        Message message = work.message();
        if (work.isCancelled()) {
            return acks.of(message, State.CANCELLED, "cancelled before it was started");
        }
        if (work.attempt() == 0 && isTooLate(work)) {
            return acks.of(message, State.EXPIRED, late(work));
        }
        // why: it was allowed when it came, but by the policy of that time
        var admitted = admission.decide(message);
        if (!admitted.allowed()) {
            return acks.of(message, State.REFUSED, admitted.refusal());
        }
        return methods.refusal(message.subject(), message.data())
                .map(wrong -> acks.of(message, State.REFUSED, wrong))
                .orElse(null);
    }

    /// @return false if the process was told to stop before the marks were durable
    private boolean markStarted(List<Work> works, Method method, ProcessContext<?> context)
            throws InterruptedException {
        if (!awaitRight(works, context)) {
            return false;
        }
        works.forEach(work -> work.start(clock.instant()));
        if (!awaitRight(works, context)) { // why: what is seen as started is not given up
            return false;
        }
        // why: what an agent before this one had may be what ended it: it is counted even where it
        // may run any number of times, so that it does not end every agent
        boolean counted =
                !method.spec().idempotent() || works.stream().anyMatch(Work::isFromBefore);
        while (counted) {
            List<CompletableFuture<Void>> marks =
                    works.stream()
                            .map(work ->
                                    journal.started(
                                            work.id(), work.attempt(), bootId, clock.instant()))
                            .toList();
            try {
                CompletableFuture.allOf(marks.toArray(CompletableFuture<?>[]::new)).get();
                break;
            } catch (ExecutionException e) {
                context.tell(
                        Severity.ERROR,
                        "marking " + works.getFirst().id() + " as started",
                        e.getCause() == null ? e : e.getCause());
                if (works.stream().anyMatch(Work::isGivenUp)
                        || works.stream().allMatch(this::hasEnded)
                        || !context.pause(PAUSE)) {
                    return false;
                }
            }
        }
        return isStillRight(works, context);
    }

    /// Waits while another agent may have this node's name.
    ///
    /// @return false if the process was told to stop, or another one gets them
    private boolean awaitRight(List<Work> works, ProcessContext<?> context)
            throws InterruptedException {
        while (mayStart.get() != Right.YES) {
            if (works.stream().anyMatch(Execution::isAnothers) || !context.pause(NAME)) {
                return false;
            }
        }
        return works.stream().noneMatch(Execution::isAnothers);
    }

    private static boolean isAnothers(Work work) {
        return work.isGivenUp() || work.isLost();
    }

    /// The last look before they are started, after the mark, as this machine may have stood still
    /// while it was written.
    ///
    /// @return false if the process was told to stop, or another agent has the name and gets them
    private boolean isStillRight(List<Work> works, ProcessContext<?> context)
            throws InterruptedException {
        Right right = mayStart.get();
        while (right == Right.NOT_NOW) {
            if (!context.pause(NAME)) {
                return false;
            }
            right = mayStart.get();
        }
        if (right == Right.NO) {
            works.forEach(Work::lose);
        }
        return right == Right.YES && works.stream().noneMatch(Execution::isAnothers);
    }

    /// Whether the journal has an end of it already, or it was given up, so that it must not be
    /// started.
    private boolean hasEnded(Work work) {
        return journal.received(work.id()).map(known -> known.state().isEnd()).orElse(true);
    }

    private Optional<Method> find(Subject subject) {
        return methods.find(subject.type(), subject.method());
    }
}

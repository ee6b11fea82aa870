package io.steward.agent.inbox;

import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.Severity;
import io.steward.agent.method.Cancellation;
import io.steward.agent.method.Method;
import io.steward.agent.method.MethodContext;
import io.steward.agent.method.MethodSpec;
import io.steward.agent.method.Outcome;
import io.steward.agent.policy.Admission;
import io.steward.agent.policy.Decision;
import io.steward.agent.policy.RunAs;
import io.steward.agent.settings.Settings;
import io.steward.messages.Durations;
import io.steward.messages.Message;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Runs methods, each on a thread of its own, and waits for them: as long as they may run, a little
/// more, and not for ever. Thread-safe.
final class Runner {
    /// A method ends by itself at its timeout; this much later it is interrupted.
    private static final Duration BACKSTOP = Duration.ofSeconds(10);

    /// Interrupted, it has this long to come back; less than the kernel gives its process.
    private static final Duration LAST_WAIT = Duration.ofSeconds(3);

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int LONGEST_REASON = 2_000;

    private final Settings settings;
    private final Admission admission;
    private final InstantSource clock;
    private final MethodThreads threads;

    Runner(Settings settings, Admission admission, InstantSource clock, MethodThreads threads) {
        this.settings = settings;
        this.admission = admission;
        this.clock = clock;
        this.threads = threads;
    }

    /// Runs one message, and makes an outcome of whatever happens. An [Error] is not caught: it
    /// ends the process.
    Outcome run(Method method, Work work, ProcessContext<?> context) throws InterruptedException {
        // why: decided here and not before, it is run as the user whom the policy names now
        Decision decision = admission.decide(work.message());
        return decision.allowed()
                ? runAll(method, List.of(work), decision.runAs(), context).getFirst()
                : new Outcome.Refused(decision.refusal());
    }

    /// Runs several messages of one method, in order.
    ///
    /// @return an outcome for each
    /// @throws InterruptedException if the agent goes down and the method did not end: it has no
    ///   outcome
    List<Outcome> runAll(Method method, List<Work> works, ProcessContext<?> context)
            throws InterruptedException {
        return runAll(method, works, RunAs.AGENT, context);
    }

    private List<Outcome> runAll(
            Method method, List<Work> works, RunAs runAs, ProcessContext<?> context)
            throws InterruptedException {
        Optional<String> refusal = threads.refusal(method.spec().name());
        if (refusal.isPresent()) {
            return all(works, refusal.get());
        }
        Work first = works.getFirst();
        Duration timeout = timeout(method.spec(), first.message());
        Run run = start(method, works, runAs, timeout);
        Cancellation cancellation = first.cancellation();
        try {
            if (awaitInTime(run, timeout, cancellation)) {
                return ended(run, works, null, context);
            }
            run.interrupt();
            String late =
                    cancellation.cause() == Cancellation.Cause.CANCELLED
                            ? "cancelled, and did not end when it was told to"
                            : "timed out after %s and did not end when it was told to"
                                    .formatted(Durations.format(timeout));
            return run.await(LAST_WAIT)
                    ? ended(run, works, late, context)
                    : leftBehind(run, works, late, context);
        } catch (InterruptedException e) {
            return processEnds(run, works, e, context);
        }
    }

    private Run start(Method method, List<Work> works, RunAs runAs, Duration timeout) {
        Work first = works.getFirst();
        MethodContext methodContext =
                new MethodContext(
                        settings.node(),
                        settings.data(),
                        timeout,
                        first.attempt(),
                        runAs,
                        first.cancellation(),
                        clock);
        List<Message> messages = works.stream().map(Work::message).toList();
        return threads.start(
                new Run(
                        method.spec().name(),
                        first.message().subject() + "#" + first.message().id(),
                        () ->
                                messages.size() == 1
                                        ? List.of(method.run(messages.getFirst(), methodContext))
                                        : method.runAll(messages, methodContext)));
    }

    /// @return false if its time is over
    private boolean awaitInTime(Run run, Duration timeout, Cancellation cancellation)
            throws InterruptedException {
        Duration slack = settings.run().killGrace().plus(BACKSTOP);
        long begin = System.nanoTime();
        long most = timeout.plus(slack).toNanos();
        boolean cancelled = false;
        while (true) {
            long gone = System.nanoTime() - begin;
            if (gone >= most) {
                return run.hasEnded();
            }
            if (run.await(Duration.ofNanos(Math.min(most - gone, LOOK.toNanos())))) {
                return true;
            }
            if (!cancelled && cancellation.cause() == Cancellation.Cause.CANCELLED) {
                cancelled = true;
                most = Math.min(most, System.nanoTime() - begin + slack.toNanos());
            }
        }
    }

    /// @param late why it had to be interrupted; null if it had not
    private List<Outcome> ended(
            Run run, List<Work> works, @Nullable String late, ProcessContext<?> context) {
        return switch (run.thrown()) {
            case null -> returned(run, works, context);
            case Error e when late == null -> throw e;
            case Throwable e -> {
                context.tell(Severity.WARNING, "running " + run.label(), e);
                yield all(works, late == null ? "the method failed: " + describe(e) : late);
            }
        };
    }

    private static List<Outcome> returned(Run run, List<Work> works, ProcessContext<?> context) {
        List<Outcome> outcomes = run.outcomes();
        int given = outcomes == null ? 0 : outcomes.size();
        if (outcomes != null
                && given == works.size()
                && outcomes.stream().allMatch(Runner::isWhole)) {
            return List.copyOf(outcomes);
        }
        String wrong =
                "the method failed: it gave %d outcomes for %d messages, or one that is not whole"
                        .formatted(given, works.size());
        context.tell(Severity.WARNING, "running " + run.label(), new IllegalStateException(wrong));
        return all(works, wrong);
    }

    /// Whether an answer can be made of it.
    @SuppressWarnings("ConstantValue") // a method may give what its type forbids
    private static boolean isWhole(@Nullable Outcome outcome) {
        return outcome != null
                && outcome.printed() != null
                && outcome.printed().stdout() != null
                && outcome.printed().stderr() != null;
    }

    /// The process is to end, or the agent goes down: the method too.
    private List<Outcome> processEnds(
            Run run, List<Work> works, InterruptedException why, ProcessContext<?> context)
            throws InterruptedException {
        run.interrupt();
        if (!run.await(LAST_WAIT)) {
            if (works.getFirst().cancellation().cause() == Cancellation.Cause.SHUTDOWN) {
                throw why;
            }
            return leftBehind(
                    run,
                    works,
                    "its process was ended, and it did not end when it was told to",
                    context);
        }
        if (run.thrown() instanceof InterruptedException) {
            throw why;
        }
        List<Outcome> outcomes = ended(run, works, null, context);
        Thread.currentThread().interrupt();
        return outcomes;
    }

    private List<Outcome> leftBehind(
            Run run, List<Work> works, String reason, ProcessContext<?> context) {
        String whole = reason + "; it may still run";
        context.tell(
                Severity.ERROR,
                "running " + run.label(),
                new IllegalStateException(
                        "%s, and does not end when it is interrupted: its thread is left behind"
                                .formatted(reason)));
        threads.leaveBehind(run);
        return all(works, whole);
    }

    private static List<Outcome> all(List<Work> works, String reason) {
        Outcome failed = Outcome.failed(reason);
        return works.stream().map(_ -> failed).toList();
    }

    private Duration timeout(MethodSpec spec, Message message) {
        return Objects.requireNonNullElseGet(
                message.methodTimeout(),
                () -> Objects.requireNonNullElse(spec.timeout(), settings.run().methodTimeout()));
    }

    private static String describe(Throwable e) {
        String message;
        try {
            message = e.getMessage();
        } catch (RuntimeException | Error hidden) {
            message = null;
        }
        String words = message == null ? e.getClass().getSimpleName() : message;
        return words.length() <= LONGEST_REASON
                ? words
                : words.substring(0, LONGEST_REASON) + "...";
    }
}

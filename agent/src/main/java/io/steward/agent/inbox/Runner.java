package io.steward.agent.inbox;

import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.Severity;
import io.steward.agent.method.Method;
import io.steward.agent.method.MethodContext;
import io.steward.agent.method.MethodSpec;
import io.steward.agent.method.Outcome;
import io.steward.agent.settings.Settings;
import io.steward.messages.Durations;
import io.steward.messages.Message;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/// Runs methods: with their time, their cancellation, and a watchdog over those that do not come
/// back. Thread-safe.
final class Runner {
    private static final Duration BACKSTOP = Duration.ofSeconds(10);

    private final Settings settings;
    private final InstantSource clock;
    private final Watchdog watchdog;

    Runner(Settings settings, InstantSource clock, Watchdog watchdog) {
        this.settings = settings;
        this.clock = clock;
        this.watchdog = watchdog;
    }

    /// Runs one message, and makes an outcome of whatever happens. An [Error] is not caught: it
    /// ends the process.
    Outcome run(Method method, Work work, ProcessContext<?> context) throws InterruptedException {
        return runAll(method, List.of(work), context).getFirst();
    }

    /// Runs several messages of one method, in order.
    List<Outcome> runAll(Method method, List<Work> works, ProcessContext<?> context)
            throws InterruptedException {
        Work first = works.getFirst();
        Duration timeout = timeout(method.spec(), first.message());
        MethodContext methodContext =
                new MethodContext(
                        settings.node(),
                        settings.data(),
                        timeout,
                        first.attempt(),
                        first.cancellation(),
                        clock);
        Watchdog.Watch watch =
                watchdog.watch(timeout.plus(settings.run().killGrace()).plus(BACKSTOP));
        boolean late = false;
        try {
            List<Outcome> outcomes =
                    works.size() == 1
                            ? List.of(method.run(first.message(), methodContext))
                            : method.runAll(
                                    works.stream().map(Work::message).toList(), methodContext);
            late = watch.end();
            return outcomes;
        } catch (Exception e) {
            late = watch.end();
            if (e instanceof InterruptedException interrupt && !late) {
                throw interrupt;
            }
            String reason =
                    late
                            ? "timed out after %s and did not end when it was told to"
                                    .formatted(Durations.format(timeout))
                            : "the method failed: " + describe(e);
            context.tell(Severity.WARNING, "running " + first.id(), e);
            Outcome failed = Outcome.failed(reason);
            return works.stream().map(_ -> failed).toList();
        } finally {
            if (!late) {
                watch.end();
            }
        }
    }

    private Duration timeout(MethodSpec spec, Message message) {
        return Objects.requireNonNullElseGet(
                message.methodTimeout(),
                () -> Objects.requireNonNullElse(spec.timeout(), settings.run().methodTimeout()));
    }

    private static String describe(Exception e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }
}

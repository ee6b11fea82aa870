package io.steward.agent.schedule;

import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.Schedules;
import io.steward.agent.journal.Schedules.Kept;
import io.steward.agent.journal.Schedules.Move;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.kernel.Severity;
import io.steward.agent.schedule.FiringSender.Fired;
import io.steward.agent.schedule.Timetable.Now;
import io.steward.messages.InputException;
import io.steward.messages.MessageRequest;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/// The process that fires what is due. All it has to remember is in the journal. The clock may be
/// set, and the machine may sleep: it looks at the clock again and again, and never trusts that a
/// wait took as long as it was to.
public final class ScheduleClock implements ProcessBody<ScheduleClock.Look> {
    /// How many messages are sent in one step, where one firing does not send more.
    static final int MOST_MESSAGES = 1_000;

    /// How long after a firing was not accepted it is tried again.
    static final Duration AGAIN = Duration.ofSeconds(1);

    private static final Duration LONGEST = Duration.ofSeconds(10);
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private final NodeName node;
    private final Schedules schedules;
    private final FiringSender sender;
    private final InstantSource clock;

    /// Has it look at the schedules now.
    public record Look() {}

    /// Hears of what will never be sent.
    @FunctionalInterface
    interface Trouble {
        void tell(Severity severity, String doing, Throwable cause);
    }

    /// @param node from which is sent
    public ScheduleClock(
            NodeName node, Schedules schedules, FiringSender sender, InstantSource clock) {
        this.node = node;
        this.schedules = schedules;
        this.sender = sender;
        this.clock = clock;
    }

    @Override
    public void run(ProcessContext<Look> context) throws Exception {
        while (true) {
            Duration wait = look(context::tell, context::handled);
            if (wait.isZero()
                    ? context.isStopping()
                    : context.receive(wait) instanceof Received.Stop) {
                return;
            }
            while (context.poll() != null) {
                // one look is enough for all
            }
        }
    }

    /// Counts what is sent.
    @FunctionalInterface
    interface Counter {
        void count(int firings);
    }

    /// Fires what is due.
    ///
    /// @return when to look again at the latest
    Duration look(Trouble trouble, Counter counter)
            throws InterruptedException, ExecutionException {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        boolean held = false;
        for (String name : schedules.due(now, now.plus(Timetable.SET_BACK))) {
            Kept kept = schedules.find(name).orElse(null);
            held |= kept != null && !fire(kept, now, trouble, counter);
        }
        Duration wait =
                schedules
                        .earliest()
                        .map(next -> Duration.between(clock.instant(), next))
                        .filter(until -> until.compareTo(LONGEST) < 0)
                        .orElse(LONGEST);
        if (held) {
            return AGAIN;
        }
        return wait.isPositive() && wait.compareTo(SHORTEST) < 0 ? SHORTEST : max(wait);
    }

    private static Duration max(Duration wait) {
        return wait.isNegative() ? Duration.ZERO : wait;
    }

    /// @return false if it has to wait though it is due
    private boolean fire(Kept kept, Instant now, Trouble trouble, Counter counter)
            throws InterruptedException, ExecutionException {
        ScheduledMessage message;
        try {
            message = ScheduledMessage.of(kept);
        } catch (InputException e) {
            note(kept, "it cannot be read: " + e.getMessage());
            return false;
        }
        int most = Math.max(1, MOST_MESSAGES / message.request().toNodes().size());
        Now todo = message.timetable(node, kept).at(now, kept.through(), most);
        Fired fired = fire(kept, message.requests(todo.firings()), todo, now);
        return switch (fired) {
            case Fired.Sent() -> {
                counter.count(todo.firings().size());
                yield true;
            }
            case Fired.Changed() -> true;
            case Fired.Later(String why) -> {
                note(kept, "not sent yet: " + why);
                yield false;
            }
            case Fired.Wrong(String why) -> {
                trouble.tell(
                        Severity.ERROR,
                        "firing schedule " + kept.name(),
                        new IllegalStateException(why));
                yield leaveOut(kept, todo, why);
            }
        };
    }

    private Fired fire(Kept kept, List<MessageRequest> requests, Now todo, Instant now)
            throws InterruptedException {
        String problem =
                todo.skipped() == 0
                        ? null
                        : "%d firing(s) were missed before %s and left out"
                                .formatted(todo.skipped(), now);
        return sender.fire(
                kept, requests, move(todo, todo.firings().size(), todo.skipped(), problem));
    }

    private boolean leaveOut(Kept kept, Now todo, String why) throws InterruptedException {
        Move move = move(todo, 0, todo.skipped() + todo.firings().size(), why);
        return !(sender.fire(kept, List.of(), move) instanceof Fired.Later);
    }

    private static Move move(Now todo, int firings, long skipped, @Nullable String problem) {
        return new Move(
                todo.through(),
                todo.next().map(Firing::due).orElse(null),
                firings,
                skipped,
                problem);
    }

    private void note(Kept kept, String problem) throws InterruptedException, ExecutionException {
        if (problem.equals(kept.problem())) {
            return;
        }
        try {
            schedules.note(kept, problem).get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof JournalException)) {
                throw e;
            }
            // why: the journal that takes no note is what is wrong, and others say so
        }
    }
}

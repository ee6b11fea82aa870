package io.steward.agent.schedule;

import io.steward.agent.journal.Schedules.Kept;
import io.steward.agent.journal.Schedules.Plan;
import io.steward.messages.Expiry;
import io.steward.messages.InputDecoder;
import io.steward.messages.InputEncoder;
import io.steward.messages.InputException;
import io.steward.messages.MessageRequest;
import io.steward.messages.NodeName;
import io.steward.messages.Schedule;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A message with the schedule on which it is sent. In the journal it is kept as it would stand in
/// inmsg.txt.
///
/// @param request has a schedule with a name
public record ScheduledMessage(MessageRequest request) {
    /// The label that tells the schedule of a message.
    public static final String SCHEDULE_LABEL = "schedule";

    /// The label that tells the time of its firing, without the splay.
    public static final String TIME_LABEL = "scheduledFor";

    /// @throws IllegalArgumentException if it has no schedule, or that has no name
    public ScheduledMessage {
        if (request.schedule() == null || request.schedule().name() == null) {
            throw new IllegalArgumentException("schedule: is missing, or has no name");
        }
    }

    /// @throws InputException if the journal holds another thing
    static ScheduledMessage of(Kept kept) throws InputException {
        return new ScheduledMessage(
                InputDecoder.decode(
                                kept.spec().getBytes(StandardCharsets.UTF_8),
                                InputDecoder.Format.JSON)
                        .getFirst());
    }

    Schedule schedule() {
        Schedule schedule = request.schedule();
        if (schedule == null) {
            throw new IllegalStateException("schedule: is missing");
        }
        return schedule;
    }

    String name() {
        return String.valueOf(schedule().name());
    }

    /// What it is to be kept as.
    ///
    /// @param node from which it is sent
    /// @throws IllegalArgumentException if it would never fire
    public Plan plan(NodeName node, Instant now) {
        Instant begun = now.truncatedTo(ChronoUnit.MILLIS);
        Expiry expiry = schedule().end();
        Instant end = expiry == null ? null : expiry.from(begun);
        Optional<Firing> first = timetable(node, begun, end).after(begun);
        if (first.isEmpty()) {
            throw new IllegalArgumentException(
                    "schedule.end: %s is before it would fire first".formatted(end));
        }
        return new Plan(name(), InputEncoder.encode(request), begun, end, first.get().due());
    }

    Timetable timetable(NodeName node, Kept kept) {
        return timetable(node, kept.begun(), kept.end());
    }

    private Timetable timetable(NodeName node, Instant begun, @Nullable Instant end) {
        return new Timetable(schedule(), begun, end, node + " " + name());
    }

    /// What some of its firings send.
    public List<MessageRequest> requests(List<Firing> firings) {
        return firings.stream()
                .map(firing ->
                        request.firing(
                                firing.deadline(),
                                Map.of(
                                        SCHEDULE_LABEL,
                                        name(),
                                        TIME_LABEL,
                                        firing.time().toString())))
                .toList();
    }
}

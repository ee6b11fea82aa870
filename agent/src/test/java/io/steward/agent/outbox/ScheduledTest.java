package io.steward.agent.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.broker.FakeBroker;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.journal.Schedules.Kept;
import io.steward.agent.journal.Schedules.Move;
import io.steward.agent.kernel.ErrorKernel;
import io.steward.agent.kernel.SupervisorSpec;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.outbox.Outbox.Submitted;
import io.steward.agent.schedule.FiringSender.Fired;
import io.steward.messages.CatchUp;
import io.steward.messages.Expiry;
import io.steward.messages.Message;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.Rhythm;
import io.steward.messages.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What an outbox does with messages that are sent again and again.
class ScheduledTest {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final Instant NOW = Instant.parse("2026-11-20T10:00:00Z");
    private static final MessageRequest PING =
            MessageRequest.of(
                    List.of(new NodeName("ship1")), MessageType.COMMAND, "ping", List.of());

    private final MemoryJournal journal = new MemoryJournal(() -> NOW);
    private final SystemTime time = new SystemTime();
    private final ErrorKernel kernel =
            new ErrorKernel(time, SupervisorSpec.of("root"), _ -> {}, _ -> {});
    private final MessageOutbox outbox =
            new MessageOutbox(
                    CENTRAL,
                    kernel.root(),
                    journal,
                    new FakeBroker(() -> NOW),
                    () -> NOW,
                    Duration.ofMinutes(1),
                    new MessageIds(() -> NOW),
                    (_, method) ->
                            method.equals("ping")
                                    ? Optional.of("operatingsystem")
                                    : Optional.empty(),
                    new OutboxLimits(2, Long.MAX_VALUE));

    @AfterEach
    void stop() {
        kernel.close();
        time.close();
        journal.close();
    }

    private static MessageRequest hourly(@Nullable String name, @Nullable Duration end) {
        return PING.on(
                new Schedule(
                        name,
                        new Rhythm.Every(Duration.ofHours(1)),
                        Duration.ZERO,
                        end == null ? null : new Expiry.After(end),
                        CatchUp.SKIP,
                        null));
    }

    @Test
    void aMessageWithAScheduleIsNotSentButKept() throws Exception {
        Submitted submitted = outbox.submit("key", List.of(PING, hourly("s", null)));
        assertThat(submitted.ids()).hasSize(1);
        assertThat(submitted.schedules()).extracting(Kept::name).containsExactly("s");
        assertThat(submitted.schedules().getFirst().next())
                .isEqualTo(NOW.plus(Duration.ofHours(1)));
        assertThat(journal.queued(9)).hasSize(1);
        assertThat(outbox.submit("key", List.of(PING, hourly("s", null))))
                .isEqualTo(new Submitted(submitted.ids(), false, submitted.schedules()));
    }

    @Test
    void oneWithoutANameGetsOne() throws Exception {
        Submitted submitted = outbox.submit(null, List.of(hourly(null, null), hourly(null, null)));
        assertThat(submitted.schedules()).extracting(Kept::name).doesNotHaveDuplicates().hasSize(2);
    }

    @Test
    void whatCouldNotBeSentIsRefusedBeforeItIsKept() {
        MessageRequest unknown =
                MessageRequest.of(
                                List.of(new NodeName("ship1")),
                                MessageType.COMMAND,
                                "pong",
                                List.of())
                        .on(Objects.requireNonNull(hourly("s", null).schedule()));
        refused(List.of(unknown), "domain: missing");
        refused(
                List.of(hourly("s", Duration.ofMinutes(59))),
                "schedule.end: 2026-11-20T10:59:00Z is before it would fire first");
        refused(
                List.of(hourly("s", null), hourly("s", null)),
                "schedule.name: \"s\" stands twice in the input");
        refused(List.of(PING, PING, PING, hourly("s", null)), "3 messages in one input");
        assertThat(journal.schedules().openCount()).isZero();
        assertThat(journal.queued(9)).isEmpty();
    }

    private void refused(List<MessageRequest> requests, String why) {
        assertThatThrownBy(() -> outbox.submit(null, requests))
                .isInstanceOfSatisfying(
                        SubmitException.class, e -> assertThat(e.isInputWrong()).isTrue())
                .hasMessageContaining(why);
    }

    @Test
    void aRunTakesNoSchedule() {
        assertThatThrownBy(() -> outbox.check(hourly("s", null)))
                .isInstanceOf(SubmitException.class)
                .hasMessageContaining("schedule: a run is sent once");
    }

    @Test
    void aFiringSendsItsMessagesOnce() throws Exception {
        Kept kept = outbox.submit(null, List.of(hourly("s", null))).schedules().getFirst();
        MessageRequest firing = PING.firing(NOW.plusSeconds(60), Map.of("schedule", "s"));
        Move move = new Move(NOW, NOW.plusSeconds(3_600), 1, 0, null);
        assertThat(outbox.fire(kept, List.of(firing), move)).isEqualTo(new Fired.Sent());
        assertThat(outbox.fire(kept, List.of(firing), move)).isEqualTo(new Fired.Changed());
        Message message = journal.queued(9).getFirst();
        assertThat(message.labels()).containsEntry("schedule", "s");
        assertThat(message.expiresAt()).isEqualTo(NOW.plusSeconds(60));
        assertThat(journal.queued(9)).hasSize(1);
    }

    @Test
    void aFiringForWhichThereIsNoRoomWaits() throws Exception {
        Kept kept =
                outbox.submit(null, List.of(hourly("s", null), PING, PING)).schedules().getFirst();
        MessageRequest firing = PING.firing(NOW.plusSeconds(60), Map.of());
        Move move = new Move(NOW, NOW.plusSeconds(3_600), 1, 0, null);
        assertThat(outbox.fire(kept, List.of(firing), move)).isInstanceOf(Fired.Later.class);
        assertThat(outbox.fire(kept, List.of(PING.firing(NOW, Map.of())), move))
                .isInstanceOf(Fired.Wrong.class);
        assertThat(journal.schedules().find("s")).contains(kept);
    }
}

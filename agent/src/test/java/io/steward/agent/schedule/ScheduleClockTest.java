package io.steward.agent.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.Entry;
import io.steward.agent.journal.Journal.Query;
import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.journal.Schedules.Kept;
import io.steward.agent.journal.Schedules.Move;
import io.steward.agent.journal.Schedules.Plan;
import io.steward.messages.CatchUp;
import io.steward.messages.Message;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.Rhythm;
import io.steward.messages.Schedule;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ScheduleClockTest {
    private static final NodeName CENTRAL = new NodeName("central");
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Instant BEGUN = Instant.parse("2026-11-20T10:00:00Z");

    private Instant now = BEGUN;
    private final MemoryJournal journal = new MemoryJournal(() -> now);
    private final MessageIds ids = new MessageIds(() -> now);
    private final ScheduleBook book = new ScheduleBook(CENTRAL, journal.schedules(), () -> now);
    private final List<String> troubles = new ArrayList<>();
    private @Nullable String wrong;
    private ScheduleClock clock = started();

    /// As after a restart of the agent: it knows nothing but what is in the journal.
    private ScheduleClock started() {
        return new ScheduleClock(CENTRAL, journal.schedules(), this::fire, () -> now);
    }

    private FiringSender.Fired fire(Kept as, List<MessageRequest> requests, Move move) {
        if (wrong != null && !requests.isEmpty()) {
            return new FiringSender.Fired.Wrong(wrong);
        }
        List<Message> messages =
                requests.stream()
                        .flatMap(request -> request.messages(CENTRAL, "d", ids::next, now).stream())
                        .toList();
        try {
            return journal.schedules().fire(as, messages, move, 5, now).join()
                    ? new FiringSender.Fired.Sent()
                    : new FiringSender.Fired.Changed();
        } catch (CompletionException e) {
            return new FiringSender.Fired.Later(String.valueOf(e.getCause()));
        }
    }

    private void accept(String name, CatchUp catchUp) {
        MessageRequest request =
                MessageRequest.of(
                                List.of(new NodeName("ship1")),
                                MessageType.COMMAND,
                                "ping",
                                List.of())
                        .on(
                                new Schedule(
                                        name,
                                        new Rhythm.Every(MINUTE),
                                        Duration.ZERO,
                                        null,
                                        catchUp,
                                        null));
        Plan plan = new ScheduledMessage(request).plan(CENTRAL, now);
        journal.schedules().accept(null, List.of(), List.of(plan), 9, now).join();
    }

    private Duration look() throws Exception {
        return clock.look(
                (_, doing, cause) -> troubles.add(doing + ": " + cause.getMessage()), _ -> {});
    }

    /// Looks until nothing more is due.
    private void settle() throws Exception {
        while (look().isZero()) {
            // there is more
        }
    }

    private void at(Duration time) throws Exception {
        now = BEGUN.plus(time);
        settle();
    }

    private Kept kept() {
        return book.find("s").orElseThrow();
    }

    private List<String> sentFor() {
        return journal
                .history(new Query(Direction.SENT, null, null, null, null, null, null), null, 1_000)
                .reversed()
                .stream()
                .map(Entry::message)
                .map(message -> String.valueOf(message.labels().get("scheduledFor")))
                .toList();
    }

    @Test
    void itFiresWhenItIsTimeAndWaitsUntilThen() throws Exception {
        accept("s", CatchUp.SKIP);
        assertThat(look()).isEqualTo(Duration.ofSeconds(10));
        now = BEGUN.plusSeconds(55);
        assertThat(look()).isEqualTo(Duration.ofSeconds(5));
        assertThat(sentFor()).isEmpty();
        at(MINUTE);
        assertThat(sentFor()).containsExactly("2026-11-20T10:01:00Z");
        at(MINUTE.plusMillis(1));
        assertThat(sentFor()).hasSize(1);
        assertThat(kept().fired()).isEqualTo(BEGUN.plus(MINUTE));
        assertThat(kept().next()).isEqualTo(BEGUN.plus(MINUTE.multipliedBy(2)));
    }

    @Test
    void aMessageTellsItsScheduleAndExpiresWithItsFiring() throws Exception {
        accept("s", CatchUp.SKIP);
        at(MINUTE.plusSeconds(2));
        Message message = journal.history(Query.all(), null, 1).getFirst().message();
        assertThat(message.labels())
                .containsEntry("schedule", "s")
                .containsEntry("scheduledFor", "2026-11-20T10:01:00Z");
        assertThat(message.createdAt()).isEqualTo(BEGUN.plusSeconds(62));
        assertThat(message.expiresAt()).isEqualTo(BEGUN.plusSeconds(120));
    }

    @Test
    void whatWasMissedIsLeftOutAndSaidSo() throws Exception {
        accept("s", CatchUp.SKIP);
        now = BEGUN.plus(MINUTE.multipliedBy(4)).plusSeconds(30);
        clock = started();
        settle();
        assertThat(sentFor()).containsExactly("2026-11-20T10:04:00Z");
        assertThat(kept().skipped()).isEqualTo(3);
        assertThat(kept().problem())
                .isEqualTo("3 firing(s) were missed before 2026-11-20T10:04:30Z and left out");
    }

    @Test
    void allThatWereMissedAreSentAsFarAsThereIsRoom() throws Exception {
        accept("s", CatchUp.ALL);
        at(MINUTE.multipliedBy(3));
        assertThat(sentFor()).hasSize(3);
        at(MINUTE.multipliedBy(6));
        assertThat(sentFor()).hasSize(3);
        assertThat(look()).isEqualTo(ScheduleClock.AGAIN);
        assertThat(kept().problem()).contains("not sent yet: ", "no room for 3 message(s)");
        assertThat(kept().firings()).isEqualTo(3);
        assertThat(kept().skipped()).isZero();
    }

    @Test
    void whatWillNeverBeAcceptedIsLeftOutAndReported() throws Exception {
        accept("s", CatchUp.SKIP);
        wrong = "domain: missing";
        at(MINUTE);
        assertThat(troubles).containsExactly("firing schedule s: domain: missing");
        assertThat(kept().problem()).isEqualTo("domain: missing");
        assertThat(kept().skipped()).isEqualTo(1);
        wrong = null;
        at(MINUTE.multipliedBy(2));
        assertThat(sentFor()).containsExactly("2026-11-20T10:02:00Z");
    }

    @Test
    void aJournalThatTakesNothingHoldsItUpOnly() throws Exception {
        accept("s", CatchUp.SKIP);
        journal.failWith(new JournalException(JournalException.Kind.DISK_FULL, "disk full"));
        now = BEGUN.plus(MINUTE);
        assertThat(look()).isEqualTo(ScheduleClock.AGAIN);
        journal.failWith(null);
        at(MINUTE.plusSeconds(9));
        assertThat(sentFor()).containsExactly("2026-11-20T10:01:00Z");
    }

    @Test
    void whileItIsPausedItDoesNotFireAndMissesThat() throws Exception {
        accept("s", CatchUp.ALL);
        assertThat(book.pause("s")).isTrue();
        at(MINUTE.multipliedBy(3).plusSeconds(30));
        assertThat(sentFor()).isEmpty();
        assertThat(book.resume("s")).isTrue();
        assertThat(book.resume("s")).isFalse();
        settle();
        assertThat(sentFor()).isEmpty();
        assertThat(kept().next()).isEqualTo(BEGUN.plus(MINUTE.multipliedBy(4)));
        at(MINUTE.multipliedBy(4));
        assertThat(sentFor()).containsExactly("2026-11-20T10:04:00Z");
    }

    @Test
    void whatIsRemovedFiresNoMore() throws Exception {
        accept("s", CatchUp.SKIP);
        assertThat(book.remove("s")).isTrue();
        assertThat(book.remove("s")).isFalse();
        assertThat(book.pause("s")).isFalse();
        at(MINUTE);
        assertThat(sentFor()).isEmpty();
    }

    @Test
    void aClockThatIsSetBackByADayFiresByTheNewTime() throws Exception {
        accept("s", CatchUp.SKIP);
        at(MINUTE);
        at(Duration.ofDays(-1).plusSeconds(30));
        assertThat(sentFor()).hasSize(1);
        assertThat(kept().next()).isEqualTo(BEGUN.minus(Duration.ofDays(1)).plus(MINUTE));
        at(Duration.ofDays(-1).plus(MINUTE));
        assertThat(sentFor()).contains("2026-11-19T10:01:00Z");
    }

    @Test
    void oneThatCannotBeReadHoldsUpNoOther() throws Exception {
        Plan broken = new Plan("broken", "{\"toNode\": 5}", BEGUN, null, BEGUN.plusSeconds(1));
        journal.schedules().accept(null, List.of(), List.of(broken), 9, now).join();
        accept("s", CatchUp.SKIP);
        now = BEGUN.plus(MINUTE);
        assertThat(look()).isEqualTo(ScheduleClock.AGAIN);
        assertThat(sentFor()).hasSize(1);
        assertThat(book.find("broken").orElseThrow().problem())
                .startsWith("it cannot be read: line 1");
    }
}

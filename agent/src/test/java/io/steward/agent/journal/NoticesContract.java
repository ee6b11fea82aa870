package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.journal.Notices.Note;
import io.steward.agent.journal.Notices.Position;
import io.steward.agent.journal.Notices.Received;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// What every journal does with notices.
abstract class NoticesContract extends SchedulesContract {
    private static final NodeName FROM = new NodeName("a");
    private static final Position THERE =
            new Position(Instant.parse("2026-01-01T00:00:00.123456789Z"), 7);
    private static final int MANY = 100;
    private static final long ALL = Long.MAX_VALUE;

    private Note note(String topic, String content) {
        return new Note(samples.id(), FROM, topic, content, samples.now());
    }

    private int taken(Note... notes) {
        return done(journal.notices().take(List.of(notes), THERE, MANY, samples.now()));
    }

    @Test
    void aNoticeWaitsUntilItIsSent() {
        Note first = note("weather", "{\"x\":\"é\"}");
        Note second = note("news", "{}");
        done(journal.notices().queue(first, MANY));
        done(journal.notices().queue(second, MANY));
        journal = restart();
        assertThat(journal.notices().queued(9)).containsExactly(first, second);
        assertThat(journal.notices().queued(1)).containsExactly(first);
        done(journal.notices().sent(first.id()));
        done(journal.notices().sent(first.id()));
        assertThat(journal.notices().queued(9)).containsExactly(second);
    }

    @Test
    void soManyNoticesMayWaitAndNoMore() {
        done(journal.notices().queue(note("a", "{}"), 2));
        Note second = note("b", "{}");
        done(journal.notices().queue(second, 2));
        assertThatThrownBy(() -> done(journal.notices().queue(note("c", "{}"), 2)))
                .isInstanceOfSatisfying(
                        JournalException.class,
                        e -> assertThat(e.kind()).isEqualTo(JournalException.Kind.QUEUE_FULL))
                .hasMessageContaining("2 notices wait");
        done(journal.notices().sent(second.id()));
        done(journal.notices().queue(note("c", "{}"), 2));
        assertThat(journal.notices().queued(9)).extracting(Note::topic).containsExactly("a", "c");
    }

    @Test
    void thePositionMovesWithWhatIsTaken() {
        assertThat(journal.notices().position()).isEmpty();
        Note note = note("weather", "{}");
        assertThat(taken(note)).isEqualTo(1);
        journal = restart();
        assertThat(journal.notices().position()).contains(THERE);
        assertThat(journal.notices().after(null, 0, 9, ALL))
                .containsExactly(new Received(1, note, samples.now()));
        Position next = new Position(THERE.created(), 9);
        assertThat(done(journal.notices().take(List.of(), next, MANY, samples.now()))).isZero();
        assertThat(journal.notices().position()).contains(next);
    }

    @Test
    void anIdIsTakenOnce() {
        Note note = note("weather", "{}");
        assertThat(taken(note, note)).isEqualTo(1);
        assertThat(taken(note)).isZero();
        assertThat(journal.notices().after(null, 0, 9, ALL)).hasSize(1);
    }

    @Test
    void whoListensHearsOfWhatIsNewOnly() {
        AtomicInteger heard = new AtomicInteger();
        journal.notices().onTaken(heard::incrementAndGet);
        Note note = note("weather", "{}");
        taken(note);
        taken(note);
        taken();
        assertThat(heard).hasValue(1);
    }

    private List<String> topics(List<Received> received) {
        return received.stream().map(each -> each.note().topic()).toList();
    }

    @Test
    void whatCameIsReadByNumberTopicAndSize() {
        taken(note("a", "1234567890"), note("b", "12"), note("a", "12"), note("c", "12"));
        Notices notices = journal.notices();
        assertThat(topics(notices.after(null, 1, 9, ALL))).containsExactly("b", "a", "c");
        assertThat(topics(notices.after(null, 0, 2, ALL))).containsExactly("a", "b");
        assertThat(notices.after("a", 1, 9, ALL)).extracting(Received::number).containsExactly(3L);
        assertThat(topics(notices.after(null, 0, 9, 11))).containsExactly("a", "b");
        assertThat(topics(notices.last(null, 2, ALL))).containsExactly("a", "c");
        assertThat(notices.last("a", 9, ALL)).extracting(Received::number).containsExactly(1L, 3L);
        assertThat(topics(notices.last(null, 9, 3))).containsExactly("a", "c");
        assertThat(notices.newest()).isEqualTo(4);
    }

    @Test
    void theOldestAreRemovedWhereThereAreTooManyAndNumbersAreNotUsedAgain() {
        for (int i = 0; i < 5; i++) {
            Note note = note("t" + i, "{}");
            done(journal.notices().take(List.of(note), THERE, 3, samples.now()));
        }
        assertThat(topics(journal.notices().after(null, 0, 9, ALL)))
                .containsExactly("t2", "t3", "t4");
        journal.prune(samples.now().plus(Duration.ofDays(1)));
        assertThat(journal.notices().after(null, 0, 9, ALL)).isEmpty();
        assertThat(journal.notices().newest()).isEqualTo(5);
        taken(note("next", "{}"));
        assertThat(journal.notices().after(null, 5, 9, ALL))
                .extracting(Received::number)
                .containsExactly(6L);
        assertThat(journal.notices().position()).contains(THERE);
    }
}

package io.steward.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MessageIdsTest {
    private final AtomicLong millis = new AtomicLong(1_795_000_000_123L);
    private final MessageIds ids = new MessageIds(() -> Instant.ofEpochMilli(millis.get()));

    @Test
    void idsRiseWithinOneMillisecond() {
        MessageId last = ids.next();
        for (int n = 0; n < 100_000; n++) {
            MessageId next = ids.next();
            assertThat(next).isGreaterThan(last);
            assertThat(next.time()).isEqualTo(Instant.ofEpochMilli(millis.get()));
            last = next;
        }
    }

    @Test
    void idsRiseWhenTheClockIsSetBack() {
        MessageId before = ids.next();
        millis.addAndGet(-86_400_000);
        MessageId set = ids.next();
        millis.set(-5);
        MessageId early = ids.next();
        millis.set(1_795_000_000_124L);
        MessageId later = ids.next();

        assertThat(set).isGreaterThan(before);
        assertThat(early).isGreaterThan(set);
        assertThat(later).isGreaterThan(early);
        assertThat(later.time()).isEqualTo(Instant.ofEpochMilli(1_795_000_000_124L));
    }

    @Test
    void anIdSaysWhenItWasMade() {
        assertThat(ids.next().time()).isEqualTo(Instant.ofEpochMilli(1_795_000_000_123L));
        assertThat(new MessageId("01ARZ3NDEKTSV4RRFFQ69G5FAV").time())
                .isEqualTo(Instant.ofEpochMilli(1_469_922_850_259L));
    }

    @Test
    void twoMakersInOneMillisecondMakeDifferentIds() {
        MessageIds other = new MessageIds(() -> Instant.ofEpochMilli(millis.get()));

        assertThat(ids.next()).isNotEqualTo(other.next());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|message id \"\" has 0 characters: expected a ULID of 26",
                "01arz3NDEKTSV4RRFFQ69G5FAV|message id \"01arz3NDEKTSV4RRFFQ69G5FAV\" has 'a' at"
                        + " character 3: expected a ULID in upper case",
                "01ARZ3NDEKTSV4RRFFQ69G5FA |message id \"01ARZ3NDEKTSV4RRFFQ69G5FA\" has 25"
                        + " characters: expected a ULID of 26",
                "01ARZ3NDEKTSV4RRFFQ69G5F\u200B0|message id \"01ARZ3NDEKTSV4RRFFQ69G5F\uFFFD0\" has"
                        + " U+200B at character 25: expected a ULID in upper case",
                "81ARZ3NDEKTSV4RRFFQ69G5FAV|message id \"81ARZ3NDEKTSV4RRFFQ69G5FAV\" has '8' at"
                        + " character 1: expected a ULID in upper case",
                "01ARZ3NDEKTSV4RRFFQ69G5FAI|message id \"01ARZ3NDEKTSV4RRFFQ69G5FAI\" has 'I' at"
                        + " character 26: expected a ULID in upper case"
            })
    void whatIsNoUlidIsRefused(String id, String error) {
        assertThatThrownBy(() -> new MessageId(id))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(error);
    }
}

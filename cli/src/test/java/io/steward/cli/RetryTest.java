package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RetryTest {
    private final AtomicLong now = new AtomicLong();
    private final AtomicInteger asked = new AtomicInteger();
    private final List<CliException> told = new ArrayList<>();
    private final Retry retry =
            new Retry(Duration.ofSeconds(30), now::get, length -> now.addAndGet(length.toNanos()));

    /// Fails until it was asked so often.
    private String answer(int times, int exit) {
        if (asked.incrementAndGet() < times) {
            throw new CliException(exit, "asked " + asked);
        }
        return "answer";
    }

    @Test
    void anAgentThatComesBackInTimeAnswers() {
        assertThat(retry.call(() -> answer(30, Exit.NO_AGENT), told::add)).isEqualTo("answer");
        assertThat(told).singleElement().extracting(Throwable::getMessage).isEqualTo("asked 1");
    }

    @Test
    void oneThatDoesNotComeBackIsGivenUpAfterTheTime() {
        assertThatThrownBy(() -> retry.call(() -> answer(99, Exit.NO_AGENT), told::add))
                .isInstanceOf(CliException.class)
                .hasMessage("asked 31");
        assertThat(now).hasValue(Duration.ofSeconds(30).toNanos());
    }

    @Test
    void anAnswerThatIsAnErrorIsOneAtOnce() {
        assertThatThrownBy(() -> retry.call(() -> answer(9, Exit.NO_MATCH), told::add))
                .hasMessage("asked 1");
        assertThat(told).isEmpty();
    }
}

package io.steward.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "10s, 10000",
        "500ms, 500",
        "1500ms, 1500",
        "1h30m, 5400000",
        "7d, 604800000",
        "1d1h1m1s1ms, 90061001",
        "90m, 5400000",
        "1m1ms, 60001",
        "10, 10000",
        "0.5, 500",
        "1.001, 1001",
        "0s, 0",
        "0, 0"
    })
    void durationsAreRead(String text, long millis) {
        assertThat(Durations.parse(text)).isEqualTo(Duration.ofMillis(millis));
        assertThat(Durations.isDuration(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "s",
                "ten",
                "10 s",
                "10S",
                "-1",
                "-1s",
                "1.5s",
                "1e3",
                "1.0001",
                "1m1h",
                "1s1s",
                "1w",
                "PT10S",
                "0x10",
                ".5",
                "5.",
                "٣s",
                "1s ",
                "1234567890s"
            })
    void whatIsNoDurationIsRefused(String text) {
        assertThatThrownBy(() -> Durations.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(
                        "\"%s\" is not a duration: expected for example 10s, 500ms, 1h30m, 7d or a"
                                + " number of seconds",
                        text);
        assertThat(Durations.isDuration(text)).isFalse();
    }

    @Test
    void whatIsFormattedReadsAsTheSame() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int n = 0; n < 10_000; n++) {
            Duration duration = Duration.ofMillis(random.nextLong(1L << random.nextInt(1, 50)));
            assertThat(Durations.parse(Durations.format(duration)))
                    .as("seed %d, %s", seed, duration)
                    .isEqualTo(duration);
        }
    }

    @Test
    void theShortestFormIsWritten() {
        assertThat(Durations.format(Duration.ofMinutes(90))).isEqualTo("1h30m");
        assertThat(Durations.format(Duration.ofDays(7))).isEqualTo("7d");
        assertThat(Durations.format(Duration.ZERO)).isEqualTo("0s");
    }

    @Test
    void whatCannotBeReadBackIsStillShown() {
        assertThat(Durations.format(Duration.ofSeconds(-5))).isEqualTo("PT-5S");
        assertThat(Durations.format(Duration.ofSeconds(Long.MAX_VALUE))).startsWith("PT2562");
        assertThat(Durations.format(Duration.ofSeconds(Long.MIN_VALUE))).startsWith("PT-2562");
    }
}

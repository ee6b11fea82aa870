package io.steward.agent.broker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BrokerClockTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private Instant wall = NOON;
    private long nanos = 7;
    private final BrokerClock clock = new BrokerClock(() -> wall, () -> nanos);

    private void pass(Duration time) {
        wall = wall.plus(time);
        nanos += time.toNanos();
    }

    @Test
    void anAnswerTellsTheTimeOfTheMiddleOfItsWay() {
        assertThat(clock.ahead()).isZero();
        long asked = clock.asking();
        pass(Duration.ofSeconds(2));
        clock.heard(NOON.plusSeconds(61), asked);
        assertThat(clock.ahead()).isEqualTo(Duration.ofMinutes(1));
        pass(Duration.ofDays(3));
        assertThat(clock.ahead()).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void aStepOfThisMachinesClockIsNoStepOfTheBrokersTime() {
        clock.heard(NOON, clock.asking());
        pass(Duration.ofMinutes(5));
        wall = wall.plus(Duration.ofHours(1));
        assertThat(clock.ahead()).isEqualTo(Duration.ofHours(-1));
        wall = wall.minus(Duration.ofHours(3));
        assertThat(wall.plus(clock.ahead())).isEqualTo(NOON.plus(Duration.ofMinutes(5)));
    }
}

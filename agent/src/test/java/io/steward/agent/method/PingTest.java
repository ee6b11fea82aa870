package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class PingTest {
    @Test
    void aPingIsAnsweredWithNodeVersionTimeAndUptime() {
        Ping ping = new Ping("0.1.0", Messages.NOW.minus(Duration.ofMinutes(2)));
        Outcome outcome = ping.run(Messages.to(ping.spec()), Messages.context(Path.of(".")));
        assertThat(outcome.printed().stdout().text())
                .isEqualTo(
                        "{\"node\":\"ship1\",\"version\":\"0.1.0\",\"time\":\"2026-11-20T10:00:00Z\",\"uptimeMs\":120000}\n");
    }
}

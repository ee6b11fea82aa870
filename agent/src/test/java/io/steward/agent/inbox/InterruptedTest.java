package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.inbox.Interrupted.Decision;
import io.steward.messages.Expiry;
import io.steward.messages.Message;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.OnInterrupt;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InterruptedTest {
    @ParameterizedTest
    @CsvSource({
        // onInterrupt, starts, same boot, idempotent, run again
        "AUTO, 1, true, false, true",
        "AUTO, 1, false, false, false",
        "AUTO, 1, false, true, true",
        "AUTO, 3, true, false, false",
        "RERUN, 1, true, false, true",
        "RERUN, 1, false, false, true",
        "RERUN, 2, false, false, true",
        "RERUN, 3, false, false, false",
        "RERUN, 3, false, true, false",
        "REPORT, 1, true, false, false",
        "REPORT, 1, false, false, false",
        "REPORT, 1, true, true, true",
    })
    void afterTheAgentDied(
            OnInterrupt onInterrupt,
            int starts,
            boolean sameBoot,
            boolean idempotent,
            boolean again) {
        Decision decision =
                Interrupted.afterAgentDied(message(onInterrupt), starts, sameBoot, idempotent);
        assertThat(decision instanceof Decision.RunAgain).isEqualTo(again);
        if (decision instanceof Decision.End(String reason, boolean poison)) {
            assertThat(reason).isNotBlank();
            assertThat(poison).isFalse();
        }
    }

    @Test
    void aMessageThatEndsItsProcessAgainAndAgainFails() {
        assertThat(Interrupted.afterProcessDied(message(OnInterrupt.AUTO), 1, false))
                .isEqualTo(new Decision.RunAgain());
        assertThat(Interrupted.afterProcessDied(message(OnInterrupt.AUTO), 3, false))
                .isEqualTo(new Decision.End("running it ended its process 3 times", true));
    }

    @Test
    void aMessageThatIsToBeReportedIsNotRunAgainByAnyWay() {
        assertThat(Interrupted.afterProcessDied(message(OnInterrupt.REPORT), 1, false))
                .isInstanceOf(Decision.End.class);
        assertThat(Interrupted.afterProcessDied(message(OnInterrupt.REPORT), 1, true))
                .isEqualTo(new Decision.RunAgain());
    }

    private static Message message(OnInterrupt onInterrupt) {
        return new MessageRequest(
                        0,
                        0,
                        List.of(new NodeName("ship1")),
                        MessageType.COMMAND,
                        "shellcommand",
                        null,
                        List.of("true"),
                        Duration.ofSeconds(1),
                        0,
                        null,
                        new Expiry.After(Duration.ofDays(1)),
                        true,
                        onInterrupt,
                        3,
                        null,
                        Map.of(),
                        false,
                        null)
                .messages(
                        new NodeName("central"),
                        "operatingsystem",
                        new MessageIds(InstantSource.system())::next,
                        Instant.now())
                .getFirst();
    }
}

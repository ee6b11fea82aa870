package io.steward.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class StateTest {
    private static final Set<State> ENDS =
            EnumSet.of(
                    State.SUCCEEDED,
                    State.FAILED,
                    State.INTERRUPTED,
                    State.REFUSED,
                    State.EXPIRED,
                    State.CANCELLED);

    @Test
    void nothingComesAfterAnEnd() {
        for (State state : State.values()) {
            assertThat(state.isEnd()).isEqualTo(ENDS.contains(state));
            for (State next : State.values()) {
                assertThat(state.mayBecome(next))
                        .as("%s to %s", state, next)
                        .isEqualTo(
                                !ENDS.contains(state)
                                        && (ENDS.contains(next) || next.compareTo(state) > 0));
            }
        }
    }

    @Test
    void everyStateHasItsWord() {
        for (State state : State.values()) {
            assertThat(State.of(state.word())).isEqualTo(state);
            assertThat(state).hasToString(state.word());
        }
        assertThatThrownBy(() -> State.of("QUEUED"))
                .hasMessageStartingWith("state \"QUEUED\" is not known: expected queued,");
    }
}

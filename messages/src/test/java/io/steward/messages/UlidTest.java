package io.steward.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class UlidTest {
    private static final String GOOD = "01M7X7X52M57NDPDAT9498W8QD";

    @Test
    void aUlidIsTakenAsItIs() {
        assertThat(Ulid.require("run id", GOOD)).isEqualTo(GOOD);
    }

    @Test
    void whatIsNoneIsRefusedByTheNameOfWhatItNames() {
        assertThatThrownBy(() -> Ulid.require("run id", "01XXXX"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("run id \"01XXXX\" has 6 characters: expected a ULID of 26");
        assertThatThrownBy(() -> Ulid.require("run id", GOOD.replace('D', 'U')))
                .hasMessageContaining("has 'U' at character 14: expected a ULID in upper case");
        assertThatThrownBy(() -> Ulid.require("run id", "8" + GOOD.substring(1)))
                .hasMessageContaining("has '8' at character 1");
        assertThatThrownBy(() -> new MessageId("x")).hasMessageStartingWith("message id \"x\"");
    }
}

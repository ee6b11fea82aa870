package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.messages.Message;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class CancelTest {
    private final Cancel cancel = new Cancel((id, by) -> id + " by " + by + ": running");

    private Outcome run(Message message) throws Exception {
        return cancel.run(message, Messages.context(Path.of(".")));
    }

    @Test
    void itSaysWhatTheMessageWas() throws Exception {
        String id = "01JD4Z7Q0000000000000000AB";
        assertThat(run(Messages.to(cancel.spec(), id)).printed().stdout().text())
                .isEqualTo(id + " by central: running\n");
    }

    @Test
    void whatIsNoIdIsRefused() throws Exception {
        assertThat(run(Messages.to(cancel.spec(), "x")))
                .isEqualTo(
                        new Outcome.Refused(
                                "data: message id \"x\" has 1 characters: expected a ULID of 26"));
    }
}

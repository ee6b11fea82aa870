package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.messages.MessageType;
import io.steward.messages.Subject;
import java.util.List;
import org.junit.jupiter.api.Test;

final class MethodsTest {
    private final Methods methods =
            new Methods(
                    List.of(
                            new Ping("1", Messages.NOW),
                            new TextLogging(),
                            new Cancel((id, by) -> "unknown")));

    private String refusal(String subject, String... data) {
        return methods.refusal(Subject.parse(subject), List.of(data)).orElse("");
    }

    @Test
    void aMethodIsFoundByTypeAndName() {
        assertThat(methods.find(MessageType.COMMAND, "ping")).isPresent();
        assertThat(methods.find(MessageType.EVENT, "ping")).isEmpty();
        assertThat(methods.find(MessageType.EVENT, "ack")).isEmpty();
    }

    @Test
    void everyMethodHasADefaultDomain() {
        assertThat(methods.defaultDomain(MessageType.EVENT, "textlogging")).contains("textlog");
        assertThat(methods.defaultDomain(MessageType.COMMAND, "textlogging")).isEmpty();
    }

    @Test
    void theSpecsAreSortedAndHaveAck() {
        assertThat(methods.specs())
                .extracting(MethodSpec::name)
                .containsExactly("ack", "cancel", "ping", "textlogging");
    }

    @Test
    void theSameNameTwiceIsRefused() {
        Ping ping = new Ping("1", Messages.NOW);
        assertThatThrownBy(() -> new Methods(List.of(ping, ping)))
                .hasMessage("command ping is registered twice: expected one method of that name");
    }

    @Test
    void dataThatFitsIsNotRefused() {
        assertThat(refusal("ship1.command.ping.presence")).isEmpty();
        assertThat(refusal("ship1.event.textlogging.nginx", "a", "b")).isEmpty();
    }

    @Test
    void aRefusalSaysWhatWasExpected() {
        assertThat(refusal("ship1.command.ping.presence", "x"))
                .isEqualTo("data: ping takes no arguments, 1 was given");
        assertThat(refusal("ship1.command.cancel.kernel"))
                .isEqualTo(
                        "data: cancel takes 1 to 1000 arguments, 0 were given; expected"
                                + " MESSAGE-ID...");
        assertThat(refusal("ship1.event.textlogging.nginx"))
                .isEqualTo(
                        "data: textlogging takes at least 1 argument, 0 were given; expected"
                                + " LINE...");
    }

    @Test
    void anUnknownMethodIsRefusedWithWhatThereIs() {
        assertThat(refusal("ship1.command.pong.presence"))
                .isEqualTo("method: this node has no command \"pong\"; it has cancel, ping");
        assertThat(refusal("ship1.event.ping.presence"))
                .isEqualTo("method: ping is of type command, not event");
    }
}

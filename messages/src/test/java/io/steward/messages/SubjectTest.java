package io.steward.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SubjectTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ship1.event.syslogforwarding.nginx",
                "ship2.command.shellcommand.operatingsystem",
                "A_-.event.B_-.0"
            })
    void aSubjectIsWrittenAsItWasRead(String subject) {
        assertThat(Subject.parse(subject)).hasToString(subject);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ship1.command.m|subject \"ship1.command.m\" has 3 tokens: expected four,"
                        + " <nodename>.<command\u00A6event>.<method>.<domain>",
                "a.b.command.m.d|subject \"a.b.command.m.d\" has 5 tokens: expected four,"
                        + " <nodename>.<command\u00A6event>.<method>.<domain>",
                "ship1.cmd.m.d|subject \"ship1.cmd.m.d\": message type \"cmd\" is not known:"
                        + " expected command or event",
                "ship1.Command.m.d|subject \"ship1.Command.m.d\": message type \"Command\" is not"
                        + " known: expected command or event",
                ".command.m.d|subject \".command.m.d\": node name is empty: expected 1 to 64"
                        + " characters of A-Z a-z 0-9 _ -",
                "ship1.command.*.d|subject \"ship1.command.*.d\": method \"*\" has '*' at character"
                        + " 1: allowed are A-Z a-z 0-9 _ -",
                "ship1.command.m.>|subject \"ship1.command.m.>\": domain \">\" has '>' at character"
                        + " 1: allowed are A-Z a-z 0-9 _ -",
                "$JS.command.m.d|subject \"$JS.command.m.d\": node name \"$JS\" has '$' at"
                        + " character 1: allowed are A-Z a-z 0-9 _ -",
                "ship1.command.m.a b|subject \"ship1.command.m.a b\": domain \"a b\" has a space at"
                        + " character 2: allowed are A-Z a-z 0-9 _ -",
                "adopt.command.m.d|subject \"adopt.command.m.d\": node name \"adopt\" is reserved:"
                        + " clusterbus, modbus and adopt are subjects of the cluster"
            })
    void aBadSubjectIsRefusedNamingTokenCharacterAndPlace(String subject, String error) {
        assertThatThrownBy(() -> Subject.parse(subject))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(error.replace('\u00A6', '|'));
    }

    @Test
    void onlyEventsOfMethodAckAreAcks() {
        assertThat(Subject.parse("a.event.ack.d").isAck()).isTrue();
        assertThat(Subject.parse("a.command.ack.d").isAck()).isFalse();
        assertThat(Subject.parse("a.event.acks.d").isAck()).isFalse();
        assertThat(Subject.ofAck(new NodeName("a"), "d").isAck()).isTrue();
    }

    @Test
    void aTokenHasUpTo64Characters() {
        assertThat(new NodeName("x".repeat(64)).value()).hasSize(64);
        assertThatThrownBy(() -> new NodeName("x".repeat(65)))
                .hasMessageEndingWith("has 65 characters: at most 64 are allowed");
    }

    @Test
    void aHostNameIsOfferedWithoutDots() {
        assertThatThrownBy(() -> new NodeName("myserver.mydomain.com"))
                .hasMessage(
                        "node name \"myserver.mydomain.com\" has '.' at character 9: allowed are"
                                + " A-Z a-z 0-9 _ -; did you mean \"myserver-mydomain-com\"?");
    }

    @Test
    void nothingIsOfferedThatIsNoNameEither() {
        assertThatThrownBy(() -> new NodeName("a b.c"))
                .hasMessage(
                        "node name \"a b.c\" has a space at character 2: allowed are A-Z a-z 0-9 _"
                                + " -");
        assertThatThrownBy(() -> new NodeName("a.".repeat(40)))
                .hasMessageEndingWith("has '.' at character 2: allowed are A-Z a-z 0-9 _ -");
    }

    @Test
    void whatCannotBeSeenIsShownInErrors() {
        assertThatThrownBy(() -> new NodeName("a\u202Eb\u0007"))
                .hasMessage(
                        "node name \"a\uFFFDb\uFFFD\" has U+202E at character 2: allowed are A-Z"
                                + " a-z 0-9 _ -");
    }
}

package io.steward.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import io.steward.messages.Reply;
import io.steward.messages.State;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
    private static final String RULES =
            """
            rules:
              - name: not-from-the-lab
                fromCloud: lab
                outcome: deny
              - name: no-shells
                method: shellcommand
                program: ["*sh", python3]
                outcome: deny
              - name: central
                from: central
                outcome: allow
              - name: disk
                from: ["ops-*", "watch[12]"]
                type: command
                method: shellcommand
                program: df
                arguments: ["-h", "/srv/*"]
                runAs: nobody
                outcome: allow
              - name: logs
                fromTag: [reader, admin]
                method: shellcommand
                program: [/usr/bin/tail, "/opt/tools/*"]
                arguments: ["-n", "[0-9]*", ...]
                outcome: allow
              - name: bare
                from: bare
                method: shellcommand
                program: /bin/true
                arguments: []
                outcome: allow
              - name: one-file
                from: files
                method: shellcommand
                program: cat
                arguments: ["*"]
                outcome: allow
              - name: looks
                type: command
                method: [ping, "process*"]
                domain: "ops?"
                outcome: allow
              - name: events
                type: event
                outcome: allow
            """;

    @ParameterizedTest(name = "{0} -> {1} {2}")
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '^',
            value = {
                "central command shellcommand x rm|-rf|/tmp/x; central; true",
                "central command noop x; central; true",
                "central event hello x; central; true",
                "central/lab command noop x; not-from-the-lab; false",
                "Central command noop x; (no rule); false",
                "central2 command noop x; (no rule); false",
                "a/lab event hello x; not-from-the-lab; false",
                "a/laboratory event hello x; events; true",
                "a/? event hello x; not-from-the-lab; false",
                "a event hello x; events; true",
                "a command hello x; (no rule); false",
                "central command shellcommand x sh; no-shells; false",
                "central command shellcommand x bash|-c|id; no-shells; false",
                "central command shellcommand x /bin/sh|-c|id; no-shells; false",
                "central command shellcommand x /usr/bin/python3|-c|1; no-shells; false",
                "central command shellcommand x ../../bin/zsh; no-shells; false",
                "central command shellcommand x sha1sum|x; central; true",
                "central command shellcommand x; central; true",
                "ops-1 command shellcommand x df|-h|/srv/data; disk; true",
                "ops- command shellcommand x df|-h|/srv/data; disk; true",
                "ops command shellcommand x df|-h|/srv/data; (no rule); false",
                "watch1 command shellcommand x df|-h|/srv/data; disk; true",
                "watch3 command shellcommand x df|-h|/srv/data; (no rule); false",
                "ops-1 event shellcommand x df|-h|/srv/data; events; true",
                "ops-1 command shellcommand x df|-h; (no rule); false",
                "ops-1 command shellcommand x df|-h|/srv/data|/etc; (no rule); false",
                "ops-1 command shellcommand x df|-h|/srv/a/b; (no rule); false",
                "ops-1 command shellcommand x df|-h|/srv/..; (no rule); false",
                "ops-1 command shellcommand x df|-h|/srv/.; (no rule); false",
                "ops-1 command shellcommand x df|-h|/srv/; (no rule); false",
                "ops-1 command shellcommand x df|-H|/srv/data; (no rule); false",
                "ops-1 command shellcommand x /bin/df|-h|/srv/data; (no rule); false",
                "ops-1 command shellcommand x df ; (no rule); false",
                "ops-1 command textlogging x df|-h|/srv/data; (no rule); false",
                "r/eu/reader command shellcommand x /usr/bin/tail|-n|5; logs; true",
                "r/eu/x,admin command shellcommand x /usr/bin/tail|-n|5|/a/../b|-f; logs; true",
                "r//reader command shellcommand x /opt/tools/tail|-n|50; logs; true",
                "r/eu/reader command shellcommand x /opt/tools/../x|-n|5; (no rule); false",
                "r/eu/reader command shellcommand x /opt/tools/a/x|-n|5; (no rule); false",
                "r/eu/reader command shellcommand x /usr/bin/tail|-n|x; (no rule); false",
                "r/eu/reader command shellcommand x /usr/bin/tail|-n; (no rule); false",
                "r/eu/writer command shellcommand x /usr/bin/tail|-n|5; (no rule); false",
                "r/? command shellcommand x /usr/bin/tail|-n|5; not-from-the-lab; false",
                "bare command shellcommand x /bin/true; bare; true",
                "bare command shellcommand x /bin/true|x; (no rule); false",
                "files command shellcommand x cat|notes; one-file; true",
                "files command shellcommand x cat|; (no rule); false",
                "files command shellcommand x cat|-n; (no rule); false",
                "files command shellcommand x cat|/etc/passwd; (no rule); false",
                "files command shellcommand x cat|..; (no rule); false",
                "a command ping ops1; looks; true",
                "a command processlist ops1; looks; true",
                "a command process ops1; looks; true",
                "a command ping ops; (no rule); false",
                "a command ping ops12; (no rule); false",
                "a command Ping ops1; (no rule); false",
                "a command cancel ops1; (no rule); false",
            })
    void theFirstRuleThatHoldsDecides(String message, String rule, boolean allowed)
            throws PolicyException {
        Decision decision = Letters.decide(RULES, message);
        assertThat(decision.rule()).isEqualTo(rule);
        assertThat(decision.allowed()).isEqualTo(allowed);
        assertThat(decision.runAs().user()).isEqualTo(rule.equals("disk") ? "nobody" : null);
    }

    @Test
    void wildcardsOfArgumentsStandForNoControlCharacters() throws PolicyException {
        Policy policy = Policy.read("policy.yaml", RULES);
        Message message =
                Letters.message("files", "command", "shellcommand", "x", List.of("cat", "a\nb"));
        assertThat(policy.decide(message, Letters.sender("files")).allowed()).isFalse();
    }

    @Test
    void whatNoRuleHoldsForIsDenied() throws PolicyException {
        Decision decision = Letters.decide("rules: []", "a event hello x");
        assertThat(decision.allowed()).isFalse();
        assertThat(decision.refusal()).isEqualTo("no rule of its policy allows it");
    }

    @Test
    void aRefusalNamesItsRule() throws PolicyException {
        assertThat(Letters.decide(RULES, "a/lab event hello x").refusal())
                .isEqualTo("rule not-from-the-lab of its policy denies it");
    }

    @Test
    void acksAreAlwaysAllowed() {
        Message about = Letters.message("ship2 command noop x");
        Ack ack = Ack.of(about.id(), new NodeName("ship1"), State.SUCCEEDED, null);
        Message answer =
                Message.ofAck(
                        new MessageId("01ARZ3NDEKTSV4RRFFQ69G5FAW"),
                        new NodeName("ship1"),
                        about,
                        ack,
                        Instant.parse("2026-01-01T00:00:00Z"));
        assertThat(Policy.closed().decide(answer, Sender.unknown(answer.from())))
                .isEqualTo(new Decision(Policy.ACK, true, RunAs.AGENT));
    }

    @ParameterizedTest
    @CsvSource({
        "central command shellcommand x, central, true",
        "central event hello x, central, true",
        "ship1 command shellcommand x, self, true",
        "ship2 event hello x, events, true",
        "ship2 command shellcommand x, (no rule), false",
        "ship2 command cancel x, (no rule), false",
    })
    void aMemberDoesWhatItsCentralSaysAndTakesEventsOfOthers(
            String message, String rule, boolean allowed) {
        Decision decision =
                Policy.member(new NodeName("ship1"), new NodeName("central"))
                        .decide(Letters.message(message), Letters.sender(message));
        assertThat(decision).isEqualTo(new Decision(rule, allowed, RunAs.AGENT));
    }

    @Test
    void nobodyHasAnotherNodeSendWhatHeMayNotHaveDoneHere() throws Exception {
        Policy member = Policy.member(new NodeName("ship1"), new NodeName("central"));
        for (String target : List.of("ship1", "central", "ship3")) {
            Decision decision =
                    member.decide(
                            asking(
                                    "ship2",
                                    new Reply(
                                            new NodeName(target),
                                            "shellcommand",
                                            null,
                                            List.of("id"))),
                            Letters.sender("ship2 event noop x"));
            assertThat(decision.allowed()).as(target).isFalse();
            assertThat(decision.refusal()).isEqualTo("no rule of its policy allows its reply");
        }
        Reply log = new Reply(new NodeName("central"), "textlogging", "app", List.of());
        assertThat(
                        member.decide(asking("ship2", log), Letters.sender("ship2 event noop x"))
                                .allowed())
                .isTrue();
        Reply any = new Reply(new NodeName("ship3"), "shellcommand", null, List.of("id"));
        assertThat(
                        member.decide(
                                        asking("central", any),
                                        Letters.sender("central event noop x"))
                                .allowed())
                .isTrue();
    }

    private static Message asking(String from, Reply reply) {
        Message plain = Letters.message(from + " event noop x");
        return new Message(
                plain.id(),
                plain.from(),
                plain.subject(),
                plain.data(),
                plain.createdAt(),
                plain.expiresAt(),
                plain.ackTimeout(),
                0,
                null,
                true,
                plain.onInterrupt(),
                1,
                reply,
                Map.of(),
                false,
                null);
    }

    @Test
    void anOpenOneAllowsEverything() {
        assertThat(
                        Policy.open()
                                .decide(
                                        Letters.message("a command shellcommand x sh"),
                                        Letters.sender("a/?"))
                                .allowed())
                .isTrue();
    }

    @Test
    void membershipIsAskedForOnlyWhereARuleNeedsIt() throws PolicyException {
        assertThat(
                        Policy.member(new NodeName("ship1"), new NodeName("central"))
                                .asksForMembership())
                .isFalse();
        assertThat(Policy.read("policy.yaml", RULES).asksForMembership()).isTrue();
    }

    @Test
    void limitsAndUserComeWithTheDecision() throws PolicyException {
        Decision decision =
                Letters.decide(
                        """
                        rules:
                          - name: build
                            method: shellcommand
                            runAs: www-data
                            limits: {cpuTime: 10m, memory: 512MiB, openFiles: 256, processes: 64}
                            outcome: allow
                        """,
                        "a command shellcommand x make");
        assertThat(decision.runAs())
                .isEqualTo(
                        new RunAs(
                                "www-data",
                                new ResourceLimits(
                                        java.time.Duration.ofMinutes(10), 512L << 20, 256, 64)));
    }
}

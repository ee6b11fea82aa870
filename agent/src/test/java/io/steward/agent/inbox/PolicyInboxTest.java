package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.kernel.ErrorReport;
import io.steward.agent.policy.Admission;
import io.steward.agent.policy.Policy;
import io.steward.agent.policy.PolicyException;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.State;
import org.junit.jupiter.api.Test;

/// What the policy has to say of what comes.
class PolicyInboxTest extends InboxFixture {
    private static final String NO_ECHO =
            """
            rules:
              - name: quiet
                method: echo
                outcome: deny
              - name: rest
                outcome: allow
            """;

    private static Admission noEcho() throws PolicyException {
        return Admission.by(Policy.read("policy.yaml", NO_ECHO));
    }

    @Test
    void whatARuleDeniesIsRefusedByItsNameKeptAndReportedAndNotRun() throws Exception {
        admission = noEcho();
        Message message = command("echo", "hello");
        publish(message);
        Ack ack = awaitEnd(message);
        assertThat(ack.state()).isEqualTo(State.REFUSED);
        assertThat(ack.reason()).isEqualTo("rule quiet of its policy denies it");
        assertThat(methods.ran("echo")).isEmpty();
        assertThat(journal.received(message.id()).orElseThrow().state()).isEqualTo(State.REFUSED);
        assertThat(journal.processedAfter(0, 10)).hasSize(1);
        assertThat(broker.stored(SHIP)).isEmpty();
        assertThat(reports)
                .extracting(ErrorReport::cause)
                .anyMatch(cause ->
                        cause.contains("rule quiet of its policy denies it")
                                && cause.contains(message.from().value()));
    }

    @Test
    void whatNoRuleHoldsForIsRefused() throws Exception {
        admission = Admission.by(Policy.closed());
        Message message = command("echo", "hello");
        publish(message);
        assertThat(awaitEnd(message).reason()).isEqualTo("no rule of its policy allows it");
    }

    @Test
    void whatWaitsWhileThePolicyBecomesStricterIsNotRunAnyMore() throws Exception {
        Message first = command("block", "first");
        Message second = command("block", "second");
        publish(first);
        methods.awaitBlocked();
        publish(second);
        awaitAck(second, State.RECEIVED);
        admission = Admission.by(Policy.closed());
        methods.release();
        assertThat(awaitEnd(second).state()).isEqualTo(State.REFUSED);
        assertThat(methods.ran("block")).doesNotContain("second");
    }

    @Test
    void whatCannotBeDecidedIsNotRun() throws Exception {
        admission =
                message -> {
                    throw new IllegalStateException("no decision");
                };
        Message message = command("echo", "hello");
        publish(message);
        await().until(() -> !acks(message).isEmpty());
        assertThat(acks(message)).allMatch(ack -> ack.state() == State.REFUSED);
        assertThat(journal.deadLetters(10)).hasSize(1);
        assertThat(methods.ran("echo")).isEmpty();
    }
}

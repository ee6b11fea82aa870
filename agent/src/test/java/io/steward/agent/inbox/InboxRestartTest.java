package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.broker.Broker;
import io.steward.agent.journal.JournalException;
import io.steward.messages.Ack;
import io.steward.messages.Message;
import io.steward.messages.OnInterrupt;
import io.steward.messages.State;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What becomes of messages when their agent, their process or the machine dies, or another agent
/// has the name.
class InboxRestartTest extends InboxFixture {
    @Test
    void afterARestartWhatWasNotStartedRunsAndWhatWasIsDecidedByOnInterrupt() throws Exception {
        Message rerun = command("block", "rerun", "a", OnInterrupt.RERUN);
        Message behind = command("block", "behind", "a", OnInterrupt.RERUN);
        Message report = command("block", "report", "b", OnInterrupt.REPORT);
        publish(rerun);
        publish(behind);
        publish(report);
        await().until(() -> methods.blocked() == 2 && journal.received(behind.id()).isPresent());
        crash("boot-1");
        methods.release();
        assertThat(awaitEnd(rerun).attempt()).isEqualTo(2);
        assertThat(awaitEnd(rerun).state()).isEqualTo(State.SUCCEEDED);
        assertThat(awaitEnd(behind).attempt()).isEqualTo(1);
        Ack interrupted = awaitEnd(report);
        assertThat(interrupted.state()).isEqualTo(State.INTERRUPTED);
        assertThat(interrupted.stdout().text()).isEqualTo("so far");
        assertThat(interrupted.startedAt())
                .as("by the agent that died")
                .isEqualTo(journal.received(report.id()).orElseThrow().states().get(State.STARTED));
        assertThat(endedLeftovers).containsExactlyInAnyOrder(rerun.id(), report.id());
    }

    @Test
    void nothingIsRunAgainBesideWhatCannotBeEnded() throws Exception {
        Message rerun = command("block", "rerun", "a", OnInterrupt.RERUN);
        publish(rerun);
        await().until(() -> methods.blocked() == 1);
        survivors = 2;
        crash("boot-1");
        methods.release();
        Ack end = awaitEnd(rerun);
        assertThat(end.state()).isEqualTo(State.INTERRUPTED);
        assertThat(end.attempt()).isEqualTo(1);
        assertThat(end.reason())
                .isEqualTo(
                        "it is not run again beside its start 1; 2 of its processes could not be"
                                + " ended");
    }

    @Test
    void whatAnotherAgentMayHaveRunSaysSoOrIsReported() throws Exception {
        Message before = command("echo", "before", "a");
        Message report = command("echo", "report", "b", OnInterrupt.REPORT);
        Instant now = Instant.now().plusMillis(2);
        broker.takenOver(now);
        await().until(() -> Instant.now().isAfter(now.plusMillis(2)));
        Message after = command("echo", "after", "c");
        for (Message each : List.of(before, report, after)) {
            publishAs(each, each.id() + Broker.AGAIN + 1);
        }
        Message first = command("echo", "first", "d");
        publish(first);
        assertThat(awaitEnd(before).attempt()).isEqualTo(2);
        assertThat(awaitEnd(before).state()).isEqualTo(State.SUCCEEDED);
        assertThat(awaitEnd(report).state()).isEqualTo(State.INTERRUPTED);
        assertThat(awaitEnd(report).reason()).contains("another agent", "onInterrupt is report");
        assertThat(awaitEnd(after).attempt()).isEqualTo(1);
        assertThat(awaitEnd(first).attempt()).isEqualTo(1);
    }

    @Test
    void nothingIsStartedOnceAnotherAgentHasTheNameAndWhatADeadOneStartedEndsUntold()
            throws Exception {
        Message started = command("block", "started", "a", OnInterrupt.RERUN);
        Message waiting = command("block", "waiting", "a");
        publish(started);
        publish(waiting);
        await().until(() -> methods.blocked() == 1 && journal.received(waiting.id()).isPresent());
        broker.right(Broker.Right.NOT_NOW);
        crash("boot-1");
        methods.release();
        broker.right(Broker.Right.NO);
        assertThat(inbox.giveUp()).isEqualTo(1);
        assertThat(journal.received(waiting.id())).isEmpty();
        await().until(() -> journal.received(started.id()).orElseThrow().state().isEnd());
        assertThat(journal.received(started.id()).orElseThrow().state())
                .isEqualTo(State.INTERRUPTED);
        assertThat(endedLeftovers).contains(started.id());
        broker.right(Broker.Right.YES);
        Message next = command("echo", "next", "a");
        publish(next);
        awaitEnd(next);
        assertThat(centralsAcks().stream().filter(ack -> ack.state().isEnd()).map(Ack::messageId))
                .containsExactly(next.id());
    }

    @Test
    void whatStoodStillWhileItWasMarkedIsNotStartedIfAnotherAgentHasTheName() throws Exception {
        journal.onStarted(() -> broker.right(Broker.Right.NO));
        Message marked = command("block", "marked");
        publish(marked);
        await().until(() ->
                journal.received(marked.id())
                        .map(known -> known.state() == State.INTERRUPTED)
                        .orElse(false));
        assertThat(methods.blocked()).isZero();
        assertThat(centralsAcks().stream().filter(ack -> ack.state().isEnd())).isEmpty();
    }

    @Test
    void autoDoesNotRunAgainAfterTheMachineWasRestarted() throws Exception {
        Message auto = command("block", "auto", "a", OnInterrupt.AUTO);
        publish(auto);
        methods.awaitBlocked();
        crash("boot-2");
        methods.release();
        assertThat(awaitEnd(auto).state()).isEqualTo(State.INTERRUPTED);
        assertThat(awaitEnd(auto).reason()).contains("machine was restarted");
    }

    @Test
    void aRestartedProcessRunsAgainWhatItHadInHandBeforeWhatWaited() throws Exception {
        Message inHand = command("restartable", "first");
        Message behind = command("restartable", "second");
        publish(inHand);
        publish(behind);
        methods.awaitBlocked();
        await().until(() -> journal.received(behind.id()).isPresent());
        assertThat(kernel.restart("root/inbox/ship1.command.restartable.test")).isPresent();
        methods.release();
        assertThat(awaitEnd(inHand).state()).isEqualTo(State.SUCCEEDED);
        assertThat(awaitEnd(inHand).attempt()).isEqualTo(2);
        assertThat(awaitEnd(behind).attempt()).isEqualTo(1);
        assertThat(methods.ran("restartable")).containsExactly("first", "first", "second");
    }

    @Test
    void whatHasRunIsNotRunAgainThoughItsEndIsNotKeptAndItsProcessRestarts() throws Exception {
        Message message = command("block", "x");
        Message behind = command("block", "y");
        publish(message);
        publish(behind);
        methods.awaitBlocked();
        journal.failWith(
                new JournalException(JournalException.Kind.DISK_FULL, "full, by the test"));
        methods.release();
        await().until(() ->
                reports.stream().anyMatch(report -> report.cause().contains("full, by the test")));
        assertThat(kernel.restart("root/inbox/ship1.command.block.test")).isPresent();
        journal.failWith(null);
        assertThat(awaitEnd(message).state()).isEqualTo(State.SUCCEEDED);
        assertThat(awaitEnd(message).attempt()).isEqualTo(1);
        assertThat(awaitEnd(behind).state()).isEqualTo(State.SUCCEEDED);
        assertThat(methods.ran("block")).containsExactly("x", "y");
        await().until(() -> inbox.unfinished() == 0);
    }
}

package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steward.agent.journal.JournalException;
import io.steward.messages.Ack;
import io.steward.messages.Expiry;
import io.steward.messages.Message;
import io.steward.messages.OnInterrupt;
import io.steward.messages.State;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Messages that are cancelled, and messages whose time is over.
class InboxEndingTest extends InboxFixture {
    @Test
    void cancellingWhatIsQueuedRunningUnknownOrOver() throws Exception {
        Message running = command("block", "running");
        Message queued = command("block", "queued");
        publish(running);
        publish(queued);
        methods.awaitBlocked();
        await().until(() -> journal.received(queued.id()).isPresent());
        assertThat(inbox.cancel(queued.id())).isEqualTo("queued; cancelled");
        assertThat(awaitEnd(queued).state()).isEqualTo(State.CANCELLED);
        assertThat(inbox.cancel(running.id())).startsWith("running");
        assertThat(awaitEnd(running).state()).isEqualTo(State.CANCELLED);
        assertThat(inbox.cancel(running.id())).isEqualTo("too late: it has cancelled");
        Message unknown = command("echo", "never");
        assertThat(inbox.cancel(unknown.id())).startsWith("not here yet");
        publish(unknown);
        assertThat(awaitEnd(unknown).state()).isEqualTo(State.CANCELLED);
        assertThat(methods.ran("echo")).isEmpty();
        assertThat(methods.ran("block")).containsExactly("running");
    }

    @Test
    void whatJustBeganIsCancelledAndDoesNotRun() throws Exception {
        journal.failStartsWith(
                new JournalException(JournalException.Kind.DISK_FULL, "full, by the test"));
        Message message = command("block", "x");
        publish(message);
        await().until(() ->
                reports.stream().anyMatch(report -> report.doing().startsWith("marking")));
        assertThat(inbox.cancel(message.id())).isEqualTo("running; it is being ended");
        journal.failStartsWith(null);
        assertThat(awaitEnd(message).state()).isEqualTo(State.CANCELLED);
        assertThat(methods.ran("block")).isEmpty();
    }

    @Test
    void aCancelIsNotForgottenWhenTheAgentDies() throws Exception {
        Message running = command("stubborn", "x", "a", OnInterrupt.RERUN);
        publish(running);
        methods.awaitBlocked();
        assertThat(inbox.cancel(running.id())).startsWith("running");
        crash("boot-1");
        Ack ack = awaitEnd(running);
        assertThat(ack.state()).isEqualTo(State.CANCELLED);
        assertThat(ack.stdout().text()).isEqualTo("so far");
        assertThat(endedLeftovers).containsExactly(running.id());
        assertThat(methods.ran("stubborn")).containsExactly("x");
    }

    @Test
    void whatAStoppedProcessHoldsIsCancelledAllTheSame() throws Exception {
        Message running = command("restartable", "running");
        Message waiting = command("restartable", "waiting");
        publish(running);
        publish(waiting);
        methods.awaitBlocked();
        await().until(() -> journal.received(waiting.id()).isPresent());
        assertThat(kernel.stop("root/inbox/ship1.command.restartable.test")).isPresent();
        assertThat(inbox.cancel(waiting.id())).isEqualTo("queued; cancelled");
        assertThat(awaitEnd(waiting).state()).isEqualTo(State.CANCELLED);
        assertThat(inbox.cancel(running.id())).isEqualTo("was running; cancelled");
        assertThat(awaitEnd(running).state()).isEqualTo(State.CANCELLED);
        assertThat(inbox.unfinished()).isZero();
        assertThat(methods.ran("restartable")).containsExactly("running");
    }

    @Test
    void whatAStoppedProcessHoldsEndsWhenItExpires() throws Exception {
        Message running = command("restartable", "running", "test", hour());
        Message waiting = command("restartable", "waiting", "test", hour());
        publish(running);
        publish(waiting);
        methods.awaitBlocked();
        await().until(() -> journal.received(waiting.id()).isPresent());
        assertThat(kernel.stop("root/inbox/ship1.command.restartable.test")).isPresent();
        brokerAhead = Duration.ofHours(1);
        assertThat(awaitEnd(waiting).state()).isEqualTo(State.EXPIRED);
        Ack ack = awaitEnd(running);
        assertThat(ack.state()).isEqualTo(State.INTERRUPTED);
        assertThat(ack.reason()).contains("has expired");
        assertThat(ack.stdout().text()).isEqualTo("so far");
        assertThat(inbox.unfinished()).isZero();
    }

    @Test
    void whatWaitsBehindALongOneExpiresAtItsTimeAndIsNeverRun() throws Exception {
        Message running = command("block", "running");
        Message behind = command("block", "behind", "test", hour());
        publish(running);
        publish(behind);
        methods.awaitBlocked();
        await().until(() -> journal.received(behind.id()).isPresent());
        brokerAhead = Duration.ofHours(1);
        Ack ack = awaitEnd(behind);
        assertThat(ack.state()).isEqualTo(State.EXPIRED);
        assertThat(ack.reason()).contains("waited for its turn");
        assertThat(journal.received(running.id()).orElseThrow().state()).isEqualTo(State.STARTED);
        methods.release();
        assertThat(awaitEnd(running).state()).isEqualTo(State.SUCCEEDED);
        assertThat(methods.ran("block")).containsExactly("running");
    }

    @Test
    void aStepOfThisMachinesClockExpiresNothing() throws Exception {
        Message running = command("block", "running");
        Message behind = command("block", "behind", "test", hour());
        publish(running);
        publish(behind);
        methods.awaitBlocked();
        await().until(() -> journal.received(behind.id()).isPresent());
        step = Duration.ofHours(3);
        brokerAhead = Duration.ofHours(-3);
        methods.release();
        assertThat(awaitEnd(behind).state()).isEqualTo(State.SUCCEEDED);
    }

    @Test
    void theDeadlineByTheBrokersClockIsKnownAfterARestart() throws Exception {
        step = Duration.ofHours(-3); // this machine is late, and so is what it would judge by
        brokerAhead = Duration.ofHours(3);
        Message running = command("block", "running", "a");
        Message behind = command("block", "behind", "a", hour());
        publish(running);
        publish(behind);
        methods.awaitBlocked();
        await().until(() -> journal.received(behind.id()).isPresent());
        brokerAhead = Duration.ofHours(4);
        crash("boot-1");
        methods.release();
        assertThat(awaitEnd(behind).state()).isEqualTo(State.EXPIRED);
        assertThat(methods.ran("block")).doesNotContain("behind");
    }

    @Test
    void whatExpiredWhileItsAgentWasDeadIsNotRunAgain() throws Exception {
        Message running = command("block", "running", "a", hour());
        publish(running);
        methods.awaitBlocked();
        brokerAhead = Duration.ofHours(1);
        crash("boot-1");
        methods.release();
        Ack ack = awaitEnd(running);
        assertThat(ack.state()).isEqualTo(State.INTERRUPTED);
        assertThat(ack.reason()).contains("not run again");
        assertThat(methods.ran("block")).containsExactly("running");
    }

    private static Expiry hour() {
        return new Expiry.After(Duration.ofHours(1));
    }
}

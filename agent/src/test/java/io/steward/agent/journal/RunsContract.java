package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steward.agent.journal.Runs.Counts;
import io.steward.agent.journal.Runs.Phase;
import io.steward.agent.journal.Runs.Run;
import io.steward.agent.journal.Runs.Target;
import io.steward.messages.Message;
import io.steward.messages.NodeName;
import io.steward.messages.State;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What every journal does with runs.
abstract class RunsContract extends QueueContract {
    private static final List<NodeName> NODES =
            List.of(new NodeName("a"), new NodeName("b"), new NodeName("c"));

    private RunId begun() {
        RunId id = new RunId(samples.id().value());
        done(journal.runs().begin(id, "{\"what\":1}", NODES, samples.now()));
        return id;
    }

    private Message sent(RunId id, int wave, int place) {
        Message message = samples.command(NODES.get(place), Map.of());
        done(journal.runs().send(id, wave, Map.of(place, message), Long.MAX_VALUE, samples.now()));
        return message;
    }

    private Target target(RunId id, int place) {
        return journal.runs().targets(id, place - 1, 1).getFirst();
    }

    @Test
    void aRunKeepsItsTargetsInTheirOrder() {
        RunId id = begun();
        journal = restart();
        assertThat(journal.runs().find(id))
                .contains(
                        new Run(
                                id,
                                samples.now(),
                                "{\"what\":1}",
                                3,
                                Phase.RUNNING,
                                null,
                                samples.now(),
                                null));
        assertThat(journal.runs().targets(id, -1, 9)).extracting(Target::node).isEqualTo(NODES);
        assertThat(journal.runs().targets(id, 0, 1)).extracting(Target::place).containsExactly(1);
        assertThat(journal.runs().counts(id)).contains(new Counts(Map.of(), 3, 0));
        assertThat(journal.runs().open()).containsExactly(id);
    }

    @Test
    void whatIsNotKnownIsEmpty() {
        RunId id = new RunId(samples.id().value());
        assertThat(journal.runs().find(id)).isEmpty();
        assertThat(journal.runs().counts(id)).isEmpty();
        assertThat(journal.runs().targets(id, -1, 9)).isEmpty();
        assertThat(done(journal.runs().settle(id, samples.now()))).isTrue();
        assertThat(
                        done(
                                journal.runs()
                                        .move(
                                                id,
                                                EnumSet.allOf(Phase.class),
                                                Phase.SENT,
                                                null,
                                                samples.now())))
                .isFalse();
    }

    @Test
    void aTargetIsSentOneMessageWithWhichItIsAccepted() {
        RunId id = begun();
        Message message = sent(id, 4, 1);
        journal = restart();
        assertThat(target(id, 1))
                .isEqualTo(
                        new Target(
                                1,
                                NODES.get(1),
                                4,
                                message.id(),
                                samples.now(),
                                State.QUEUED,
                                null,
                                null,
                                0));
        assertThat(journal.queued(9)).containsExactly(message);
        assertThatThrownBy(() -> sent(id, 5, 1)).isInstanceOf(RuntimeException.class);
        assertThat(journal.queued(9)).containsExactly(message);
    }

    @Test
    void whereThereIsNoRoomNothingIsSent() {
        RunId id = begun();
        Message one = samples.command(NODES.get(0), Map.of());
        Message other = samples.command(NODES.get(1), Map.of());
        assertThatThrownBy(() ->
                        done(
                                journal.runs()
                                        .send(id, 0, Map.of(0, one, 1, other), 1, samples.now())))
                .isInstanceOfSatisfying(
                        JournalException.class,
                        e -> assertThat(e.kind()).isEqualTo(JournalException.Kind.QUEUE_FULL));
        assertThat(journal.queued(9)).isEmpty();
        assertThat(target(id, 0).isUnsent()).isTrue();
    }

    @Test
    void aRunThatIsPausedOrOverSendsAndLeavesOutNothingMore() {
        RunId id = begun();
        for (Phase phase : List.of(Phase.PAUSED, Phase.ABORTED)) {
            done(
                    journal.runs()
                            .move(
                                    id,
                                    Set.of(Phase.RUNNING, Phase.PAUSED),
                                    phase,
                                    null,
                                    samples.now()));
            Message message = samples.command(NODES.getFirst(), Map.of());
            assertThat(
                            done(
                                    journal.runs()
                                            .send(
                                                    id,
                                                    0,
                                                    Map.of(0, message),
                                                    Long.MAX_VALUE,
                                                    samples.now())))
                    .isFalse();
            done(journal.runs().leaveOut(id, List.of(1), "down", samples.now()));
            assertThat(journal.queued(9)).isEmpty();
            assertThat(target(id, 0).isUnsent()).isTrue();
            assertThat(target(id, 1).isUnsent()).isTrue();
        }
    }

    @Test
    void aRunEndsWhenNothingMoreIsToHappen() {
        RunId id = begun();
        Message first = sent(id, 0, 0);
        Message second = sent(id, 0, 1);
        done(journal.runs().leaveOut(id, List.of(2), "down", samples.now()));
        assertThat(target(id, 2).leftOut()).isEqualTo("down");
        assertThat(acknowledge(first, State.SUCCEEDED)).isEqualTo(State.SUCCEEDED);
        assertThat(done(journal.runs().settle(id, samples.now()))).isFalse();
        assertThat(
                        done(
                                journal.runs()
                                        .move(
                                                id,
                                                Set.of(Phase.PAUSED),
                                                Phase.SENT,
                                                null,
                                                samples.now())))
                .isFalse();
        assertThat(
                        done(
                                journal.runs()
                                        .move(
                                                id,
                                                Set.of(Phase.RUNNING),
                                                Phase.SENT,
                                                "all of them",
                                                samples.now())))
                .isTrue();
        assertThat(done(journal.runs().settle(id, samples.now()))).isFalse();
        assertThat(journal.runs().counts(id))
                .contains(new Counts(Map.of(State.SUCCEEDED, 1, State.QUEUED, 1), 0, 1));
        samples.pass(Duration.ofSeconds(9));
        assertThat(acknowledge(second, State.FAILED)).isEqualTo(State.FAILED);
        assertThat(journal.runs().open()).containsExactly(id);
        assertThat(done(journal.runs().settle(id, samples.now()))).isTrue();
        journal = restart();
        Run ended = journal.runs().find(id).orElseThrow();
        assertThat(ended.ended()).isEqualTo(samples.now());
        assertThat(ended.reason()).isEqualTo("all of them");
        assertThat(journal.runs().open()).isEmpty();
        assertThat(target(id, 1).state()).isEqualTo(State.FAILED);
    }

    private List<String> ended(RunId id, int after, int limit) {
        return journal.runs().ended(id, after, limit).stream()
                .map(target -> target.nth() + " " + target.node())
                .toList();
    }

    @Test
    void whatHasEndedIsReadOnceInItsOrder() {
        RunId id = begun();
        RunId other = begun();
        Message first = sent(id, 0, 0);
        Message second = sent(id, 0, 1);
        assertThat(ended(id, 0, 9)).isEmpty();
        assertThat(acknowledge(second, State.SUCCEEDED)).isEqualTo(State.SUCCEEDED);
        assertThat(ended(id, 0, 9)).as("the run has not learnt of it").isEmpty();
        assertThat(done(journal.runs().settle(id, samples.now()))).isFalse();
        assertThat(ended(id, 0, 9)).containsExactly("1 b");
        done(journal.runs().leaveOut(id, List.of(2), "down", samples.now()));
        done(journal.runs().leaveOut(id, List.of(2), "again", samples.now()));
        assertThat(ended(id, 1, 9)).containsExactly("2 c");
        assertThat(acknowledge(first, State.FAILED)).isEqualTo(State.FAILED);
        assertThat(done(journal.runs().settle(id, samples.now()))).isFalse();
        assertThat(done(journal.runs().settle(id, samples.now()))).isFalse();
        journal = restart();
        assertThat(ended(id, 0, 2)).containsExactly("1 b", "2 c");
        assertThat(ended(id, 2, 9)).containsExactly("3 a");
        assertThat(target(id, 2).leftOut()).isEqualTo("down");
        assertThat(target(id, 0).nth()).isEqualTo(3);
        assertThat(ended(other, 0, 9)).isEmpty();
    }

    @Test
    void theEndsThatARunLearnsOfAtOnceAreInTheOrderOfTheirTimes() {
        RunId id = begun();
        Message first = sent(id, 0, 0);
        Message second = sent(id, 0, 1);
        Message third = sent(id, 0, 2);
        assertThat(acknowledge(third, State.SUCCEEDED)).isEqualTo(State.SUCCEEDED);
        samples.pass(Duration.ofSeconds(1));
        assertThat(acknowledge(first, State.SUCCEEDED)).isEqualTo(State.SUCCEEDED);
        assertThat(acknowledge(second, State.FAILED)).isEqualTo(State.FAILED);
        assertThat(done(journal.runs().settle(id, samples.now()))).isFalse();
        assertThat(ended(id, 0, 9)).containsExactly("1 c", "2 a", "3 b");
    }

    @Test
    void theEndOfAMessageStaysWhenItIsPruned() {
        RunId id = begun();
        Message first = sent(id, 0, 0);
        assertThat(acknowledge(first, State.FAILED)).isEqualTo(State.FAILED);
        assertThat(done(journal.runs().settle(id, samples.now()))).isFalse();
        journal.logged(journal.lastProcessed());
        samples.pass(Duration.ofDays(30));
        assertThat(journal.prune(samples.now())).isEqualTo(1);
        assertThat(journal.sent(first.id())).isEmpty();
        assertThat(target(id, 0).state()).isEqualTo(State.FAILED);
        assertThat(journal.runs().counts(id)).contains(new Counts(Map.of(State.FAILED, 1), 2, 0));
        assertThat(journal.runs().find(id)).isPresent();
        done(journal.runs().move(id, Set.of(Phase.RUNNING), Phase.ABORTED, null, samples.now()));
        assertThat(done(journal.runs().settle(id, samples.now()))).isTrue();
        samples.pass(Duration.ofDays(30));
        assertThat(journal.prune(samples.now())).isZero();
        assertThat(journal.runs().find(id)).isEmpty();
        assertThat(journal.runs().targets(id, -1, 9)).isEmpty();
    }

    @Test
    void theNewestRunsComeFirst() {
        RunId first = begun();
        samples.pass(Duration.ofSeconds(1));
        RunId second = begun();
        Page<Run> page = journal.runs().newest(null, 1);
        assertThat(page.items()).extracting(Run::id).containsExactly(second);
        assertThat(page.more()).isTrue();
        page = journal.runs().newest(second, 1);
        assertThat(page.items()).extracting(Run::id).containsExactly(first);
        assertThat(page.more()).isFalse();
    }
}

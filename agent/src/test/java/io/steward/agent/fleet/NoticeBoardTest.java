package io.steward.agent.fleet;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.broker.ClusterBus;
import io.steward.agent.broker.FakeBroker;
import io.steward.agent.identity.IdentityException;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.journal.Notices;
import io.steward.agent.target.Candidate;
import io.steward.messages.MessageIds;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NoticeBoardTest {
    private static final InstantSource CLOCK = InstantSource.system();
    private static final NodeName SHIP = new NodeName("ship1");
    private static final NodeName CENTRAL = new NodeName("central");

    private final FakeBroker broker = new FakeBroker(CLOCK);
    private final MemoryJournal journal = new MemoryJournal(CLOCK);
    private final MessageIds ids = new MessageIds(CLOCK);
    private final AtomicInteger looksAtItself = new AtomicInteger();
    private Duration later = Duration.ZERO;
    private boolean membersAreAway;
    private final NoticeBoard board =
            new NoticeBoard(
                    journal.notices(),
                    broker,
                    (_, _, subject, payload) -> {
                        if (new String(payload, UTF_8).contains("forged")) {
                            throw new IdentityException("not signed: " + subject);
                        }
                        if (membersAreAway) {
                            throw new IOException("the members cannot be read");
                        }
                    },
                    () -> {
                        looksAtItself.incrementAndGet();
                        return new Candidate(
                                SHIP, "up", "eu", Set.of("db"), Map.of("os.family", "linux"));
                    },
                    () -> CLOCK.instant().plus(later));

    private Notice notice(String topic, String target) {
        return new Notice(ids.next(), CENTRAL, topic, List.of("text"), target, Instant.now());
    }

    private void tell(Notice notice) throws Exception {
        tell(notice.id().value(), notice.content());
    }

    private void tell(String id, String content) throws Exception {
        broker.another()
                .clusterBus()
                .tell(ClusterBus.Kind.NOTIFY, CENTRAL, id, content.getBytes(UTF_8));
    }

    private void queue(String topic) {
        journal.notices().queue(Broadcasts.note(notice(topic, "")), 1_000).join();
    }

    private List<String> topics() {
        return journal.notices().after(null, 0, 10_000, Long.MAX_VALUE).stream()
                .map(each -> each.note().topic())
                .toList();
    }

    private List<String> waiting() {
        return journal.notices().queued(10_000).stream().map(Notices.Note::topic).toList();
    }

    private Duration look() throws InterruptedException {
        return board.look();
    }

    @Test
    void aNewNodeHearsOfWhatIsToldFromThenOn() throws Exception {
        tell(notice("before", ""));
        look();
        tell(notice("after", ""));
        look();
        look();
        assertThat(topics()).containsExactly("after");
    }

    @Test
    void aNodeThatWasAwayReadsWhatItHasMissedPageByPage() throws Exception {
        look();
        broker.disconnect();
        look();
        for (int i = 0; i < NoticeBoard.PAGE + 1; i++) {
            tell(notice("t" + i, ""));
        }
        broker.connect();
        assertThat(look()).isZero();
        assertThat(topics()).hasSize(NoticeBoard.PAGE);
        assertThat(look()).isPositive();
        assertThat(topics()).hasSize(NoticeBoard.PAGE + 1).startsWith("t0", "t1");
    }

    @Test
    void onlyThoseThatMeanThisNodeAreKept() throws Exception {
        look();
        tell(notice("cloud", "cloud=eu and tag=db"));
        tell(notice("other-cloud", "cloud=us"));
        tell(notice("name", "ship*"));
        tell(notice("fact", "os.family=linux and not central"));
        tell(notice("other-name", "central"));
        look();
        assertThat(topics()).containsExactly("cloud", "name", "fact");
        assertThat(looksAtItself).hasValue(1);
        tell(notice("all", ""));
        look();
        assertThat(topics()).endsWith("all");
        assertThat(looksAtItself).hasValue(1);
    }

    @Test
    void whatNobodyHasSignedIsPassedByAndNothingIsWhileThatIsNotKnown() throws Exception {
        look();
        tell(notice("forged", ""));
        membersAreAway = true;
        tell(notice("waits", ""));
        look();
        assertThat(topics()).isEmpty();
        membersAreAway = false;
        look();
        assertThat(topics()).containsExactly("waits");
    }

    @Test
    void whatCannotBeReadIsPassedBy() throws Exception {
        look();
        tell("a", "no json");
        tell("b", notice("newer", "").content().replace("\"v\":1", "\"v\":2"));
        tell(notice("wrong", "cloud=eu and"));
        tell(notice("group", "@web"));
        broker.clusterBus().tell(ClusterBus.Kind.DEPLOY, CENTRAL, "c", "x".getBytes(UTF_8));
        tell(notice("good", ""));
        look();
        assertThat(topics()).containsExactly("good");
        assertThat(journal.notices().position().orElseThrow().sequence()).isEqualTo(6);
    }

    @Test
    void anIdThatIsToldTwiceComesOnce() throws Exception {
        look();
        Notice notice = notice("once", "");
        tell(notice);
        broker.forgetToldIds();
        tell(notice);
        look();
        assertThat(topics()).containsExactly("once");
    }

    @Test
    void anotherStreamIsReadFromItsBeginning() throws Exception {
        look();
        Notice kept = notice("kept", "");
        tell(kept);
        tell(notice("second", ""));
        look();
        broker.wipe();
        broker.connect();
        tell(kept);
        tell(notice("new", ""));
        tell(notice("newer", ""));
        look();
        assertThat(topics()).containsExactly("kept", "second", "new", "newer");
    }

    @Test
    void whatWasRemovedByItsAgeIsPassedBy() throws Exception {
        look();
        tell(notice("old", ""));
        tell(notice("young", ""));
        broker.removeTold(1);
        look();
        assertThat(topics()).containsExactly("young");
        tell(notice("gone", ""));
        broker.removeTold(3);
        look();
        assertThat(journal.notices().position().orElseThrow().sequence()).isEqualTo(3);
    }

    @Test
    void whatWaitsIsSentWhenThereIsAConnectionAndComesHereToo() throws Exception {
        look();
        broker.disconnect();
        queue("first");
        queue("second");
        look();
        assertThat(waiting()).containsExactly("first", "second");
        broker.connect();
        look();
        assertThat(waiting()).isEmpty();
        look();
        assertThat(topics()).containsExactly("first", "second");
    }

    @Test
    void whatIsSaidBeforeTheFirstConnectionComesHereToo() throws Exception {
        broker.disconnect();
        queue("first");
        look();
        broker.connect();
        look();
        look();
        assertThat(topics()).containsExactly("first");
    }

    @Test
    void whatTheBrokerDoesNotStoreIsTriedAgainSoonAndReadingGoesOn() throws Exception {
        look();
        tell(notice("other", ""));
        queue("mine");
        broker.full(true);
        assertThat(look()).isEqualTo(NoticeBoard.SOON);
        assertThat(topics()).containsExactly("other");
        assertThat(waiting()).containsExactly("mine");
        broker.full(false);
        later = NoticeBoard.SOON;
        assertThat(look()).isGreaterThan(NoticeBoard.SOON);
        assertThat(waiting()).isEmpty();
    }

    @Test
    void thoseThatTheBrokerRefusesDoNotHoldUpTheOthersAndAreTriedMoreAndMoreSeldom()
            throws Exception {
        look();
        broker.full(true);
        for (int i = 0; i < NoticeBoard.PAGE; i++) {
            queue("refused");
        }
        queue("good");
        assertThat(look()).isEqualTo(NoticeBoard.SOON);
        broker.full(false);
        look();
        assertThat(waiting()).hasSize(NoticeBoard.PAGE).doesNotContain("good");
        broker.full(true);
        later = NoticeBoard.SOON;
        assertThat(look()).isEqualTo(NoticeBoard.SOON);
        broker.full(false);
        later = NoticeBoard.SOON.multipliedBy(2);
        look();
        assertThat(waiting()).hasSize(NoticeBoard.PAGE);
        later = NoticeBoard.SOON.multipliedBy(4);
        look();
        assertThat(waiting()).isEmpty();
    }

    @Test
    void whatWasToldAndDiedBeforeItWasWrittenDownIsToldOnce() throws Exception {
        look();
        queue("once");
        Notices.Note note = journal.notices().queued(1).getFirst();
        broker.clusterBus()
                .tell(
                        ClusterBus.Kind.NOTIFY,
                        note.from(),
                        note.id().value(),
                        note.content().getBytes(UTF_8));
        look();
        look();
        assertThat(broker.clusterBus().state().last()).isEqualTo(1);
        assertThat(topics()).containsExactly("once");
    }
}

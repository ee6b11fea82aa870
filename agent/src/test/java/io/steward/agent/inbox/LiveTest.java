package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.journal.Journal.Published;
import io.steward.agent.journal.JournalException;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.method.Outcome;
import io.steward.messages.Ack;
import io.steward.messages.Envelope;
import io.steward.messages.InputDecoder;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.NodeName;
import io.steward.messages.Output;
import io.steward.messages.State;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class LiveTest {
    private static final NodeName SHIP = new NodeName("ship1");
    private static final int CAP = 1_000;

    private final InstantSource clock = InstantSource.system();
    private final MemoryJournal journal = new MemoryJournal(clock);
    private final MessageIds ids = new MessageIds(clock);
    private final List<Message> sent = new ArrayList<>();
    private byte[] out = {};
    private byte[] err = {};
    private long maxPayload;

    private final Leftovers source =
            new NoLeftovers() {
                @Override
                public Outcome.Printed soFar(MessageId id, int outFrom, int errFrom, int most) {
                    return new Outcome.Printed(
                            part(out, outFrom, most), part(err, errFrom, most), false);
                }
            };

    private static Output part(byte[] bytes, int from, int most) {
        return Output.of(
                Arrays.copyOfRange(
                        bytes,
                        Math.min(from, bytes.length),
                        (int) Math.min(bytes.length, (long) from + most)));
    }

    @Test
    void whatIsPrintedGoesInFramesThatLieEndToEnd() throws Exception {
        Live.Telling telling = telling(true);
        telling.look();
        assertThat(sent).isEmpty();
        out = "one\n".getBytes(StandardCharsets.UTF_8);
        telling.look();
        err = "oops".getBytes(StandardCharsets.UTF_8);
        out = "one\ntwo\n".getBytes(StandardCharsets.UTF_8);
        published();
        telling.look();
        published();
        telling.look();
        assertThat(sent)
                .hasSize(2)
                .allMatch(event ->
                        event.subject().toString().equals("central.event.ack.operatingsystem"));
        assertThat(acks())
                .extracting(ack ->
                        ack.state()
                                + " "
                                + ack.stdoutAt()
                                + " "
                                + ack.stdout().text()
                                + ack.stderr().text())
                .containsExactly("started 0 one\n", "started 4 two\noops");
    }

    @Test
    void whileAFrameWaitsForTheBrokerTheRestIsCollected() throws Exception {
        Live.Telling telling = telling(true);
        for (int i = 1; i <= 100; i++) {
            out = "x".repeat(i).getBytes(StandardCharsets.UTF_8);
            telling.look();
        }
        assertThat(sent).hasSize(1);
        published();
        telling.look();
        assertThat(acks()).extracting(ack -> ack.stdout().size()).containsExactly(1, 99);
    }

    @Test
    void aCharacterIsNotTornAndBinaryIsKept() throws Exception {
        Live.Telling telling = telling(true);
        out = "a\u20ac".getBytes(StandardCharsets.UTF_8);
        byte[] whole = out;
        out = Arrays.copyOf(whole, 3);
        telling.look();
        published();
        out = whole;
        telling.look();
        published();
        err = new byte[] {0, (byte) 0xff, (byte) 0x80, 'x'};
        telling.look();
        assertThat(acks().get(0).stdout().text()).isEqualTo("a");
        assertThat(acks().get(1).stdout().text()).isEqualTo("\u20ac");
        assertThat(
                        Objects.requireNonNull(Envelope.decode(Envelope.encode(sent.get(2))).ack())
                                .stderr()
                                .bytes())
                .isEqualTo(err);
    }

    @Test
    void framesStopShortOfTheCapWhereTheEndMayBeCut() throws Exception {
        Live.Telling telling = telling(true);
        out = new byte[CAP];
        telling.look();
        published();
        telling.look();
        assertThat(acks()).extracting(ack -> ack.stdout().size()).containsExactly(CAP - 3);
    }

    @Test
    void whatTheJournalDoesNotTakeNowGoesLater() throws Exception {
        Live.Telling telling = telling(true);
        out = "abc".getBytes(StandardCharsets.UTF_8);
        journal.failWith(new JournalException(JournalException.Kind.DISK_FULL, "full"));
        telling.look();
        assertThat(sent).isEmpty();
        journal.failWith(null);
        telling.look();
        assertThat(acks().getFirst().stdout().text()).isEqualTo("abc");
    }

    @Test
    void theEndIsSaidInFramesWhereItIsTooLargeForOneAnswer() throws Exception {
        maxPayload = 4_000;
        Live.Telling telling = telling(true);
        byte[] all = "0123456789".repeat(1_000).getBytes(StandardCharsets.UTF_8);
        telling.rest(end(Output.of("short")));
        assertThat(sent).isEmpty();
        telling.rest(end(Output.of(all)));
        int at = 0;
        for (Ack ack : acks()) {
            assertThat(ack.stdoutAt()).isEqualTo(at);
            at += ack.stdout().size();
        }
        assertThat(at).isEqualTo(all.length);
    }

    @Test
    void nothingIsToldOfAMessageThatIsNotFollowed() throws Exception {
        try (Live.Telling telling = live().tell(work(false))) {
            maxPayload = 2_000;
            telling.rest(end(Output.of("x".repeat(10_000))));
        }
        assertThat(sent).isEmpty();
    }

    private Live live() {
        return new Live(
                SHIP,
                journal,
                (about, ack) -> Message.ofAck(ids.next(), SHIP, about, ack, clock.instant()),
                sent::add,
                new Acks(SHIP, () -> maxPayload),
                source,
                CAP);
    }

    private Live.Telling telling(boolean follow) throws Exception {
        return live().silent(work(follow));
    }

    private Work work(boolean follow) throws Exception {
        Message message =
                InputDecoder.decode(
                                """
                                {"toNode": "ship1", "commandOrEvent": "command", "method": "shellcommand",
                                 "data": ["true"], "follow": %s}
                                """
                                        .formatted(follow)
                                        .getBytes(StandardCharsets.UTF_8),
                                InputDecoder.Format.JSON)
                        .getFirst()
                        .messages(
                                new NodeName("central"),
                                "operatingsystem",
                                ids::next,
                                clock.instant())
                        .getFirst();
        Work work = new Work(message, 0, null, message.expiresAt(), null);
        work.start(clock.instant());
        return work;
    }

    private Ack end(Output stdout) {
        return new Ack(
                ids.next(),
                SHIP,
                State.SUCCEEDED,
                null,
                0,
                null,
                stdout,
                Output.EMPTY,
                0,
                0,
                false,
                null,
                null,
                1,
                null);
    }

    private List<Ack> acks() {
        return sent.stream().map(Message::ack).toList();
    }

    private void published() {
        Instant now = clock.instant();
        journal.published(sent.getLast().id(), new Published("S", now, 1, now)).join();
    }
}

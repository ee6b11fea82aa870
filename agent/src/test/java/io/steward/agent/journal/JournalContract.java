package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.journal.Journal.Processed;
import io.steward.messages.Message;
import io.steward.messages.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What every journal does: all of the contracts below this one, and the states of a message
/// whatever comes in whatever order. Extended once for each journal.
abstract class JournalContract extends NoticesContract {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void everyMessageEndsOnceWhateverComesInWhateverOrder(long seed) {
        Random random = new Random(seed);
        List<Message> outgoing = new ArrayList<>();
        List<Message> incoming = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            outgoing.add(samples.command());
            incoming.add(samples.command());
        }
        done(journal.accept("all", outgoing));
        Map<Message, State> states = new HashMap<>();
        for (int step = 0; step < 250; step++) {
            samples.pass(Duration.ofMillis(random.nextInt(50)));
            if (random.nextInt(60) == 0) {
                journal = restart();
            }
            Message sent = outgoing.get(random.nextInt(outgoing.size()));
            disturbSent(random, sent);
            checkMove(states, sent, sent(sent).state());
            Message received = incoming.get(random.nextInt(incoming.size()));
            disturbReceived(random, received);
            journal.received(received.id())
                    .ifPresent(now -> checkMove(states, received, now.state()));
        }
        long ended = states.values().stream().filter(State::isEnd).count();
        List<Processed> rows = journal.processedAfter(0, 1_000);
        assertThat(rows).as("seed %d", seed).hasSize((int) ended);
        assertThat(rows.stream().map(row -> row.entry().message().id()))
                .as("seed %d", seed)
                .doesNotHaveDuplicates();
        assertThat(sequences()).isEqualTo(LongStream.rangeClosed(1, ended).boxed().toList());
        long counted =
                journal.counts().values().stream()
                        .flatMap(counts -> counts.entrySet().stream())
                        .filter(count -> count.getKey().isEnd())
                        .mapToLong(Map.Entry::getValue)
                        .sum();
        assertThat(counted).isEqualTo(ended);
    }

    private static void checkMove(Map<Message, State> states, Message message, State now) {
        State before = states.put(message, now);
        assertThat(before == null || before == now || before.mayBecome(now))
                .as("%s went from %s to %s", message.id(), before, now)
                .isTrue();
    }

    private static final List<State> TOLD =
            List.of(
                    State.RECEIVED,
                    State.RECEIVED,
                    State.STARTED,
                    State.STARTED,
                    State.SUCCEEDED,
                    State.FAILED,
                    State.INTERRUPTED,
                    State.REFUSED,
                    State.EXPIRED,
                    State.CANCELLED);

    private void disturbSent(Random random, Message message) {
        switch (random.nextInt(6)) {
            case 0 -> done(journal.published(message.id(), samples.published(random.nextInt(99))));
            case 1 -> done(journal.resending(message.id(), samples.now()));
            case 2 -> {
                if (random.nextInt(5) == 0) {
                    end(message, State.CANCELLED, State.QUEUED, State.PUBLISHED);
                }
            }
            case 3 -> done(journal.accept("all", List.of(message)));
            default -> acknowledge(message, TOLD.get(random.nextInt(TOLD.size())));
        }
    }

    private void disturbReceived(Random random, Message message) {
        boolean known = journal.received(message.id()).isPresent();
        switch (random.nextInt(5)) {
            case 0, 1 -> done(journal.receive(List.of(samples.incoming(message, 1))));
            case 2 -> {
                if (random.nextInt(4) == 0) {
                    done(journal.cancelAhead(message.id(), samples.now()));
                }
            }
            case 3 -> {
                if (known && !journal.received(message.id()).orElseThrow().state().isEnd()) {
                    done(journal.started(message.id(), 1, "boot", samples.now()));
                }
            }
            default -> {
                if (known) {
                    State end = TOLD.get(4 + random.nextInt(TOLD.size() - 4));
                    done(journal.finishedAll(List.of(samples.finish(message, end))));
                }
            }
        }
    }
}

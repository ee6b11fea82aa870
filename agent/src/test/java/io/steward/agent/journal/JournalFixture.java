package io.steward.agent.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.journal.Journal.Processed;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.journal.Journal.Taken;
import io.steward.messages.Message;
import io.steward.messages.State;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/// A journal to be tested, and what its tests do all the time.
abstract class JournalFixture {

    final Samples samples = new Samples();
    Journal journal;

    abstract Journal open();

    /// As if the agent ended and was started again.
    abstract Journal restart();

    @BeforeEach
    void openJournal() {
        journal = open();
    }

    @AfterEach
    void closeJournal() {
        journal.close();
    }

    static <T> T done(CompletableFuture<T> future) {
        try {
            return future.orTimeout(30, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    Message accepted() {
        Message message = samples.command();
        done(journal.accept(null, List.of(message)));
        return message;
    }

    Message published(long sequence) {
        Message message = accepted();
        done(journal.published(message.id(), samples.published(sequence)));
        return message;
    }

    Message received(long sequence) {
        Message message = samples.command();
        assertThat(done(journal.receive(List.of(samples.incoming(message, sequence)))))
                .containsExactly(new Taken.New());
        return message;
    }

    SentMessage sent(Message message) {
        return journal.sent(message.id()).orElseThrow();
    }

    State acknowledge(Message message, State state) {
        return done(journal.acknowledged(List.of(samples.ack(message, state)), samples.now()))
                .getFirst()
                .orElseThrow();
    }

    List<Long> sequences() {
        return journal.processedAfter(0, 10_000).stream().map(Processed::sequence).toList();
    }
}

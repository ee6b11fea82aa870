package io.steward.agent.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.messages.Message;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import io.steward.messages.Subject;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Between the commit that takes a message in and the moment at which it is known here, its process
/// may read it from the journal, and even end it.
class UnfinishedTest {
    private final Unfinished unfinished = new Unfinished(() -> 0, Long.MAX_VALUE, _ -> stored());
    private final Message message =
            MessageRequest.of(
                            List.of(new NodeName("ship1")), MessageType.COMMAND, "ping", List.of())
                    .messages(
                            new NodeName("central"),
                            Subject.parse("ship1.command.ping.presence").domain(),
                            new MessageIds(InstantSource.system())::next,
                            Instant.now())
                    .getFirst();
    private final Work work = new Work(message, 0, null, Instant.MAX, null);

    @Test
    void whatEndedBeforeItWasAddedIsNotHandedOn() {
        unfinished.arriving(List.of(message.id()));
        Work read = fromJournal();
        unfinished.over(message.id());
        assertThat(read).isNotSameAs(work);
        assertThat(unfinished.add(work)).isEmpty();
        assertThat(unfinished.find(message.id())).isEmpty();
    }

    @Test
    void whatItsProcessMetBeforeIsTheSameWork() {
        unfinished.arriving(List.of(message.id()));
        Work read = fromJournal();
        assertThat(unfinished.add(work)).containsSame(read);
    }

    private Message stored() {
        return message;
    }

    private Work fromJournal() {
        return unfinished.of(
                new io.steward.agent.journal.Journal.ReceivedMessage(
                        1,
                        message,
                        message.expiresAt(),
                        io.steward.messages.State.RECEIVED,
                        0,
                        null,
                        null,
                        java.util.Map.of()));
    }
}

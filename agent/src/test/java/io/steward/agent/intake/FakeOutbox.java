package io.steward.agent.intake;

import io.steward.agent.outbox.Outbox;
import io.steward.agent.outbox.SubmitException;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.MessageRequest;
import io.steward.messages.Subject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An outbox that keeps what it takes, and takes a key once. Outlives the takers that die.
final class FakeOutbox implements Outbox {
    private final MessageIds ids = new MessageIds(InstantSource.system());
    private final Map<String, List<MessageId>> keys = new HashMap<>();
    private final List<MessageRequest> taken = new ArrayList<>();
    private @Nullable SubmitException next;
    private @Nullable String refusedWord;

    /// The next fresh submission fails.
    synchronized void failOnce(SubmitException failure) {
        next = failure;
    }

    /// Inputs with this among their data are refused for ever.
    synchronized void refuse(@Nullable String word) {
        refusedWord = word;
    }

    @Override
    public synchronized Submitted submit(@Nullable String inputKey, List<MessageRequest> requests)
            throws SubmitException {
        List<MessageId> known = inputKey == null ? null : keys.get(inputKey);
        if (known != null) {
            return new Submitted(known, false);
        }
        SubmitException failure = next;
        if (failure != null) {
            next = null;
            throw failure;
        }
        String word = refusedWord;
        if (word != null && requests.stream().anyMatch(r -> r.data().contains(word))) {
            throw new SubmitException("data: \"" + word + "\" is not allowed", true, null);
        }
        List<MessageId> made = requests.stream().map(r -> ids.next()).toList();
        taken.addAll(requests);
        if (inputKey != null) {
            keys.put(inputKey, made);
        }
        return new Submitted(made, true);
    }

    /// The first item of data of each message taken, in order.
    synchronized List<String> taken() {
        return taken.stream().map(r -> r.data().getFirst()).toList();
    }

    /// How many inputs were taken.
    synchronized int inputs() {
        return keys.size();
    }

    @Override
    public List<MessageId> resend(List<Message> messages) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Cancelling> cancel(MessageId id) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Purged purge(Purge what) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> problem(Subject subject) {
        return Optional.empty();
    }

    @Override
    public List<Problem> problems() {
        return List.of();
    }
}

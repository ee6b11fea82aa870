package io.steward.agent.journal;

import io.steward.messages.Message;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A message with its bytes, made on the caller's thread, so that the writer need not. Of an input
/// that becomes large (one message to many nodes is encoded once for each) the writer makes them
/// one by one.
///
/// @param encoded null to have them made when they are written
record Draft(Message message, byte @Nullable [] encoded) {
    private static final long MOST = 8L << 20;

    static Draft of(Message message) {
        return new Draft(message, Codec.encode(message));
    }

    static List<Draft> of(List<Message> messages) {
        List<Draft> drafts = new ArrayList<>(messages.size());
        long sum = 0;
        for (Message message : messages) {
            Draft draft = sum < MOST ? of(message) : new Draft(message, null);
            sum += draft.bytes();
            drafts.add(draft);
        }
        return drafts;
    }

    byte[] envelope() {
        return encoded != null ? encoded : Codec.encode(message);
    }

    /// How much of it is held in memory.
    long bytes() {
        return encoded == null ? 0 : encoded.length;
    }

    static long bytes(List<Draft> drafts) {
        return drafts.stream().mapToLong(Draft::bytes).sum();
    }

    /// The same as if it were decoded once for each: the node at the other end.
    NodeName other(Journal.Direction direction) {
        return switch (direction) {
            case SENT -> message.subject().node();
            case RECEIVED -> message.from();
        };
    }

    static @Nullable Long millis(@Nullable Duration duration) {
        return duration == null ? null : duration.toMillis();
    }
}

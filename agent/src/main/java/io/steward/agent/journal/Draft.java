package io.steward.agent.journal;

import io.steward.messages.Message;
import io.steward.messages.NodeName;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A message with its bytes, made on the caller's thread, so that the writer need not.
record Draft(Message message, byte[] envelope) {
    static Draft of(Message message) {
        return new Draft(message, Codec.encode(message));
    }

    static List<Draft> of(List<Message> messages) {
        return messages.stream().map(Draft::of).toList();
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

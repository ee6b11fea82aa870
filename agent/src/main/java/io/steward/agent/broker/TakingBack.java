package io.steward.agent.broker;

import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.api.ConsumerInfo;
import io.nats.client.api.MessageInfo;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.time.ZonedDateTime;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Takes messages out of mailboxes that their consumers were never handed. It is certain only if
/// that still holds after the deletion, by the same consumer, which is older than the messages.
final class TakingBack {
    /// How many deletions are asked for at a time: so many go in one round trip.
    private static final int AT_ONCE = 16;

    private final Link link;

    TakingBack(Link link) {
        this.link = link;
    }

    Set<Long> takeBack(NodeName node, Collection<Long> sequences)
            throws BrokerException, InterruptedException {
        String doing = "taking %d messages back from %s".formatted(sequences.size(), node);
        try {
            JetStreamManagement api = Inspection.where(link.required(), Mailboxes.stream(node));
            ConsumerInfo before = Inspection.consumer(api, node);
            if (before == null) {
                return Set.of();
            }
            TreeSet<Long> candidates = new TreeSet<>(sequences);
            candidates.headSet(before.getDelivered().getStreamSequence(), true).clear();
            while (!candidates.isEmpty() && !isYounger(api, node, candidates.first(), before)) {
                candidates.pollFirst();
            }
            Set<Long> deleted = delete(api, Mailboxes.stream(node), candidates, doing);
            if (deleted.isEmpty()) {
                return deleted;
            }
            ConsumerInfo after = Inspection.consumer(api, node);
            if (after == null || !after.getCreationTime().equals(before.getCreationTime())) {
                return Set.of();
            }
            deleted.removeIf(sequence -> sequence <= after.getDelivered().getStreamSequence());
            return deleted;
        } catch (JetStreamApiException | IOException | IllegalStateException e) {
            throw Refusals.of(doing, e);
        }
    }

    /// Whether a message was stored after its consumer was made. All behind it were, then, too.
    private static boolean isYounger(
            JetStreamManagement api, NodeName node, long sequence, ConsumerInfo consumer)
            throws IOException, JetStreamApiException {
        MessageInfo message = Inspection.message(api, Mailboxes.stream(node), sequence);
        ZonedDateTime stored = message == null ? null : message.getTime();
        return stored != null && !consumer.getCreationTime().isAfter(stored);
    }

    private static Set<Long> delete(
            JetStreamManagement api, String stream, Collection<Long> sequences, String doing)
            throws BrokerException, InterruptedException {
        Set<Long> deleted = new HashSet<>();
        List<Long> left = List.copyOf(sequences);
        try (ExecutorService asking =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("steward/broker/take-back").factory())) {
            for (int i = 0; i < left.size(); i += AT_ONCE) {
                List<Long> some = left.subList(i, Math.min(left.size(), i + AT_ONCE));
                List<Future<Boolean>> answers =
                        some.stream()
                                .map(each -> asking.submit(() -> delete(api, stream, each)))
                                .toList();
                for (int n = 0; n < answers.size(); n++) {
                    if (answers.get(n).get()) {
                        deleted.add(some.get(n));
                    }
                }
            }
            return deleted;
        } catch (ExecutionException e) {
            // why: what is deleted and not told is published again by its sender
            if (e.getCause() instanceof BrokerException cause) {
                throw new BrokerException(cause.kind(), doing + ": " + cause.getMessage(), e);
            }
            throw new IllegalStateException(doing, e.getCause());
        }
    }

    private static boolean delete(JetStreamManagement api, String stream, long sequence)
            throws BrokerException {
        try {
            return api.deleteMessage(stream, sequence, false);
        } catch (JetStreamApiException e) {
            // gone between the look and the deletion
            if (e.getApiErrorCode() == Refusals.MESSAGE_NOT_FOUND
                    || e.getApiErrorCode() == Refusals.STREAM_NOT_FOUND) {
                return false;
            }
            throw Refusals.of("deleting message " + sequence, e);
        } catch (IOException | IllegalStateException e) {
            throw Refusals.of("deleting message " + sequence, e);
        }
    }
}

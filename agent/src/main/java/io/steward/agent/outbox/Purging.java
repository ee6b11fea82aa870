package io.steward.agent.outbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.Peek;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Queues.Waiter;
import io.steward.agent.journal.Queues.Waiters;
import io.steward.agent.outbox.Outbox.Purge;
import io.steward.agent.outbox.Outbox.Purged;
import io.steward.messages.Envelope;
import io.steward.messages.InputException;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.NodeName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Removes what waits for a node. Used by one thread.
final class Purging {
    /// Of those sent from here, in one call.
    private static final int MOST = 100_000;

    /// Of those that lie in a mailbox, in one call: a request to the broker each.
    private static final int MOST_LOOKED_AT = 20_000;

    private static final int PAGE = 500;
    private static final String CANCEL = "cancel";

    /// How many ids one command `cancel` has.
    private static final int IDS = 200;

    private final NodeName here;
    private final Journal journal;
    private final Broker broker;
    private final Withdrawal withdrawal;
    private final Outbox outbox;

    private boolean more;

    Purging(NodeName here, Journal journal, Broker broker, Withdrawal withdrawal, Outbox outbox) {
        this.here = here;
        this.journal = journal;
        this.broker = broker;
        this.withdrawal = withdrawal;
        this.outbox = outbox;
    }

    Purged purge(Purge what) throws SubmitException, InterruptedException {
        List<Waiter> all = what.own() ? own(what) : List.of();
        List<Waiter> open = all.stream().filter(each -> !each.state().isEnd()).toList();
        Map<NodeName, List<MessageId>> others = others(what);
        Set<MessageId> unknown = new HashSet<>(what.ids());
        all.forEach(each -> unknown.remove(each.id()));
        others.values().forEach(unknown::removeAll);
        Set<MessageId> cancelled = Set.of();
        List<MessageRequest> requests = new ArrayList<>();
        if (!what.dryRun()) {
            cancelled = withdrawal.cancel(open);
            List<MessageId> left = new ArrayList<>();
            for (Waiter each : open) {
                if (!cancelled.contains(each.id())) {
                    left.add(each.id());
                }
            }
            requests.addAll(asking(what.node(), left));
            others.forEach((sender, ids) -> requests.addAll(asking(sender, ids)));
        }
        Map<NodeName, Integer> counts = new TreeMap<>();
        others.forEach((sender, ids) -> counts.put(sender, ids.size()));
        return new Purged(
                all.size(),
                cancelled.size(),
                what.dryRun() ? 0 : open.size() - cancelled.size(),
                all.size() - open.size(),
                unknown,
                counts,
                requests.isEmpty() ? List.of() : outbox.submit(null, requests).ids(),
                more);
    }

    private List<Waiter> own(Purge what) {
        if (what.ids().isEmpty()) {
            List<Waiter> found =
                    journal.waiters(new Waiters(what.node(), what.method(), what.before()), MOST);
            more = found.size() == MOST;
            return found.stream().filter(each -> isMeant(each.subject().method(), what)).toList();
        }
        return journal.waiters(what.ids()).stream()
                .filter(each -> each.subject().node().equals(what.node()))
                .filter(each ->
                        what.method() == null || what.method().equals(each.subject().method()))
                .filter(each -> what.before() == null || each.id().time().isBefore(what.before()))
                .toList();
    }

    private Map<NodeName, List<MessageId>> others(Purge what)
            throws SubmitException, InterruptedException {
        Map<NodeName, List<MessageId>> found = new TreeMap<>();
        if (!what.fromAll() && (what.from() == null || what.from().equals(here))) {
            return found;
        }
        try {
            long next = 0;
            int looked = 0;
            do {
                Peek page = broker.peek(what.node(), what.method(), next, PAGE);
                for (Peek.Item item : page.messages()) {
                    Message message = open(item);
                    if (message != null && isMeant(message, what)) {
                        found.computeIfAbsent(message.from(), _ -> new ArrayList<>())
                                .add(message.id());
                    }
                }
                looked += page.messages().size();
                next = page.next();
            } while (next != 0 && looked < MOST_LOOKED_AT);
            more |= next != 0;
            return found;
        } catch (BrokerException e) {
            throw new SubmitException(
                    "what others have sent to %s cannot be looked at: %s"
                            .formatted(what.node(), e.getMessage()),
                    false,
                    e);
        }
    }

    private boolean isMeant(Message message, Purge what) {
        return !message.subject().isAck()
                && !message.from().equals(here)
                && (what.fromAll() || message.from().equals(what.from()))
                && (what.ids().isEmpty() || what.ids().contains(message.id()))
                && isMeant(message.subject().method(), what)
                && (what.before() == null || message.createdAt().isBefore(what.before()));
    }

    /// A command that takes others back is itself taken back only by its name: else what it is to
    /// end would run.
    private static boolean isMeant(String method, Purge what) {
        return !method.equals(CANCEL) || CANCEL.equals(what.method()) || !what.ids().isEmpty();
    }

    /// What cannot be read has no sender to be asked: its node makes a dead letter of it.
    private static @Nullable Message open(Peek.Item item) {
        try {
            return Envelope.decode(item.payload());
        } catch (InputException e) {
            return null;
        }
    }

    private static List<MessageRequest> asking(NodeName node, Collection<MessageId> ids) {
        List<String> all = ids.stream().map(MessageId::value).distinct().toList();
        List<MessageRequest> requests = new ArrayList<>();
        for (int i = 0; i < all.size(); i += IDS) {
            requests.add(
                    MessageRequest.of(
                            List.of(node),
                            MessageType.COMMAND,
                            CANCEL,
                            all.subList(i, Math.min(all.size(), i + IDS))));
        }
        return requests;
    }
}

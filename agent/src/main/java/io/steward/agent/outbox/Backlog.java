package io.steward.agent.outbox;

import io.steward.agent.broker.Broker;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.journal.Page;
import io.steward.agent.outbox.Publisher.Item;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.State;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/// What a publisher has yet to hand to the broker, in the order of the subject: before all else
/// what the broker has lost, then what it was given and what it reads from the journal, where that
/// is more than memory has room for. Used by one thread.
final class Backlog {
    private static final int PAGE = 256;
    private static final int MAX = 2 * PAGE;

    private final PublisherLane lane;
    private final Journal journal;
    private final LostMailbox lostMailbox;
    private final Settling settling;
    private final InstantSource clock;
    private final Deque<Item.ToSend> items = new ArrayDeque<>();

    /// What need not be read from the journal: it is in `items`, or was taken from it and is not
    /// done. What was given to go again is not among them: it is not queued in the journal.
    private final Set<MessageId> held = new HashSet<>();

    private boolean dropped;
    private boolean goingAgain;

    Backlog(
            PublisherLane lane,
            Journal journal,
            LostMailbox lostMailbox,
            Settling settling,
            InstantSource clock) {
        this.lane = lane;
        this.journal = journal;
        this.lostMailbox = lostMailbox;
        this.settling = settling;
        this.clock = clock;
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    boolean hasPage() {
        return items.size() >= PAGE;
    }

    /// Takes a message that is queued in the journal, or leaves it there until its turn comes.
    void add(Item.Send item) {
        Message message = item.message();
        if (dropped || items.size() >= MAX) {
            leaveInJournal(item);
        } else if (held.add(message.id())) {
            items.add(item);
        } else {
            lane.letGo(item);
        }
    }

    /// Takes a message that is to go again, or nothing where there is no room: it will be looked
    /// after again.
    void add(Item.SendAgain item) {
        if (items.size() < MAX) {
            items.add(item);
        }
    }

    /// Takes the oldest. It counts as held until it is [#done] or [#putBack].
    Item.ToSend remove() {
        return items.remove();
    }

    /// It goes again before all others.
    void putBack(Item.ToSend item) {
        items.addFirst(item);
    }

    /// A message that was taken is settled, or is not to go.
    void done(MessageId id) {
        held.remove(id);
    }

    /// Lets go of everything: the journal has all but answers to second copies.
    void leave() {
        items.forEach(lane::letGo);
    }

    /// What the broker has lost goes first: the newer ones are read from the journal again when
    /// their turn comes.
    void beginAgain() {
        goingAgain = true;
        items.forEach(lane::letGo);
        items.clear();
        held.clear();
        dropped = true;
        lane.lane().fallBehind();
    }

    /// Whether what the broker has lost is going again: nothing newer may go.
    boolean isGoingAgain() {
        return goingAgain;
    }

    /// Brings the next of what the broker has lost.
    ///
    /// @param nothingInFlight whether the broker has answered to all that went before
    void fillWithLost(boolean nothingInFlight) {
        boolean ending = false; // and behind them others may be lost
        for (SentMessage lost : lostMailbox.next()) {
            Message message = lost.message();
            if (lost.isSpent()) {
                ending = true;
                held.remove(message.id());
                settling.end(message, State.EXPIRED, LookAfter.whySpent(lost));
            } else if (!lane.isHandedOut(message.id()) && held.add(message.id())) {
                var _ = journal.resending(message.id(), clock.instant());
                items.add(
                        new Item.SendAgain(
                                message, message.id() + Broker.AGAIN + (lost.resends() + 1)));
            }
        }
        goingAgain = ending || !items.isEmpty() || !nothingInFlight || lane.handedOut() > 0;
    }

    /// Reads on in the journal, where it holds more than was given.
    ///
    /// @param connected whether it can be sent now
    /// @return whether something is not read now for want of memory
    boolean readOn(boolean connected) {
        dropped = false;
        if (lane.lane().isBehind() && !connected && lane.room() == 0) {
            return true; // others need the memory
        }
        if (lane.lane().isBehind() && readPage() == 0) {
            lane.lane().caughtUp();
            if (readPage() > 0) {
                lane.lane().fallBehind();
            }
        }
        return false;
    }

    private int readPage() {
        Set<MessageId> known = new HashSet<>(held);
        lane.addHandedOut(known);
        long room = lane.reserve(Page.BYTES);
        long used = 0;
        int added = 0;
        try {
            for (Message message :
                    journal.queuedOf(
                            lane.subject(), known, room > 0 ? PAGE : 1, Math.max(room, 1))) {
                if (!lane.isHandedOut(message.id()) && held.add(message.id())) {
                    used += message.weight();
                    items.add(new Item.Send(message));
                    added++;
                }
            }
        } finally {
            lane.hold(used, room);
        }
        return added;
    }

    /// Where memory is short, no more is kept of what cannot be sent now than the oldest.
    void shrink() {
        if (lane.room() > 0) {
            return;
        }
        while (items.size() > 1 && items.peekLast() instanceof Item.Send newest) {
            items.removeLast();
            held.remove(newest.message().id());
            leaveInJournal(newest);
        }
    }

    private void leaveInJournal(Item.Send item) {
        dropped = true;
        lane.lane().fallBehind();
        lane.letGo(item);
    }
}

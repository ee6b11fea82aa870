package io.steward.agent.method.exec;

import io.steward.agent.method.exec.ProcessTable.Entry;
import io.steward.messages.MessageId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Everything that came of one command, and its end. No single sign is enough: a child that was
/// orphaned has another parent, one with a session of its own is not in the group, one that was
/// given another environment does not carry the message id. So a process belongs to the tree if it
/// is in the program's session or group, descends from it or from one that belongs to the tree,
/// carries the id, or was seen to belong before. What escapes is a process that has all of it
/// changed before anyone looked.
///
/// For one thread.
final class ProcessTree {
    /// How long after KILL the end of the tree is waited for.
    static final Duration KILL_LIMIT = Duration.ofSeconds(5);

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

    private final ProcessTable table;
    private final GroupSignal group;
    private final String message;
    private final long leader;
    private final long self = ProcessHandle.current().pid();
    private final Map<Long, Long> seen = new HashMap<>();

    /// Whether the table of processes could not be read the last time.
    private boolean unread;

    /// Signals the leader's whole process group.
    interface GroupSignal {
        void send(int signal);
    }

    private ProcessTree(ProcessTable table, GroupSignal group, MessageId message, long leader) {
        this.table = table;
        this.group = group;
        this.message = message.value();
        this.leader = leader;
    }

    /// @param leader the program; it leads its session and group if `group` does something, and
    ///   must not be reaped before the tree is ended
    static ProcessTree of(ProcessTable table, GroupSignal group, MessageId message, long leader) {
        return new ProcessTree(table, group, message, leader);
    }

    /// Ends what is left of a command of an agent that is no more.
    static ProcessRunner.Swept sweep(ProcessTable table, MessageId message, Duration grace) {
        ProcessTree tree = new ProcessTree(table, signal -> {}, message, 0);
        int survivors = tree.end(grace);
        if (tree.seen.isEmpty()) {
            return new ProcessRunner.Swept(0, 0); // also where the table could not be read
        }
        return new ProcessRunner.Swept(Math.max(0, tree.seen.size() - survivors), survivors);
    }

    /// TERM, `grace` if anything still lives, KILL. Returns when all of it is gone, at the latest
    /// [#KILL_LIMIT] after KILL. Interrupts are kept for later.
    ///
    /// @return how many processes still live; 1 or more where the table of processes could not be
    ///   read, so that it is not known
    int end(Duration grace) {
        List<Entry> members = members();
        long pause = FIRST_PAUSE;
        if (grace.isPositive()) {
            signal(members, Signals.TERM);
            long until = System.nanoTime() + grace.toNanos();
            while (!members.isEmpty() && System.nanoTime() - until < 0) {
                Threads.sleep(Math.min(pause, until - System.nanoTime()));
                pause = Math.min(pause * 2, LONGEST_PAUSE);
                members = members();
            }
        }
        pause = FIRST_PAUSE;
        long until = System.nanoTime() + KILL_LIMIT.toNanos();
        // Looked twice: what was forked while the table was read may be missing in it.
        for (int empty = 0; empty < 2; ) {
            signal(members, Signals.KILL);
            if (!members.isEmpty() || unread) {
                if (System.nanoTime() - until > 0) {
                    return Math.max(1, members.size());
                }
                Threads.sleep(pause);
                pause = Math.min(pause * 2, LONGEST_PAUSE);
            }
            members = members();
            empty = members.isEmpty() && !unread ? empty + 1 : 0;
        }
        return 0;
    }

    private void signal(List<Entry> members, int signal) {
        group.send(signal);
        for (Entry member : members) {
            ProcessHandle.of(member.pid())
                    .filter(handle -> isStill(member))
                    .ifPresent(handle -> {
                        boolean ignored =
                                signal == Signals.KILL
                                        ? handle.destroyForcibly()
                                        : handle.destroy();
                    });
        }
    }

    /// Whether the process id has not been given to another one since the table was read; the
    /// handle, made before, looks again by itself when it signals.
    private static boolean isStill(Entry member) {
        return member.session() == 0 || ProcFiles.start(member.pid()) == member.start();
    }

    private List<Entry> members() {
        List<Entry> all = snapshot();
        Map<Long, List<Entry>> children = new HashMap<>();
        Map<Long, Entry> byId = new HashMap<>();
        for (Entry entry : all) {
            children.computeIfAbsent(entry.parent(), parent -> new ArrayList<>()).add(entry);
            byId.put(entry.pid(), entry);
        }
        Set<Long> spared = spared(byId, children);
        List<Entry> members = new ArrayList<>();
        Set<Long> taken = new HashSet<>();
        for (Entry entry : all) {
            if (belongs(entry)) {
                take(entry, children, spared, taken, members);
            }
        }
        members.forEach(member -> seen.put(member.pid(), member.start()));
        return members;
    }

    private boolean belongs(Entry entry) {
        if (leader != 0 && (entry.pid() == leader || entry.parent() == leader)) {
            return true;
        }
        if (leader != 0 && (entry.session() == leader || entry.group() == leader)) {
            return true;
        }
        Long start = seen.get(entry.pid());
        return (start != null && start == entry.start()) || message.equals(entry.message());
    }

    private static void take(
            Entry entry,
            Map<Long, List<Entry>> children,
            Set<Long> spared,
            Set<Long> taken,
            List<Entry> into) {
        Deque<Entry> open = new ArrayDeque<>(List.of(entry));
        while (!open.isEmpty()) {
            Entry next = open.pop();
            if (!spared.contains(next.pid()) && taken.add(next.pid())) {
                into.add(next);
                open.addAll(children.getOrDefault(next.pid(), List.of()));
            }
        }
    }

    /// The agent and what it descends from; and, when it ends leftovers, what descends from it: an
    /// agent may itself have been started by a command, and then it and its broker carry that
    /// message's id.
    private Set<Long> spared(Map<Long, Entry> byId, Map<Long, List<Entry>> children) {
        Set<Long> spared = new HashSet<>(Set.of(0L, 1L));
        Entry up = byId.get(self);
        while (up != null && spared.add(up.pid())) {
            up = byId.get(up.parent());
        }
        spared.add(self);
        if (leader == 0) {
            List<Entry> below = new ArrayList<>();
            Set<Long> descendants = new HashSet<>();
            for (Entry child : children.getOrDefault(self, List.of())) {
                take(child, children, Set.of(), descendants, below);
            }
            spared.addAll(descendants);
        }
        return spared;
    }

    private List<Entry> snapshot() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    List<Entry> all =
                            table.snapshot().get(KILL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
                    unread = false;
                    return all;
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException | TimeoutException e) {
            unread = true; // the group has its signal; who else belongs cannot be told
            return List.of();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

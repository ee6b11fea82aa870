package io.steward.agent.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/// Ends nodes in reverse order of start, each after the one before it has ended. Processes made by
/// [Supervisor#obtain] do not depend on each other: neighbours among them end at the same time, so
/// that thousands do not add up their graces. Guarded by the kernel's lock.
final class Teardown {
    private final Core core;
    private final ArrayDeque<List<Node>> groups = new ArrayDeque<>();
    private final Runnable then;
    private int alive;

    private Teardown(Core core, Runnable then) {
        this.core = core;
        this.then = then;
    }

    /// @param nodes in order of start
    /// @param then done on the agenda when the last has ended
    static void of(Core core, List<Node> nodes, Runnable then) {
        var teardown = new Teardown(core, then);
        List<Node> group = List.of();
        for (Node node : nodes.reversed()) {
            if (!isObtained(node) || group.isEmpty() || !isObtained(group.getFirst())) {
                group = new ArrayList<>();
                teardown.groups.add(group);
            }
            group.add(node);
        }
        core.next(teardown::next);
    }

    private static boolean isObtained(Node node) {
        return node instanceof ProcessCell<?> process && process.obtained;
    }

    private void next() {
        List<Node> group = groups.poll();
        if (group == null) {
            then.run();
            return;
        }
        alive = group.size();
        for (Node node : group) {
            node.end(this::oneEnded);
        }
    }

    private void oneEnded() {
        alive--;
        if (alive == 0) {
            core.next(this::next);
        }
    }
}

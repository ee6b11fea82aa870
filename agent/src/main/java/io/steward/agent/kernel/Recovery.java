package io.steward.agent.kernel;

import io.steward.agent.kernel.ProcessInfo.Status;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The restart of several children because one has failed: they are ended, wait for the pause, and
/// are started together. When another fails meanwhile, a greater recovery takes its place. Guarded
/// by the kernel's lock.
final class Recovery {
    private final Core core;
    private final Set<Node> affected;

    /// @param affected in order of start
    Recovery(Core core, List<Node> affected) {
        this.core = core;
        this.affected = new LinkedHashSet<>(affected);
    }

    boolean concerns(Node node) {
        return affected.contains(node);
    }

    Collection<Node> nodes() {
        return affected;
    }

    /// One that came while it was going on starts with the others.
    void add(Node node) {
        affected.add(node);
    }

    void endOthers(Node failed, Runnable then) {
        Teardown.of(core, affected.stream().filter(node -> node != failed).toList(), then);
    }

    /// All have ended and wait for the pause to be over.
    void await() {
        for (Node node : affected) {
            if (node instanceof ProcessCell<?> process) {
                process.leaveIfTemporary();
            }
            if (node.wanted && !node.removed && node.is(Status.STOPPED)) {
                node.become(Status.BACKING_OFF);
            }
        }
    }
}

package io.steward.bench;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The queues in which Linux keeps the waiting threads of this process. From 6.16 on a process has
/// queues of its own, sixteen of them where there are two processors, and whoever wakes a thread
/// goes through its whole queue: among the ten thousand threads of a swarm that is most of what the
/// processors do, and nothing that an agent by itself would know of.
final class FutexQueues {
    private static final int PR_FUTEX_HASH = 78;
    private static final long PR_FUTEX_HASH_SET_SLOTS = 1;

    private FutexQueues() {}

    /// Has the kernel make so many of them.
    ///
    /// @param count a power of two
    /// @return whether it did; an older one has no such call, and one table for the whole machine
    static boolean make(long count) {
        MethodHandle prctl =
                Linker.nativeLinker()
                        .downcallHandle(
                                symbol("prctl"),
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_LONG),
                                Linker.Option.firstVariadicArg(1));
        try {
            return (int) prctl.invokeExact(PR_FUTEX_HASH, PR_FUTEX_HASH_SET_SLOTS, count, 0L, 0L)
                    == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("calling prctl", e);
        }
    }

    private static MemorySegment symbol(String name) {
        return Linker.nativeLinker().defaultLookup().find(name).orElseThrow();
    }
}

package io.steward.agent.method.exec;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;

/// `posix_spawn` and what belongs to it, as glibc 2.34 and newer have it: the size of its
/// structures, `closefrom` and `chdir` actions. Thread-safe.
final class SpawnCalls {
    private static final int ATTRIBUTES_SIZE = 336;
    private static final int ACTIONS_SIZE = 80;
    private static final int SIGNAL_SET_SIZE = 128;
    private static final short SETSIGDEF = 0x04;
    private static final short SETSIGMASK = 0x08;
    private static final short SETSID = 0x80;

    private final MethodHandle spawn;
    private final MethodHandle actionsInit;
    private final MethodHandle actionsDestroy;
    private final MethodHandle addOpen;
    private final MethodHandle addDup2;
    private final MethodHandle addChdir;
    private final MethodHandle addCloseFrom;
    private final MethodHandle signal;
    private final MemorySegment attributes;
    private final MemorySegment devNull;

    SpawnCalls(Linker linker, SymbolLookup symbols) {
        spawn =
                handle(
                        linker,
                        symbols,
                        "posix_spawn",
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS,
                        ADDRESS);
        actionsInit = handle(linker, symbols, "posix_spawn_file_actions_init", ADDRESS);
        actionsDestroy = handle(linker, symbols, "posix_spawn_file_actions_destroy", ADDRESS);
        addOpen =
                handle(
                        linker,
                        symbols,
                        "posix_spawn_file_actions_addopen",
                        ADDRESS,
                        JAVA_INT,
                        ADDRESS,
                        JAVA_INT,
                        JAVA_INT);
        addDup2 =
                handle(
                        linker,
                        symbols,
                        "posix_spawn_file_actions_adddup2",
                        ADDRESS,
                        JAVA_INT,
                        JAVA_INT);
        addChdir =
                handle(linker, symbols, "posix_spawn_file_actions_addchdir_np", ADDRESS, ADDRESS);
        addCloseFrom =
                handle(
                        linker,
                        symbols,
                        "posix_spawn_file_actions_addclosefrom_np",
                        ADDRESS,
                        JAVA_INT);
        signal =
                linker.downcallHandle(
                        symbols.findOrThrow("signal"),
                        FunctionDescriptor.of(ADDRESS, JAVA_INT, ADDRESS));
        // Read by every spawn, for as long as the JVM lives.
        Arena arena = Arena.global();
        devNull = arena.allocateFrom("/dev/null");
        attributes = attributes(linker, symbols, arena);
    }

    /// A session of its own: with it comes a process group of its own, and unlike with a mere group
    /// the program has no terminal. It cannot ask for a password where nobody sits, is not stopped
    /// for touching the terminal, and does not get the Ctrl-C meant for the agent.
    private static MemorySegment attributes(Linker linker, SymbolLookup symbols, Arena arena) {
        MemorySegment attributes = arena.allocate(ATTRIBUTES_SIZE, 16);
        MemorySegment none = arena.allocate(SIGNAL_SET_SIZE, 16);
        MemorySegment all = arena.allocate(SIGNAL_SET_SIZE, 16);
        try {
            int failed =
                    (int)
                            handle(linker, symbols, "posix_spawnattr_init", ADDRESS)
                                    .invokeExact(attributes);
            failed |= (int) handle(linker, symbols, "sigemptyset", ADDRESS).invokeExact(none);
            failed |= (int) handle(linker, symbols, "sigfillset", ADDRESS).invokeExact(all);
            failed |=
                    (int)
                            handle(linker, symbols, "posix_spawnattr_setsigmask", ADDRESS, ADDRESS)
                                    .invokeExact(attributes, none);
            failed |=
                    (int)
                            handle(
                                            linker,
                                            symbols,
                                            "posix_spawnattr_setsigdefault",
                                            ADDRESS,
                                            ADDRESS)
                                    .invokeExact(attributes, all);
            failed |=
                    (int)
                            handle(linker, symbols, "posix_spawnattr_setflags", ADDRESS, JAVA_SHORT)
                                    .invokeExact(
                                            attributes, (short) (SETSID | SETSIGMASK | SETSIGDEF));
            if (failed != 0) {
                throw new UnsupportedOperationException("posix_spawn attributes");
            }
            return attributes;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// How a spawn went: the process id, or else the error number.
    record Spawned(int pid, int errno) {}

    /// Starts `file` with stdin from `/dev/null`, these descriptors as stdout and stderr, and no
    /// others. Blocks until the program is loaded.
    ///
    /// @param arguments the first is the program's own name
    /// @param environment `NAME=value`
    Spawned spawn(
            String file,
            List<String> arguments,
            List<String> environment,
            String workingFolder,
            int stdout,
            int stderr) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment actions = arena.allocate(ACTIONS_SIZE, 16);
            MemorySegment pid = arena.allocate(JAVA_INT);
            int failed = (int) actionsInit.invokeExact(actions);
            if (failed != 0) {
                return new Spawned(0, failed);
            }
            try {
                failed = (int) addOpen.invokeExact(actions, 0, devNull, 0, 0);
                failed |= (int) addDup2.invokeExact(actions, stdout, 1);
                failed |= (int) addDup2.invokeExact(actions, stderr, 2);
                failed |= (int) addChdir.invokeExact(actions, arena.allocateFrom(workingFolder));
                failed |= (int) addCloseFrom.invokeExact(actions, 3);
                if (failed == 0) {
                    failed =
                            (int)
                                    spawn.invokeExact(
                                            pid,
                                            arena.allocateFrom(file),
                                            actions,
                                            attributes,
                                            strings(arena, arguments),
                                            strings(arena, environment));
                }
            } finally {
                int ignored = (int) actionsDestroy.invokeExact(actions);
                assert ignored == 0;
            }
            return failed == 0 ? new Spawned(pid.get(JAVA_INT, 0), 0) : new Spawned(0, failed);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Sets a signal's action to the default one.
    void defaultAction(int number) {
        try {
            MemorySegment before = (MemorySegment) signal.invokeExact(number, MemorySegment.NULL);
            assert before.address() != -1;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// An array of C strings in UTF-8, ended by a null pointer.
    private static MemorySegment strings(Arena arena, List<String> strings) {
        MemorySegment array = arena.allocate(ADDRESS, strings.size() + 1L);
        for (int i = 0; i < strings.size(); i++) {
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(strings.get(i)));
        }
        return array;
    }

    private static MethodHandle handle(
            Linker linker, SymbolLookup symbols, String name, MemoryLayout... arguments) {
        return linker.downcallHandle(
                symbols.findOrThrow(name), FunctionDescriptor.of(JAVA_INT, arguments));
    }
}

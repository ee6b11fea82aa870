package io.steward.agent.intake;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;

/// The calls of Linux that the JDK has no words for. Thread-safe; nothing here blocks for long.
final class Linux {
    static final int ENOENT = 2;
    static final int EAGAIN = 11;
    static final int EEXIST = 17;

    private static final int O_RDONLY = 0;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int F_SETSIG = 10;
    private static final int F_SETLEASE = 1024;
    private static final int F_RDLCK = 0;
    private static final int F_UNLCK = 2;
    private static final int SIGURG = 23;
    private static final int AT_FDCWD = -100;
    private static final int RENAME_NOREPLACE = 1;

    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker LINKER = Linker.nativeLinker();
    private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");

    private final MethodHandle open =
            handle(
                    "open",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    CAPTURE,
                    Linker.Option.firstVariadicArg(2));
    private final MethodHandle fcntl =
            handle(
                    "fcntl",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT),
                    CAPTURE,
                    Linker.Option.firstVariadicArg(2));
    private final MethodHandle close =
            handle(
                    "close",
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                    CAPTURE);
    private final MethodHandle renameat2 =
            handle(
                    "renameat2",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_INT),
                    CAPTURE);

    /// O_NOFOLLOW is 0x8000 on arm64 and 0x20000 on the others that the JDK runs on.
    private final int noFollow =
            System.getProperty("os.arch", "").equals("aarch64") ? 0x8000 : 0x20000;

    static boolean isHere() {
        return System.getProperty("os.name", "").equals("Linux");
    }

    /// Takes a read lease on the file and gives it back at once. The kernel grants it only while
    /// nobody has the file open for writing.
    ///
    /// @return 0 if it was granted, else the errno: EAGAIN if somebody has it open for writing
    int tryReadLease(Path file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int fd =
                    (int)
                            open.invokeExact(
                                    state,
                                    arena.allocateFrom(file.toString()),
                                    O_RDONLY | O_NONBLOCK | O_CLOEXEC | noFollow);
            if (fd < 0) {
                return errno(state);
            }
            try {
                // why: a lease that is broken is told by SIGIO, which would end the JVM; SIGURG is
                // ignored by default. It has to be set before the lease is taken.
                int set = (int) fcntl.invokeExact(state, fd, F_SETSIG, SIGURG);
                if (set < 0) {
                    return errno(state);
                }
                int got = (int) fcntl.invokeExact(state, fd, F_SETLEASE, F_RDLCK);
                if (got < 0) {
                    return errno(state);
                }
                int back = (int) fcntl.invokeExact(state, fd, F_SETLEASE, F_UNLCK);
                return back < 0 ? errno(state) : 0;
            } finally {
                int closed = (int) close.invokeExact(state, fd);
                assert closed == 0;
            }
        } catch (Throwable e) {
            throw new IllegalStateException("cannot call fcntl", e);
        }
    }

    /// Renames, but only where nothing has the new name.
    ///
    /// @return 0, or the errno
    int renameNoReplace(Path from, Path to) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result =
                    (int)
                            renameat2.invokeExact(
                                    state,
                                    AT_FDCWD,
                                    arena.allocateFrom(from.toString()),
                                    AT_FDCWD,
                                    arena.allocateFrom(to.toString()),
                                    RENAME_NOREPLACE);
            return result < 0 ? errno(state) : 0;
        } catch (Throwable e) {
            throw new IllegalStateException("cannot call renameat2", e);
        }
    }

    private static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    private static MethodHandle handle(
            String name, FunctionDescriptor type, Linker.Option... options) {
        MemorySegment address =
                LINKER.defaultLookup()
                        .find(name)
                        .orElseThrow(() -> new IllegalStateException("no function " + name));
        return LINKER.downcallHandle(address, type, options);
    }
}

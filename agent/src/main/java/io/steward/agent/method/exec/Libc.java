package io.steward.agent.method.exec;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;

/// The calls of Linux's C library (glibc 2.36 or newer) that concern descriptors, events and
/// processes; [SpawnCalls] has those of `posix_spawn`. Thread-safe. No call blocks but
/// [#epollWait].
final class Libc {
    /// `struct epoll_event` is packed on x86-64 and nowhere else.
    static final int EVENT_SIZE = isX86() ? 12 : 16;

    static final int EVENT_DATA = isX86() ? 4 : 8;

    private static final int O_CLOEXEC = 0x80000;
    private static final int EPOLLIN = 1;
    private static final int EPOLLONESHOT = 1 << 30;
    private static final int EPOLL_CTL_ADD = 1;
    private static final int WNOHANG = 1;
    private static final int SIGCHLD = 17;
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final long ERRNO =
            STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

    private final SpawnCalls spawn;
    private final MethodHandle pipe2;
    private final MethodHandle epollCreate1;
    private final MethodHandle epollCtl;
    private final MethodHandle epollWait;
    private final MethodHandle eventfd;
    private final MethodHandle pidfdOpen;
    private final MethodHandle waitpid;
    private final MethodHandle kill;
    private final MethodHandle read;
    private final MethodHandle write;
    private final MethodHandle close;
    private final MethodHandle access;
    private final MethodHandle strerror;

    private Libc(Linker linker) {
        SymbolLookup symbols = linker.defaultLookup();
        spawn = new SpawnCalls(linker, symbols);
        pipe2 = handle(linker, symbols, "pipe2", JAVA_INT, ADDRESS, JAVA_INT);
        epollCreate1 = handle(linker, symbols, "epoll_create1", JAVA_INT, JAVA_INT);
        epollCtl =
                handle(
                        linker,
                        symbols,
                        "epoll_ctl",
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        JAVA_INT,
                        ADDRESS);
        epollWait =
                handle(
                        linker,
                        symbols,
                        "epoll_wait",
                        JAVA_INT,
                        JAVA_INT,
                        ADDRESS,
                        JAVA_INT,
                        JAVA_INT);
        eventfd = handle(linker, symbols, "eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
        pidfdOpen = handle(linker, symbols, "pidfd_open", JAVA_INT, JAVA_INT, JAVA_INT);
        waitpid = handle(linker, symbols, "waitpid", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
        kill = handle(linker, symbols, "kill", JAVA_INT, JAVA_INT, JAVA_INT);
        read = handle(linker, symbols, "read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
        write = handle(linker, symbols, "write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
        close = handle(linker, symbols, "close", JAVA_INT, JAVA_INT);
        access = handle(linker, symbols, "access", JAVA_INT, ADDRESS, JAVA_INT);
        strerror =
                linker.downcallHandle(
                        symbols.findOrThrow("strerror"), FunctionDescriptor.of(ADDRESS, JAVA_INT));
    }

    /// Empty where the system is not a 64-bit Linux whose C library and kernel have all of it, or
    /// where native access is not allowed.
    static Optional<Libc> load() {
        if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).equals("linux")
                || ADDRESS.byteSize() != Long.BYTES
                || !standardStreamsAreOpen()) {
            return Optional.empty();
        }
        try {
            Libc libc = new Libc(Linker.nativeLinker());
            libc.close(libc.pidfdOpen((int) ProcessHandle.current().pid()));
            libc.resetChildSignal();
            return Optional.of(libc);
        } catch (NoSuchElementException
                | UnsupportedOperationException
                | IllegalCallerException
                | IOException e) {
            return Optional.empty();
        }
    }

    /// With one of 0, 1, 2 closed a pipe could get its number, and the child would lose it.
    private static boolean standardStreamsAreOpen() {
        for (int fd = 0; fd <= 2; fd++) {
            if (!Files.exists(Path.of("/proc/self/fd/" + fd), LinkOption.NOFOLLOW_LINKS)) {
                return false;
            }
        }
        return true;
    }

    SpawnCalls spawn() {
        return spawn;
    }

    /// A pipe whose ends are not inherited: `{read end, write end}`.
    int[] pipe() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment ends = arena.allocate(JAVA_INT, 2);
            check("pipe2", (int) pipe2.invokeExact(state, ends, O_CLOEXEC), state);
            return ends.toArray(JAVA_INT);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    int epollCreate() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            return check("epoll_create1", (int) epollCreate1.invokeExact(state, O_CLOEXEC), state);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /// Watches `fd` until it is closed; its events carry `data`.
    ///
    /// @param once whether one event is all
    void epollAdd(int epoll, int fd, long data, boolean once) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment event = arena.allocate(EVENT_SIZE, Long.BYTES);
            event.set(JAVA_INT, 0, once ? EPOLLIN | EPOLLONESHOT : EPOLLIN);
            event.set(JAVA_LONG.withByteAlignment(4), EVENT_DATA, data);
            check(
                    "epoll_ctl",
                    (int) epollCtl.invokeExact(state, epoll, EPOLL_CTL_ADD, fd, event),
                    state);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /// Blocks until something happens.
    ///
    /// @return how many events are in `events`; 0 if a signal came in between
    int epollWait(int epoll, MemorySegment events) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int most = (int) (events.byteSize() / EVENT_SIZE);
            int count = (int) epollWait.invokeExact(state, epoll, events, most, -1);
            if (count < 0 && state.get(JAVA_INT, ERRNO) == Errno.EINTR) {
                return 0;
            }
            return check("epoll_wait", count, state);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    int eventfd() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            return check("eventfd", (int) eventfd.invokeExact(state, 0, O_CLOEXEC), state);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    void eventfdSignal(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment one = arena.allocateFrom(JAVA_LONG, 1L);
            long written = (long) write.invokeExact(state, fd, one, (long) Long.BYTES);
            check("write to an eventfd", (int) written, state);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /// A descriptor, not inherited, that becomes readable when the process ends.
    int pidfdOpen(int pid) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            return check("pidfd_open", (int) pidfdOpen.invokeExact(state, pid, 0), state);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /// Reaps a child that has ended.
    ///
    /// @return its wait status; -1 if it still runs
    int reap(int pid) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment status = arena.allocate(JAVA_INT);
            int reaped = (int) waitpid.invokeExact(state, pid, status, WNOHANG);
            return check("waitpid", reaped, state) == 0 ? -1 : status.get(JAVA_INT, 0);
        } catch (Throwable e) {
            throw rethrow(e);
        }
    }

    /// Signals a process, or the group `-pid`. That it is gone is no error.
    void kill(int pid, int signal) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) kill.invokeExact(arena.allocate(STATE), pid, signal);
            assert ignored <= 0;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// Reads once; does not block where epoll said that there is something.
    ///
    /// @return the number of bytes, 0 at the end, -1 on an error
    int read(int fd, MemorySegment into) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            return (int) (long) read.invokeExact(state, fd, into, into.byteSize());
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) close.invokeExact(arena.allocate(STATE), fd);
            assert ignored <= 0;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// 0 if the file is there and may be executed, else the error number.
    int mayExecute(String file) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) access.invokeExact(state, arena.allocateFrom(file), 1);
            return result == 0 ? 0 : state.get(JAVA_INT, ERRNO);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// The C library's words for an error number.
    String error(int errno) {
        try {
            MemorySegment text = (MemorySegment) strerror.invokeExact(errno);
            return text.reinterpret(256).getString(0).toLowerCase(Locale.ROOT);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /// An agent that was started by a program that ignores SIGCHLD would never learn how its
    /// children ended.
    private void resetChildSignal() {
        spawn.defaultAction(SIGCHLD);
    }

    private int check(String call, int result, MemorySegment state) throws IOException {
        if (result < 0) {
            throw new IOException(call + ": " + error(state.get(JAVA_INT, ERRNO)));
        }
        return result;
    }

    private static IOException rethrow(Throwable thrown) {
        return switch (thrown) {
            case IOException e -> e;
            case Error e -> throw e;
            case RuntimeException e -> throw e;
            default -> new IOException(thrown);
        };
    }

    private static MethodHandle handle(
            Linker linker,
            SymbolLookup symbols,
            String name,
            MemoryLayout result,
            MemoryLayout... arguments) {
        return linker.downcallHandle(
                symbols.findOrThrow(name),
                FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    private static boolean isX86() {
        return System.getProperty("os.arch").equals("amd64");
    }
}

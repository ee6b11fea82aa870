package io.steward.agent.method.exec;

import io.steward.agent.method.exec.ProcessTable.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads Linux's /proc (proc_pid_stat(5), proc_pid_environ(5)).
final class ProcFiles {
    private static final Path PROC = Path.of("/proc");
    private static final long KERNEL_THREADS = 2;
    private static final byte[] VARIABLE =
            (CommandEnvironment.MESSAGE_ID + "=").getBytes(StandardCharsets.US_ASCII);

    private ProcFiles() {}

    /// Every process but zombies and the kernel's threads.
    static List<Entry> read() {
        List<Entry> entries = new ArrayList<>();
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path folder : folders) {
                Entry entry = entry(folder);
                if (entry != null) {
                    entries.add(entry);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entries;
    }

    private static @Nullable Entry entry(Path folder) {
        try {
            Entry entry =
                    stat(Files.readString(folder.resolve("stat"), StandardCharsets.ISO_8859_1));
            if (entry == null) {
                return null;
            }
            return new Entry(
                    entry.pid(),
                    entry.parent(),
                    entry.group(),
                    entry.session(),
                    entry.start(),
                    message(folder));
        } catch (IOException ended) {
            return null;
        }
    }

    /// When the process started; -1 if there is none.
    static long start(long pid) {
        try {
            Entry entry =
                    stat(
                            Files.readString(
                                    PROC.resolve(Long.toString(pid)).resolve("stat"),
                                    StandardCharsets.ISO_8859_1));
            return entry == null ? -1 : entry.start();
        } catch (IOException ended) {
            return -1;
        }
    }

    /// Null for a zombie or a thread of the kernel. The name, in parentheses, may hold anything,
    /// more parentheses included.
    private static @Nullable Entry stat(String line) {
        int afterName = line.lastIndexOf(')') + 2;
        String[] fields = line.substring(afterName).split(" ", -1);
        long pid = Long.parseLong(line.substring(0, line.indexOf(' ')));
        long parent = Long.parseLong(fields[1]);
        if (fields[0].equals("Z") || fields[0].equals("X")) {
            return null;
        }
        long group = Long.parseLong(fields[2]);
        if (group == 0 && (parent == KERNEL_THREADS || pid == KERNEL_THREADS)) {
            return null;
        }
        return new Entry(
                pid, parent, group, Long.parseLong(fields[3]), Long.parseLong(fields[19]), null);
    }

    private static @Nullable String message(Path folder) {
        byte[] environment;
        try {
            environment = Files.readAllBytes(folder.resolve("environ"));
        } catch (IOException notOurs) {
            return null;
        }
        for (int start = 0; start < environment.length; ) {
            int end = start;
            while (end < environment.length && environment[end] != 0) {
                end++;
            }
            if (startsWith(environment, start, end)) {
                int value = start + VARIABLE.length;
                return new String(environment, value, end - value, StandardCharsets.ISO_8859_1);
            }
            start = end + 1;
        }
        return null;
    }

    private static boolean startsWith(byte[] environment, int start, int end) {
        if (end - start < VARIABLE.length) {
            return false;
        }
        for (int i = 0; i < VARIABLE.length; i++) {
            if (environment[start + i] != VARIABLE[i]) {
                return false;
            }
        }
        return true;
    }
}

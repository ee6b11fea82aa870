package io.steward.agent.facts;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the JDK says of the machine.
interface Platform {
    /// A system property; null if it is not set.
    @Nullable String property(String name);

    /// An environment variable; null if it is not set.
    @Nullable String environment(String name);

    /// The version of the Java runtime.
    String java();

    /// How many processors the agent may use.
    int processors();

    ZoneId zone();

    /// Those that have an address.
    ///
    /// @throws IOException if they cannot be listed
    List<Interface> interfaces() throws IOException;

    /// The space of the file system that holds this folder; null if it is not a folder or has none.
    /// Blocks as long as the disk does not answer.
    @Nullable Space space(Path folder);

    /// A network interface.
    record Interface(String name, List<InetAddress> addresses) {
        public Interface {
            addresses = List.copyOf(addresses);
        }
    }

    /// The space of a file system, in bytes.
    ///
    /// @param free what is not taken, with what only root may take
    /// @param usable what the agent may take of it
    record Space(long total, long free, long usable) {
        private static final long MB = 1 << 20;

        long mb() {
            return total / MB;
        }

        long freeMb() {
            return usable / MB;
        }

        /// As `df` has it: rounded up, and full when the agent may take nothing more.
        long usedPercent() {
            long used = Math.max(0, total - free);
            double of = (double) used + usable;
            return of <= 0 ? 100 : (long) Math.ceil(100.0 * used / of);
        }
    }
}

package io.steward.agent.http;

import java.util.Map;

/// What the HTTP server of the JDK takes of a caller, so that those who begin requests and do not
/// end them, or send headers without end, cost little. It reads these when its classes are loaded;
/// what is given on the command line of Java counts.
final class ServerLimits {
    /// @see <a
    ///   href="https://docs.oracle.com/en/java/javase/25/docs/api/jdk.httpserver/module-summary.html">jdk.httpserver</a>
    private static final Map<String, String> LIMITS =
            Map.of(
                    // why: seconds for head and body; an input of the largest size over a slow line
                    "sun.net.httpserver.maxReqTime",
                    "120",
                    "sun.net.httpserver.maxReqHeaders",
                    "100",
                    "sun.net.httpserver.maxReqHeaderSize",
                    Integer.toString(64 * 1024),
                    // why: bytes that are read of a body nobody wants, so that its sender sees why
                    "sun.net.httpserver.drainAmount",
                    Integer.toString(1024 * 1024),
                    "jdk.httpserver.maxConnections",
                    "2000");

    private ServerLimits() {}

    /// To be called before there is a server.
    static void set() {
        LIMITS.forEach((key, value) -> {
            if (System.getProperty(key) == null) {
                System.setProperty(key, value);
            }
        });
    }
}

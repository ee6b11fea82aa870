package io.steward.agent.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts the requests with a token that is none, by the minute, and slows those who make them. A
/// request with a good token does not come here: it is never slowed. As a token has 256 random bits
/// nobody guesses one; this keeps those who try from costing much, and tells of them. Thread-safe.
final class FailedAttempts {
    private static final Logger log = LoggerFactory.getLogger(FailedAttempts.class);
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final int IPV6_SITE_BYTES = 8;

    /// @param each from one address (IPv6: from one /64) in a minute
    /// @param all from all addresses in a minute
    /// @param addresses that are counted one by one; the others count as one
    /// @param held answers that are held back at a time
    record Bounds(int each, int all, int addresses, int held) {
        static final Bounds USUAL = new Bounds(20, 200, 1_000, 64);
    }

    /// Lets time pass.
    interface Pause {
        void pause(Duration length) throws InterruptedException;
    }

    private final Bounds bounds;
    private final InstantSource clock;
    private final Pause pause;
    private final Semaphore held;
    private final Map<String, Integer> counts = new HashMap<>();
    private Instant since;
    private int total;

    FailedAttempts(Bounds bounds, InstantSource clock, Pause pause) {
        this.bounds = bounds;
        this.clock = clock;
        this.pause = pause;
        this.held = new Semaphore(bounds.held());
        this.since = clock.instant();
    }

    /// To be called for each; returns after a moment.
    ///
    /// @return how long the caller is not to try again; zero if it may
    Duration count(InetAddress address) throws InterruptedException {
        Duration wait = counted(address);
        if (wait.isZero() && held.tryAcquire()) {
            try {
                pause.pause(PAUSE);
            } finally {
                held.release();
            }
        }
        return wait;
    }

    private synchronized Duration counted(InetAddress address) {
        Instant now = clock.instant();
        if (now.isBefore(since) || !now.isBefore(since.plus(WINDOW))) {
            since = now;
            total = 0;
            counts.clear();
        }
        String from = site(address);
        String counter = counts.containsKey(from) || counts.size() < bounds.addresses() ? from : "";
        int count = counts.merge(counter, 1, Integer::sum);
        total++;
        if (count == bounds.each() + 1 || total == bounds.all() + 1) {
            log.warn(
                    "{} requests in a minute with a token that is none, {} of them from {}: those"
                            + " who make more of them this minute are told to wait",
                    total,
                    count,
                    address.getHostAddress());
        }
        return count > bounds.each() || total > bounds.all()
                ? Duration.between(now, since.plus(WINDOW))
                : Duration.ZERO;
    }

    /// How many addresses it remembers.
    synchronized int addresses() {
        return counts.size();
    }

    private static String site(InetAddress address) {
        byte[] bytes = address.getAddress();
        return HexFormat.of()
                .formatHex(
                        address instanceof Inet6Address
                                ? Arrays.copyOf(bytes, IPV6_SITE_BYTES)
                                : bytes);
    }
}

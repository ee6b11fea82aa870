package io.steward.messages;

import java.security.SecureRandom;
import java.time.InstantSource;

/// Makes ULIDs that rise strictly, also within one millisecond and when the clock is set back.
/// Thread-safe.
public final class MessageIds {
    private static final long LAST_TIME = (1L << 48) - 1;

    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private long time = -1;
    private long high; // 16 bits of randomness
    private long low; // 64 bits of randomness

    public MessageIds(InstantSource clock) {
        this.clock = clock;
    }

    /// The next id, greater than every one before it from this object.
    public synchronized MessageId next() {
        long now = Math.clamp(clock.millis(), 0, LAST_TIME);
        if (now > time) {
            time = now;
            // The top bit is left free, so that counting up never overflows.
            high = random.nextInt(1 << 15);
            low = random.nextLong();
        } else if (++low == 0) {
            high++;
        }
        char[] text = new char[26];
        long t = time;
        for (int i = 9; i >= 0; i--, t >>>= 5) {
            text[i] = Ulid.ALPHABET.charAt((int) (t & 31));
        }
        long h = high;
        long l = low;
        for (int i = 25; i >= 10; i--) {
            text[i] = Ulid.ALPHABET.charAt((int) (l & 31));
            l = (l >>> 5) | (h << 59);
            h >>>= 5;
        }
        return new MessageId(new String(text));
    }
}

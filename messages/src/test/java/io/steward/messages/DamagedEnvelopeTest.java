package io.steward.messages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// An envelope that was damaged on its way is a message or a refusal, and nothing else.
final class DamagedEnvelopeTest {
    private static final long SEED = System.nanoTime();
    private static final int LONGEST = 1_000;

    @Test
    void everyFlippedBitMakesAMessageOrARefusal() throws Exception {
        byte[] whole = whole();
        int refused = 0;
        for (int bit = 0; bit < 8 * whole.length; bit++) {
            byte[] damaged = whole.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            refused += isRefused(damaged, "bit " + bit) ? 1 : 0;
        }
        assertThat(refused).as("refused, seed %d", SEED).isPositive();
    }

    @Test
    void whatIsCutAnywhereIsRefused() throws Exception {
        byte[] whole = whole();
        for (int length = 0; length < whole.length; length++) {
            assertThat(isRefused(Arrays.copyOf(whole, length), "cut at " + length))
                    .as("cut at %d of %d, seed %d", length, whole.length, SEED)
                    .isTrue();
        }
    }

    private static byte[] whole() throws Exception {
        Generator generator = new Generator(SEED);
        byte[] whole = Envelope.encode(generator.message());
        while (whole.length > LONGEST) {
            whole = Envelope.encode(generator.message());
        }
        return whole;
    }

    private static boolean isRefused(byte[] damaged, String how) {
        try {
            Message message = Envelope.decode(damaged);
            assertThat(Envelope.encode(message)).isNotEmpty();
            return false;
        } catch (InputException e) {
            assertThat(e.getMessage()).isNotBlank();
            return true;
        } catch (RuntimeException | StackOverflowError e) {
            throw new AssertionError("%s, seed %d".formatted(how, SEED), e);
        }
    }
}

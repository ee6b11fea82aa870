package io.steward.agent.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaskTest {
    private static String inPieces(Mask mask, String text, Random random) {
        MaskedStream stream = new MaskedStream(mask);
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = 0;
        while (at < bytes.length) {
            int to = Math.min(bytes.length, at + 1 + random.nextInt(5));
            out.writeBytes(stream.next(Arrays.copyOfRange(bytes, at, to)));
            at = to;
        }
        out.writeBytes(stream.end());
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aValueIsHiddenHoweverItIsCutIntoPieces() {
        Random random = new Random(1);
        List<String> secrets = List.of("hunter2", "hunt", "ühn!er", "aaab");
        Mask mask = Mask.of(secrets);
        List<String> words =
                List.of("hunter2", "hunt", "hun", "er2", "ühn!er", "ü", "aaab", "aa", " ", "x\n");
        for (int round = 0; round < 5_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int i = random.nextInt(12); i >= 0; i--) {
                text.append(words.get(random.nextInt(words.size())));
            }
            String whole = mask.text(text.toString());
            assertThat(inPieces(mask, text.toString(), random))
                    .as(text.toString())
                    .isEqualTo(whole);
            secrets.forEach(secret -> assertThat(whole).as(text.toString()).doesNotContain(secret));
        }
    }

    @Test
    void theLongestOfSeveralIsHidden() {
        assertThat(Mask.of(List.of("hunt", "hunter2")).text("a hunter2, a hunter"))
                .isEqualTo("a ***, a ***er");
    }

    @Test
    void whatIsNoSecretIsLeftAsItIs() {
        assertThat(Mask.of(List.of("hunter2")).text("hun, unter2")).isEqualTo("hun, unter2");
        assertThat(Mask.NONE.text("hunter2")).isEqualTo("hunter2");
    }

    @Test
    void theBeginningOfAValueAtTheEndOfAStreamIsHidden() {
        assertThat(Mask.of(List.of("hunter2")).text("it is hunter")).isEqualTo("it is ***");
    }
}

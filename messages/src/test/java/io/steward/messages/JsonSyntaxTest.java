package io.steward.messages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class JsonSyntaxTest {
    private static final String SAMPLE =
            "[{\"a\": [1, -2.50e+3, true, false, null, \"x\\u00e9\\n\\\\\", {}], \"b\": {\"c\":"
                    + " []}}]\n"
                    + "{ }";
    private static final String PIECES = "{}[]\":,\\ \n\t01.-+eEtruefalsn/'#ux\u0001é";

    @Test
    void findsAProblemExactlyWhereTheParserFindsOne() throws IOException, InputException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int wrong = 0;
        for (int n = 0; n < 50_000; n++) {
            String text = mutated(random);
            JsonSyntax.Problem problem = JsonSyntax.find(Text.of(text.getBytes(UTF_8)));
            assertThat(problem == null).as("seed %d, text %s", seed, text).isEqualTo(parses(text));
            if (problem != null) {
                wrong++;
                assertThat(problem.offset()).isBetween(0, text.length());
                assertThat(problem.incomplete() && problem.offset() < text.length())
                        .as("seed %d, text %s", seed, text)
                        .isFalse();
            }
        }
        assertThat(wrong).isBetween(10_000, 50_000);
    }

    @Test
    void everyCutSampleIsIncomplete() throws InputException {
        int end = SAMPLE.indexOf('\n');
        for (int cut = 1; cut < end; cut++) {
            JsonSyntax.Problem problem =
                    JsonSyntax.find(Text.of(SAMPLE.substring(0, cut).getBytes(UTF_8)));
            assertThat(problem).as("cut at %d", cut).isNotNull();
            assertThat(problem.incomplete()).as("cut at %d", cut).isTrue();
        }
    }

    private static String mutated(Random random) {
        StringBuilder text = new StringBuilder(SAMPLE);
        for (int changes = random.nextInt(3); changes >= 0; changes--) {
            if (text.isEmpty()) {
                break;
            }
            int at = random.nextInt(text.length());
            char piece = PIECES.charAt(random.nextInt(PIECES.length()));
            switch (random.nextInt(4)) {
                case 0 -> text.insert(at, piece);
                case 1 -> text.setCharAt(at, piece);
                case 2 -> text.deleteCharAt(at);
                default -> text.setLength(at + 1);
            }
        }
        return text.toString();
    }

    private static boolean parses(String text) throws IOException {
        try (JsonParser parser = Parsers.JSON.createParser(text)) {
            for (JsonToken token; (token = parser.nextToken()) != null; ) {
                if (token.isScalarValue() && parser.getParsingContext().inRoot()) {
                    return false;
                }
                parser.getText();
            }
            return true;
        } catch (com.fasterxml.jackson.core.JacksonException e) {
            return false;
        }
    }
}

package io.steward.messages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class BadInputTest {

    static List<Corpus.Case> inputs() throws IOException {
        return Corpus.read("bad-input.txt");
    }

    static List<Corpus.Case> envelopes() throws IOException {
        return Corpus.read("bad-envelopes.txt");
    }

    @ParameterizedTest
    @MethodSource("inputs")
    void badInputIsRefusedWithPlaceFieldAndReason(Corpus.Case bad) {
        InputDecoder.Format format =
                InputDecoder.Format.valueOf(bad.kind().toUpperCase(Locale.ROOT));

        InputException error =
                catchThrowableOfType(
                        InputException.class, () -> InputDecoder.decode(bad.input(), format));

        assertThat(words(error)).isEqualTo(bad.expected());
    }

    @ParameterizedTest
    @MethodSource("envelopes")
    void badEnvelopesAreRefusedWithPlaceFieldAndReason(Corpus.Case bad) {
        InputException error =
                catchThrowableOfType(InputException.class, () -> Envelope.decode(bad.input()));

        assertThat(words(error)).isEqualTo(bad.expected());
    }

    @Test
    void noErrorSpeaksOfTheParserBehindIt() throws IOException {
        assertThat(inputs()).hasSizeGreaterThan(200);
        for (List<Corpus.Case> corpus : List.of(inputs(), envelopes())) {
            assertThat(corpus)
                    .extracting(Corpus.Case::expected)
                    .noneMatch(words -> words.contains("REDACTED") || words.contains("fasterxml"))
                    .noneMatch(words -> words.contains("code 0x") || words.contains("JsonToken"));
        }
    }

    private static String words(InputException error) {
        assertThat(error).as("the input was taken").isNotNull();
        return (error.isIncomplete() ? "(incomplete) " : "") + error.getMessage();
    }
}

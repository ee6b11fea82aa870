package io.steward.messages;

import io.steward.fuzz.Finding;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Any bytes that somebody saves as inmsg.txt, as JSON and as YAML: refused with words, or requests
/// whose messages arrive as they were written.
public final class InputFuzz {
    private static final Instant NOW = Instant.parse("2026-11-20T18:00:00.123Z");
    private static final NodeName FROM = new NodeName("central");

    /// YAML takes some characters for line breaks that JSON has inside strings.
    private static final String BREAKS = "\u0085\u2028\u2029";

    private InputFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) throws InputException {
        List<MessageRequest> json = decoded(input, InputDecoder.Format.JSON);
        List<MessageRequest> yaml = decoded(input, InputDecoder.Format.YAML);
        if (json != null && yaml != null && !hasBreaks(input)) {
            Finding.unlessSame("JSON read as YAML", yaml, json);
        }
        if (json != null) {
            isIncompleteWhereCutOff(input);
            json.forEach(InputFuzz::arrives);
        } else if (yaml != null) {
            yaml.forEach(InputFuzz::arrives);
        }
    }

    private static @Nullable List<MessageRequest> decoded(
            byte[] input, InputDecoder.Format format) {
        try {
            return InputDecoder.decode(input, format);
        } catch (InputException e) {
            Finding.unlessReadable(e.getMessage());
            if (e.line() < 0 || e.column() < 0) {
                throw new Finding("a place before the start", e);
            }
            return null;
        }
    }

    private static boolean hasBreaks(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        return text.chars().anyMatch(c -> BREAKS.indexOf(c) >= 0);
    }

    /// A file that is still being written is not refused for what is only not there yet.
    private static void isIncompleteWhereCutOff(byte[] input) {
        int cut = input.length == 0 ? 0 : Math.floorMod(Arrays.hashCode(input), input.length);
        try {
            InputDecoder.decode(Arrays.copyOf(input, cut), InputDecoder.Format.JSON);
        } catch (InputException e) {
            if (!e.isIncomplete()) {
                throw new Finding("refused when cut off at byte " + cut, e);
            }
        }
    }

    private static void arrives(MessageRequest request) {
        List<Message> messages;
        try {
            messages = request.messages(FROM, "d", new MessageIds(() -> NOW)::next, NOW);
        } catch (IllegalArgumentException e) {
            if (!String.valueOf(e.getMessage()).startsWith("expires: ")) {
                throw new Finding("a request that was taken makes no messages", e);
            }
            return;
        }
        Finding.unlessSame("messages", messages.size(), request.toNodes().size());
        Message message = messages.getFirst();
        byte[] encoded = Envelope.encode(message);
        if (encoded.length > Limits.MAX_MESSAGE_BYTES) {
            throw new Finding("a message of %d bytes was taken".formatted(encoded.length));
        }
        try {
            Finding.unlessSame("what arrives", Envelope.decode(encoded), message);
        } catch (InputException e) {
            throw new Finding("what was taken is refused where it arrives", e);
        }
    }
}

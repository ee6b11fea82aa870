package io.steward.agent.intake;

import io.steward.messages.InputDecoder.Format;
import io.steward.messages.InputException;
import io.steward.messages.Limits;
import io.steward.messages.MessageRequest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/// What stands in a file, judged.
sealed interface Input {
    /// Nothing but white space.
    record Blank() implements Input {}

    record Good(List<MessageRequest> requests) implements Input {}

    /// @param reason for a person
    /// @param incomplete whether more behind it could make it right
    record Bad(String reason, boolean incomplete) implements Input {}

    /// [InputDecoder#decode], or a test's.
    @FunctionalInterface
    interface Decoder {
        List<MessageRequest> decode(byte[] input, Format format) throws InputException;
    }

    /// Reads all of a file and judges it; does not follow a symbolic link.
    static Input read(Path file, Format format, Decoder decoder) throws IOException {
        byte[] bytes;
        try (InputStream in =
                Files.newInputStream(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            bytes = in.readNBytes(Limits.MAX_INPUT_BYTES + 1);
        }
        if (bytes.length > Limits.MAX_INPUT_BYTES) {
            return new Bad(
                    "it is larger than %d MiB, the most that is taken at once"
                            .formatted(Limits.MAX_INPUT_BYTES >> 20),
                    false);
        }
        try {
            List<MessageRequest> requests = decoder.decode(bytes, format);
            return requests.isEmpty() ? new Blank() : new Good(requests);
        } catch (InputException e) {
            return new Bad(String.valueOf(e.getMessage()), e.isIncomplete());
        }
    }

    /// YAML for names that end in .yaml or .yml, else JSON.
    static Format formatOf(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        return name.endsWith(".yaml") || name.endsWith(".yml") ? Format.YAML : Format.JSON;
    }
}

package io.steward.messages;

import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.List;

/// Reads what people write: JSON objects and arrays one after another, or YAML. Strict: an unknown,
/// missing, duplicate or wrongly typed field makes the whole input an error with its line and
/// column. Thread-safe.
public final class InputDecoder {
    /// How an input is written.
    public enum Format {
        /// RFC 8259, in UTF-8.
        JSON,
        /// YAML 1.1 without anchors, aliases and tags, one or several documents.
        YAML
    }

    private final ValueReader in;
    private final List<MessageRequest> requests = new ArrayList<>();
    private int messages;

    private InputDecoder(ValueReader in) {
        this.in = in;
    }

    /// Decodes all of one input, or nothing of it. Neither reads `input` later nor changes it.
    ///
    /// @return the requests in the order in which they stand; empty for an input of nothing but
    ///   white space
    /// @throws InputException for the first thing that is wrong; incomplete if it is only that the
    ///   input ends too early. YAML cut off at the end of a line can look complete
    public static List<MessageRequest> decode(byte[] input, Format format) throws InputException {
        if (input.length > Limits.MAX_INPUT_BYTES) {
            throw new InputException(
                    0,
                    0,
                    null,
                    "the input has %d bytes, at most %d are allowed: split it"
                            .formatted(input.length, Limits.MAX_INPUT_BYTES),
                    false);
        }
        Text text = Text.of(input);
        text.refuseNulAndBom();
        if (format == Format.YAML) {
            text.refuseLongLines();
        }
        try (ValueReader in =
                switch (format) {
                    case JSON -> Parsers.json(text, true);
                    case YAML -> Parsers.yaml(text);
                }) {
            return new InputDecoder(in).decode();
        }
    }

    private List<MessageRequest> decode() throws InputException {
        while (in.next() != null) {
            if (in.token() == JsonToken.START_OBJECT) {
                request();
            } else if (in.token() == JsonToken.START_ARRAY) {
                in.list("a list of objects", Limits.MAX_MESSAGES, this::request);
            } else if (!(in instanceof YamlReader yaml && yaml.isEmptyDocument())) {
                throw in.wrongType("an object or a list of objects");
            }
        }
        return List.copyOf(requests);
    }

    private MessageRequest request() throws InputException {
        MessageRequest request = RequestReader.read(in, Limits.MAX_MESSAGES - messages);
        messages += request.toNodes().size();
        requests.add(request);
        return request;
    }
}

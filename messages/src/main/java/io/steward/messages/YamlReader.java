package io.steward.messages;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.reader.ReaderException;

/// The same for YAML: no anchors, aliases and tags that could make objects or grow. A plain `yes`
/// or `5` is no string.
final class YamlReader extends ValueReader {
    private static final String YAML_TAG = "tag:yaml.org,2002:";

    private final Text text;

    /// @param text counting code points
    YamlReader(JsonParser parser, Text text) {
        super(parser, text, true);
        this.text = text;
    }

    @Override
    JsonToken checked(JsonToken token) throws InputException {
        try {
            if (parser() instanceof YAMLParser yaml && yaml.isCurrentAlias()) {
                throw error("an alias (*name) is not allowed: write the value out");
            }
            if (parser().getObjectId() != null) {
                throw error("an anchor (&name) is not allowed: write the value out");
            }
            Object tag = parser().getTypeId();
            if (tag != null) {
                throw error(
                        "a tag (%s) is not allowed: quote what is a string"
                                .formatted(Token.shorten(shortTag(tag.toString()))));
            }
        } catch (IOException e) {
            throw syntaxError(e);
        }
        boolean nothing = token == JsonToken.VALUE_STRING && words().isEmpty() && isPlain();
        return nothing ? JsonToken.VALUE_NULL : token;
    }

    private static String shortTag(String tag) {
        return tag.startsWith(YAML_TAG)
                ? "!!" + tag.substring(YAML_TAG.length())
                : tag.startsWith("!") ? tag : "!" + tag;
    }

    private boolean isPlain() {
        return "'\"|>".indexOf(text.charAt(offset())) < 0;
    }

    /// Whether a document has nothing in it, as behind a last `---`.
    boolean isEmptyDocument() throws InputException {
        return token() == JsonToken.VALUE_NULL && words().isEmpty();
    }

    /// A plain word goes on as long as the line does; and what is not there yet may come.
    @Override
    boolean isOpen() {
        JsonToken token = token();
        if (token == null || token.isStructStart() || token.isStructEnd()) {
            return false;
        }
        return isPlain() && (text.isInOpenLine(offset()) || text.isBlankFrom(offset()));
    }

    @Override
    boolean endedByInput() {
        return text.isBlankFrom(offset());
    }

    @Override
    InputException syntaxError(IOException e) {
        if (e.getCause() instanceof MarkedYAMLException cause) {
            Mark mark = cause.getProblemMark();
            int offset = mark == null ? 0 : mark.getIndex();
            return text.error(
                    offset, "this is not YAML: " + plain(cause), text.isBlankFrom(offset));
        }
        if (e.getCause() instanceof ReaderException cause) {
            return text.error(
                    cause.getPosition(),
                    "%s is not allowed in YAML".formatted(Token.name(cause.getCodePoint())),
                    false);
        }
        return text.error(
                (int) parser().currentLocation().getCharOffset(),
                "this is not YAML: expected a field name, and behind it ':' and the value",
                false);
    }

    /// The YAML parser's words without its own names for tokens.
    private static String plain(MarkedYAMLException e) {
        String problem = String.valueOf(e.getProblem());
        if (problem.contains("(TAB)")) {
            return "a tab cannot stand here, indent with spaces";
        }
        int advice = problem.indexOf(". (Do not use");
        return (advice < 0 ? problem : problem.substring(0, advice))
                        .replace("but got ", "but found ")
                        .replaceAll("'?<stream end>'?", "the end of the input")
                        .replaceAll("'?<block end>'?", "the end of the block")
                        .replaceAll("'?<document start>'?", "'---'")
                        .replace("end of stream", "end of the input")
                        .replace("scalar", "value")
                + (e.getContext() == null ? "" : " " + e.getContext().replace("scalar", "value"));
    }
}

package io.steward.messages;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Steps through the tokens of an input and knows at each of them the place and the path of the
/// field; makes the errors that say so.
class TokenReader implements AutoCloseable {

    private final JsonParser parser;
    private final @Nullable Text text;
    private final StringBuilder path = new StringBuilder();
    private @Nullable JsonToken token;

    /// @param text what `parser` reads; null if it goes through a tree and places are not known
    TokenReader(JsonParser parser, @Nullable Text text) {
        this.parser = parser;
        this.text = text;
    }

    /// Goes to the next token; null at the end.
    final @Nullable JsonToken next() throws InputException {
        try {
            token = parser.nextToken();
        } catch (IOException e) {
            throw syntaxError(e);
        }
        if (token != null) {
            if (token.isStructStart()
                    && parser.getParsingContext().getNestingDepth() > Limits.MAX_DEPTH) {
                throw error("nested deeper than %d levels".formatted(Limits.MAX_DEPTH));
            }
            token = checked(token);
        }
        return token;
    }

    final JsonParser parser() {
        return parser;
    }

    /// The token the reader is at; null before the first and behind the last.
    final @Nullable JsonToken token() {
        return token;
    }

    /// For what a format has that is not allowed here, or has another name.
    JsonToken checked(JsonToken token) throws InputException {
        return token;
    }

    /// Whether more input could make the token right which the reader is at.
    boolean isOpen() {
        return false;
    }

    /// What the parser could not read, in plain words.
    InputException syntaxError(IOException e) {
        JsonSyntax.Problem problem = text == null ? null : JsonSyntax.find(text);
        if (text == null || problem == null) {
            return error(
                    (int) parser.currentLocation().getCharOffset(), null, "cannot be read as JSON");
        }
        String words =
                problem.incomplete()
                        ? "the input ends inside the %s that begins at %s"
                                .formatted(problem.words(), text.place(problem.opened()))
                        : problem.words();
        return text.error(problem.offset(), words, problem.incomplete());
    }

    /// Where the token stands which the reader is at; -1 if that is not known.
    final int offset() {
        return text == null ? -1 : (int) parser.currentTokenLocation().getCharOffset();
    }

    final Text.Place place(int offset) {
        return text == null || offset < 0 ? new Text.Place(0, 0) : text.place(offset);
    }

    /// The path of the value the reader is in; null outside of every list and field.
    final @Nullable String path() {
        return path.isEmpty() ? null : path.toString();
    }

    /// Goes into a field or an item.
    ///
    /// @return what to give to [#leave]
    final int enter(String name) {
        int outside = path.length();
        path.append(!name.startsWith("[") && outside > 0 ? "." : "").append(name);
        return outside;
    }

    final void leave(int outside) {
        path.setLength(outside);
    }

    final InputException error(String problem) {
        return error(offset(), path(), problem, isOpen());
    }

    final InputException error(int offset, @Nullable String field, String problem) {
        return error(offset, field, problem, false);
    }

    final InputException error(
            int offset, @Nullable String field, String problem, boolean incomplete) {
        Text.Place place = place(offset);
        return new InputException(place.line(), place.column(), field, problem, incomplete);
    }

    final InputException wrongType(String expected) throws InputException {
        return error("expected %s, found %s".formatted(expected, found()));
    }

    /// The token in words.
    final String found() throws InputException {
        return switch (token) {
            case null -> "the end of the input";
            case START_OBJECT -> "an object";
            case START_ARRAY -> "a list";
            case VALUE_STRING -> "the string \"" + Token.shorten(words()) + "\"";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> "the number " + Token.shorten(words());
            case VALUE_TRUE, VALUE_FALSE -> Token.shorten(words());
            case VALUE_NULL -> "null";
            case END_ARRAY, END_OBJECT, FIELD_NAME, NOT_AVAILABLE, VALUE_EMBEDDED_OBJECT ->
                    "something else";
        };
    }

    /// The name of the field the reader is at.
    final String name() throws InputException {
        try {
            return parser.currentName();
        } catch (IOException e) {
            throw syntaxError(e);
        }
    }

    /// The words of a scalar as they stand in the input.
    final String words() throws InputException {
        try {
            String words = parser.getText();
            return words == null ? "" : words;
        } catch (IOException e) {
            throw syntaxError(e);
        }
    }

    /// @param start where the object starts that lacks the field
    final InputException missing(int start, String field, String expected) {
        int outside = enter(field);
        InputException error =
                error(start, path(), "is missing: expected " + expected, endedByInput());
        leave(outside);
        return error;
    }

    /// What is wrong with a field, once the object that has it is read.
    ///
    /// @param given where each field stands
    final InputException wrongField(Map<String, Integer> given, String field, String problem) {
        int outside = enter(field);
        InputException error = error(given.getOrDefault(field, -1), path(), problem);
        leave(outside);
        return error;
    }

    /// Whether it was only the end of the input that ended the object the reader comes from.
    boolean endedByInput() {
        return false;
    }

    /// @param problem null if all is well
    final void require(@Nullable String problem) throws InputException {
        if (problem != null) {
            throw error(problem);
        }
    }

    /// Passes over a value with all in it.
    final void skip() throws InputException {
        int depth = 0;
        do {
            if (token != null && token.isStructStart()) {
                depth++;
            } else if (token != null && token.isStructEnd()) {
                depth--;
            }
            if (depth > 0) {
                next();
            }
        } while (depth > 0);
    }

    @Override
    public void close() {
        try {
            parser.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException("a parser of a text in memory", e);
        }
    }
}

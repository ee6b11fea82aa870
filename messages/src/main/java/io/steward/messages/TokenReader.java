package io.steward.messages;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Steps through the tokens of an input and knows at each of them the place and the path of the
/// field. Every method that takes a value leaves the reader at that value's last token.
///
/// Strict, for what people write: unknown fields, nulls and NULs are errors. Lenient, for the wire:
/// unknown fields are passed over.
class TokenReader implements AutoCloseable {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?(?:0|[1-9]\\d*)");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final JsonParser parser;
    private final @Nullable Text text;
    private final boolean strict;
    private final StringBuilder path = new StringBuilder();
    private @Nullable JsonToken token;

    /// @param text what `parser` reads; null if it goes through a tree and places are not known
    TokenReader(JsonParser parser, @Nullable Text text, boolean strict) {
        this.parser = parser;
        this.text = text;
        this.strict = strict;
    }

    /// Reads one field's value.
    @FunctionalInterface
    interface Field {
        void read(String name) throws InputException;
    }

    /// Reads one item of a list.
    @FunctionalInterface
    interface Item<T> {
        T read() throws InputException;
    }

    /// Reads one value out of its words.
    @FunctionalInterface
    interface Words<T> {
        /// @throws IllegalArgumentException saying why it is none
        T of(String words);
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

    private String name() throws InputException {
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

    /// Reads an object's fields.
    ///
    /// @return where each field stands that was given
    final Map<String, Integer> object(List<String> known, Field field) throws InputException {
        if (token != JsonToken.START_OBJECT) {
            throw wrongType("an object");
        }
        Map<String, Integer> given = new HashMap<>();
        while (next() == JsonToken.FIELD_NAME) {
            String name = name();
            int at = offset();
            if (!known.contains(name)) {
                if (strict) {
                    throw error(at, path(), Names.unknown(name, known), isOpen());
                }
                next();
                skip();
                continue;
            }
            int outside = enter(name);
            Integer first = given.put(name, at);
            if (first != null) {
                throw error(
                        at,
                        path(),
                        "is given twice"
                                + (text == null ? "" : ", the first time at " + place(first)));
            }
            next();
            field.read(name);
            leave(outside);
        }
        return given;
    }

    /// @param start where the object starts that lacks the field
    final InputException missing(int start, String field, String expected) {
        int outside = enter(field);
        InputException error =
                error(start, path(), "is missing: expected " + expected, endedByInput());
        leave(outside);
        return error;
    }

    /// Whether it was only the end of the input that ended the object the reader comes from.
    boolean endedByInput() {
        return false;
    }

    final <T> List<T> list(String expected, int most, Item<T> item) throws InputException {
        if (token != JsonToken.START_ARRAY) {
            throw wrongType(expected);
        }
        List<T> items = new ArrayList<>();
        while (next() != JsonToken.END_ARRAY) {
            int outside = enter("[" + items.size() + "]");
            if (items.size() == most) {
                throw error("too many items, at most %d are allowed".formatted(most));
            }
            items.add(item.read());
            leave(outside);
        }
        return items;
    }

    /// The strings of a map, at most as many as there may be labels.
    final Map<String, String> labels() throws InputException {
        if (token != JsonToken.START_OBJECT) {
            throw wrongType("an object of strings");
        }
        Map<String, String> labels = new HashMap<>();
        while (next() == JsonToken.FIELD_NAME) {
            String key = name();
            require(Limits.labelKeyProblem(key));
            checkCharacters(key);
            int outside =
                    enter(
                            PLAIN_NAME.matcher(key).matches()
                                    ? key
                                    : "[\"" + Token.shorten(key) + "\"]");
            if (labels.containsKey(key)) {
                throw error("is given twice");
            }
            if (labels.size() == Limits.MAX_LABELS) {
                throw error("too many labels, at most %d are allowed".formatted(Limits.MAX_LABELS));
            }
            next();
            String value = string();
            require(Limits.labelValueProblem(value));
            labels.put(key, value);
            leave(outside);
        }
        return labels;
    }

    /// Whether the value is a null that stands for a field left out.
    final boolean isAbsent() {
        return !strict && token == JsonToken.VALUE_NULL;
    }

    final String string() throws InputException {
        if (token != JsonToken.VALUE_STRING) {
            String hint =
                    token != null && token.isScalarValue() && token != JsonToken.VALUE_NULL
                            ? "; quote it: \"%s\"".formatted(Token.shorten(words()))
                            : "";
            throw error("expected a string, found %s%s".formatted(found(), hint));
        }
        String words = words();
        checkCharacters(words);
        return words;
    }

    private void checkCharacters(String words) throws InputException {
        int half = Token.unpairedSurrogate(words);
        if (half >= 0) {
            throw error(
                    "half a surrogate pair (U+%04X) at character %d: it cannot be written in UTF-8"
                            .formatted(
                                    (int) words.charAt(half), words.codePointCount(0, half) + 1));
        }
        int nul = strict ? words.indexOf(0) : -1;
        if (nul >= 0) {
            throw error(
                    "a NUL character (U+0000) at character %d: no argument can have one"
                            .formatted(words.codePointCount(0, nul) + 1));
        }
    }

    /// A value made from a string.
    final <T> T value(Words<T> words) throws InputException {
        return made(string(), words);
    }

    final <T> T made(String string, Words<T> words) throws InputException {
        try {
            return words.of(string);
        } catch (IllegalArgumentException e) {
            throw error(String.valueOf(e.getMessage()));
        }
    }

    /// A token of a subject.
    final String token(String what) throws InputException {
        return value(words -> Token.require(what, words));
    }

    final boolean bool() throws InputException {
        return switch (token) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> throw wrongType("true or false");
        };
    }

    final long number(long least, long most) throws InputException {
        String expected = "a whole number from %d to %d".formatted(least, most);
        if (token != JsonToken.VALUE_NUMBER_INT || !WHOLE_NUMBER.matcher(words()).matches()) {
            throw wrongType(expected);
        }
        String words = words();
        try {
            long number = Long.parseLong(words);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // It is out of every range.
        }
        throw error("%s is out of range, expected %s".formatted(Token.shorten(words), expected));
    }

    final int integer(int least, int most) throws InputException {
        return (int) number(least, most);
    }

    /// Whether the value is a string or a number.
    final boolean isStringOrNumber() {
        return token != null && (token == JsonToken.VALUE_STRING || token.isNumeric());
    }

    /// A string or a number, as it is written.
    final String stringOrNumber(String expected) throws InputException {
        if (!isStringOrNumber()) {
            throw wrongType(expected);
        }
        return words();
    }

    /// @param problem null if all is well
    final void require(@Nullable String problem) throws InputException {
        if (problem != null) {
            throw error(problem);
        }
    }

    private void skip() throws InputException {
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

package io.steward.messages;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Takes values out of an input. Every method that takes one leaves the reader at its last token.
///
/// Strict, for what people write: unknown fields, nulls and NULs are errors. Lenient, for the wire:
/// unknown fields are passed over.
class ValueReader extends TokenReader {
    private static final Pattern WHOLE_NUMBER = Pattern.compile("-?(?:0|[1-9]\\d*)");
    private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    private final boolean strict;

    /// @param text what `parser` reads; null if it goes through a tree and places are not known
    ValueReader(JsonParser parser, @Nullable Text text, boolean strict) {
        super(parser, text);
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

    /// Reads an object's fields.
    ///
    /// @return where each field stands that was given
    final Map<String, Integer> object(List<String> known, Field field) throws InputException {
        if (token() != JsonToken.START_OBJECT) {
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
                                + (first < 0 ? "" : ", the first time at " + place(first)));
            }
            next();
            field.read(name);
            leave(outside);
        }
        return given;
    }

    final <T> List<T> list(String expected, int most, Item<T> item) throws InputException {
        if (token() != JsonToken.START_ARRAY) {
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
        if (token() != JsonToken.START_OBJECT) {
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
        return !strict && token() == JsonToken.VALUE_NULL;
    }

    final String string() throws InputException {
        if (token() != JsonToken.VALUE_STRING) {
            JsonToken token = token();
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
    final String subjectToken(String what) throws InputException {
        return value(words -> Token.require(what, words));
    }

    final boolean bool() throws InputException {
        return switch (token()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> throw wrongType("true or false");
        };
    }

    final long number(long least, long most) throws InputException {
        String expected = "a whole number from %d to %d".formatted(least, most);
        if (token() != JsonToken.VALUE_NUMBER_INT || !WHOLE_NUMBER.matcher(words()).matches()) {
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
        JsonToken token = token();
        return token == JsonToken.VALUE_STRING || (token != null && token.isNumeric());
    }

    /// A string or a number, as it is written.
    final String stringOrNumber(String expected) throws InputException {
        if (!isStringOrNumber()) {
            throw wrongType(expected);
        }
        return words();
    }
}

package io.steward.messages;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// The characters of an input, and at which line and column each of them stands. A line ends with
/// LF, CR or CR LF; a column counts characters (code points). Not thread-safe: it remembers where
/// it was asked for last, so that asking for places in rising order is cheap.
final class Text {
    private static final char BOM = '\uFEFF';

    private final char[] chars;
    private final int length;
    private final boolean countsCodePoints;
    private int at;
    private int index;
    private int line = 1;
    private int column = 1;

    private Text(char[] chars, int length, boolean countsCodePoints) {
        this.chars = chars;
        this.length = length;
        this.countsCodePoints = countsCodePoints;
    }

    /// A place in a text, both from 1.
    record Place(int line, int column) {
        @Override
        public String toString() {
            return "line " + line + ", column " + column;
        }
    }

    /// Decodes UTF-8 strictly; a byte order mark at the very start is skipped.
    ///
    /// @throws InputException at the first byte that is not UTF-8
    static Text of(byte[] bytes) throws InputException {
        refuseUtf16(bytes);
        int start = startsWith(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0;
        ByteBuffer in = ByteBuffer.wrap(bytes, start, bytes.length - start);
        CharBuffer out = CharBuffer.allocate(bytes.length - start);
        CharsetDecoder decoder =
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT);
        CoderResult result = decoder.decode(in, out, false);
        Text text = new Text(out.array(), out.position(), false);
        if (result.isError()) {
            throw text.error(
                    text.length,
                    "the byte 0x%02X is not UTF-8: expected a text in UTF-8"
                            .formatted(in.get(in.position())),
                    false);
        }
        if (in.hasRemaining()) {
            throw text.error(text.length, "the input ends in the middle of a character", true);
        }
        return text;
    }

    private static void refuseUtf16(byte[] bytes) throws InputException {
        String found =
                startsWith(bytes, 0xFF, 0xFE, 0, 0) || startsWith(bytes, 0, 0, 0xFE, 0xFF)
                        ? "UTF-32"
                        : startsWith(bytes, 0xFF, 0xFE) || startsWith(bytes, 0xFE, 0xFF)
                                ? "UTF-16"
                                : "";
        if (!found.isEmpty()) {
            throw new InputException(
                    1, 1, null, "this is a text in " + found + ": save it as UTF-8", false);
        }
    }

    private static boolean startsWith(byte[] bytes, int... start) {
        if (bytes.length < start.length) {
            return false;
        }
        for (int i = 0; i < start.length; i++) {
            if ((bytes[i] & 0xFF) != start[i]) {
                return false;
            }
        }
        return true;
    }

    /// @throws InputException for a NUL, and for a byte order mark behind the start
    void refuseNulAndBom() throws InputException {
        for (int i = 0; i < length; i++) {
            if (chars[i] == 0) {
                throw error(i, "a NUL character: expected a text in UTF-8", false);
            }
            if (chars[i] == BOM) {
                throw error(
                        i,
                        "a byte order mark (U+FEFF) in the middle: it may only stand at the very"
                                + " start; remove it",
                        false);
            }
        }
    }

    /// For a parser whose time grows with the square of a line's length.
    ///
    /// @throws InputException for a line of more characters than a message may have bytes
    void refuseLongLines() throws InputException {
        int begin = 0;
        for (int i = 0; i < length; i++) {
            if (chars[i] == '\n' || chars[i] == '\r') {
                begin = i + 1;
            } else if (i - begin >= Limits.MAX_MESSAGE_BYTES) {
                throw error(
                        i,
                        "the line is too long, at most %d characters are allowed"
                                .formatted(Limits.MAX_MESSAGE_BYTES),
                        false);
            }
        }
    }

    /// The same text with offsets that count characters (code points), as YAML's parser does,
    /// instead of Java's `char`.
    Text countingCodePoints() {
        return new Text(chars, length, true);
    }

    char[] chars() {
        return chars;
    }

    /// How many `char` there are in [#chars].
    int length() {
        return length;
    }

    /// The character at `offset`; 0 at the end.
    char charAt(int offset) {
        move(offset);
        return at < length ? chars[at] : 0;
    }

    /// Whether nothing but white space stands at `offset` and behind it.
    boolean isBlankFrom(int offset) {
        move(offset);
        for (int i = at; i < length; i++) {
            if (!Character.isWhitespace(chars[i])) {
                return false;
            }
        }
        return true;
    }

    /// Whether `offset` is in a last line that no line break ends.
    boolean isInOpenLine(int offset) {
        move(offset);
        for (int i = at; i < length; i++) {
            if (chars[i] == '\n' || chars[i] == '\r') {
                return false;
            }
        }
        return true;
    }

    /// Where `offset` stands; an offset behind the end is the end.
    Place place(int offset) {
        move(offset);
        return new Place(line, column);
    }

    private void move(int offset) {
        if (offset < (countsCodePoints ? index : at)) {
            at = 0;
            index = 0;
            line = 1;
            column = 1;
        }
        while (at < length && (countsCodePoints ? index : at) < offset) {
            char c = chars[at++];
            index++;
            if (c == '\n' || (c == '\r' && (at == length || chars[at] != '\n'))) {
                line++;
                column = 1;
            } else {
                column++;
                if (Character.isHighSurrogate(c)
                        && at < length
                        && Character.isLowSurrogate(chars[at])) {
                    at++;
                }
            }
        }
    }

    InputException error(int offset, String problem, boolean incomplete) {
        Place place = place(offset);
        return new InputException(place.line(), place.column(), null, problem, incomplete);
    }
}

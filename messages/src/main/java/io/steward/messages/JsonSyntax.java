package io.steward.messages;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Finds the first place at which a text is not JSON (RFC 8259), and says in plain words what is
/// wrong there. It reads what the parser refused a second time, because the parser's own messages
/// are for programmers and their places off by some characters. Takes objects and arrays one after
/// another, as an input has them.
final class JsonSyntax {
    private static final String VALUE =
            "a string in double quotes, a number, true, false, null, '{' or '['";
    private static final Set<String> WORDS = Set.of("true", "false", "null");

    private final char[] text;
    private final int length;
    private final Deque<Integer> open = new ArrayDeque<>();
    private int at;

    private JsonSyntax(Text text) {
        this.text = text.chars();
        this.length = text.length();
    }

    /// What is wrong.
    ///
    /// @param offset where, in `char`
    /// @param opened where the object, array or string began that the end of the input cut off; -1
    ///   for every other problem
    record Problem(int offset, String words, int opened) {
        boolean incomplete() {
            return opened >= 0;
        }
    }

    /// The first problem; null if there is none.
    static @Nullable Problem find(Text text) {
        JsonSyntax syntax = new JsonSyntax(text);
        try {
            syntax.values();
            return null;
        } catch (Found found) {
            return found.problem;
        }
    }

    private static final class Found extends Exception {
        private static final long serialVersionUID = 1L;
        private final transient Problem problem;

        Found(Problem problem) {
            super(problem.words(), null, false, false);
            this.problem = problem;
        }
    }

    private void values() throws Found {
        while (skipSpace()) {
            char c = text[at];
            if (c != '{' && c != '[') {
                throw wrong(commentOr("expected an object '{' or a list '['"));
            }
            value();
        }
    }

    /// One value with all in it. Without recursion, so that depth costs no stack.
    private void value() throws Found {
        do {
            while (opens()) {}
            while (!open.isEmpty() && closes()) {}
        } while (!open.isEmpty());
    }

    /// The start of a value: all of a scalar, or an opening bracket and the name behind it.
    ///
    /// @return whether a value has to follow
    private boolean opens() throws Found {
        need();
        char c = text[at];
        if (c == '{' || c == '[') {
            open.push(at++);
            need();
            if (text[at] == (c == '{' ? '}' : ']')) {
                return false;
            }
            if (c == '{') {
                name();
            }
            return true;
        }
        if (c == '"') {
            string();
        } else if (c == '-' || isDigit(c)) {
            number();
        } else {
            word();
        }
        return false;
    }

    /// After a value: a closing bracket, or a comma and the next name.
    ///
    /// @return whether a bracket was closed
    private boolean closes() throws Found {
        need();
        boolean object = text[open.getFirst()] == '{';
        char close = object ? '}' : ']';
        if (text[at] == close) {
            at++;
            open.pop();
            return true;
        }
        if (text[at] != ',') {
            throw wrong(commentOr("expected ',' or '" + close + "'"));
        }
        int comma = at++;
        need();
        if (text[at] == close) {
            at = comma;
            throw new Found(
                    new Problem(comma, "a comma before '" + close + "' is one too many", -1));
        }
        if (object) {
            name();
        }
        return false;
    }

    private void name() throws Found {
        if (text[at] != '"') {
            throw wrong(commentOr(quoteOr("expected a field name in double quotes")));
        }
        string();
        need();
        if (text[at] != ':') {
            throw wrong(commentOr("expected ':' after the field name"));
        }
        at++;
    }

    private void string() throws Found {
        int begin = at++;
        while (true) {
            if (at == length) {
                throw end(begin, "string");
            }
            char c = text[at];
            if (c == '"') {
                at++;
                return;
            }
            if (c < 0x20) {
                throw new Found(
                        new Problem(
                                at,
                                "%s inside a string: close the quotes, or write %s"
                                        .formatted(Token.name(c), escape(c)),
                                -1));
            }
            at++;
            if (c == '\\') {
                escaped(begin);
            }
        }
    }

    private static String escape(char c) {
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            default -> "\\u%04x".formatted((int) c);
        };
    }

    private void escaped(int begin) throws Found {
        if (at == length) {
            throw end(begin, "string");
        }
        char c = text[at++];
        if ("\"\\/bfnrt".indexOf(c) >= 0) {
            return;
        }
        int escape = at - 2;
        for (int i = 0; c == 'u' && i < 4; i++) {
            if (at == length) {
                throw end(begin, "string");
            }
            if (Character.digit(text[at], 16) < 0 || text[at] > 'f') {
                c = 0;
            }
            at++;
        }
        if (c != 'u') {
            throw new Found(
                    new Problem(
                            escape,
                            "no such escape in a string: expected \\\" \\\\ \\/ \\b \\f \\n"
                                    + " \\r"
                                    + " \\t or \\u with four hex digits",
                            -1));
        }
    }

    private void number() throws Found {
        int begin = at;
        if (text[at] == '-') {
            at++;
        }
        if (at < length && text[at] == '0') {
            at++;
            if (at < length && isDigit(text[at])) {
                at = begin;
                throw new Found(new Problem(at, "a number must not start with 0", -1));
            }
        } else {
            digits(begin);
        }
        if (at < length && text[at] == '.') {
            at++;
            digits(begin);
        }
        if (at < length && (text[at] == 'e' || text[at] == 'E')) {
            at++;
            if (at < length && (text[at] == '+' || text[at] == '-')) {
                at++;
            }
            digits(begin);
        }
        if (at == length) {
            throw end(begin, "number");
        }
    }

    private void digits(int begin) throws Found {
        if (at == length) {
            throw end(begin, "number");
        }
        if (!isDigit(text[at])) {
            throw wrong("expected a digit");
        }
        while (at < length && isDigit(text[at])) {
            at++;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private void word() throws Found {
        int begin = at;
        while (at < length && (Character.isLetterOrDigit(text[at]) || text[at] == '_')) {
            at++;
        }
        String word = new String(text, begin, at - begin);
        if (at == length && WORDS.stream().anyMatch(known -> known.startsWith(word))) {
            throw end(begin, "word");
        }
        if (WORDS.contains(word)) {
            return;
        }
        at = begin;
        if (word.isEmpty()) {
            throw wrong(commentOr(quoteOr("expected " + VALUE)));
        }
        throw new Found(
                new Problem(
                        begin,
                        "expected %s, found the word %s".formatted(VALUE, Token.shorten(word)),
                        -1));
    }

    /// Skips white space; there has to be something behind it.
    private void need() throws Found {
        if (!skipSpace()) {
            int begin = open.getFirst();
            throw end(begin, text[begin] == '{' ? "object" : "list");
        }
    }

    private boolean skipSpace() {
        while (at < length && " \t\r\n".indexOf(text[at]) >= 0) {
            at++;
        }
        return at < length;
    }

    private Found end(int begin, String what) {
        return new Found(new Problem(length, what, begin));
    }

    private Found wrong(String expected) {
        return new Found(
                new Problem(
                        at,
                        "%s, found %s"
                                .formatted(
                                        expected,
                                        Token.name(Character.codePointAt(text, at, length))),
                        -1));
    }

    private String commentOr(String expected) {
        return text[at] == '/' || text[at] == '#' ? "JSON has no comments: " + expected : expected;
    }

    private String quoteOr(String expected) {
        return text[at] == '\'' ? "JSON has no single quotes: " + expected : expected;
    }
}

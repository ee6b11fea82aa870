package io.steward.agent.target;

/// Takes an expression apart into tokens. Not thread-safe.
final class Lexer {
    private final Source source;
    private final String text;
    private int at;

    Lexer(Source source) {
        this.source = source;
        this.text = source.text();
    }

    /// Whether a word may have the character without being a glob or in quotes.
    static boolean isPlain(int c) {
        return Character.isLetterOrDigit(c) || "_-./+%".indexOf(c) >= 0;
    }

    static boolean isSpace(int c) {
        return Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /// The next token; the end again and again once it is reached.
    ///
    /// @throws TargetException for a character that begins none, and text that is not closed
    Token next() throws TargetException {
        while (at < text.length() && isSpace(text.charAt(at))) {
            at++;
        }
        int start = at;
        if (at == text.length()) {
            return new Token(Token.Kind.END, "", start, start);
        }
        int c = text.codePointAt(at);
        switch (c) {
            case '(':
                return token(Token.Kind.OPEN, "(", start, start + 1);
            case ')':
                return token(Token.Kind.CLOSE, ")", start, start + 1);
            case '=', ':':
                return token(Token.Kind.OPERATOR, "=", start, start + 1);
            case '<', '>':
                String sign = Character.toString(c);
                return text.startsWith("=", start + 1)
                        ? token(Token.Kind.OPERATOR, sign + "=", start, start + 2)
                        : token(Token.Kind.OPERATOR, sign, start, start + 1);
            case '!':
                if (text.startsWith("!=", start)) {
                    return token(Token.Kind.OPERATOR, "!=", start, start + 2);
                }
                throw unexpected(start);
            case '"':
                return quoted(start);
            case '@':
                return group(start);
            default:
                if (isPlain(c) || c == '*' || c == '?' || c == '[') {
                    return token(Token.Kind.WORD, "", start, endOfWord(start));
                }
                throw unexpected(start);
        }
    }

    private Token token(Token.Kind kind, String meant, int start, int end) {
        at = end;
        return new Token(
                kind, kind == Token.Kind.WORD ? text.substring(start, end) : meant, start, end);
    }

    private int endOfWord(int start) {
        boolean inBrackets = false;
        int end = start;
        while (end < text.length()) {
            int c = text.codePointAt(end);
            boolean belongs =
                    isPlain(c) || c == '*' || c == '?' || c == '[' || (inBrackets && c == '!');
            if (inBrackets && c == ']') {
                inBrackets = false;
            } else if (!belongs) {
                return end;
            } else {
                inBrackets |= c == '[';
            }
            end += Character.charCount(c);
        }
        return end;
    }

    private Token group(int start) throws TargetException {
        int end = start + 1;
        while (end < text.length() && Names.allows(text.charAt(end))) {
            end++;
        }
        if (end == start + 1 || end - start - 1 > Names.LONGEST) {
            throw source.error(
                    start,
                    Excerpt.quoted(text.substring(start, end)),
                    "@ and the name of a group, 1 to %d characters of %s"
                            .formatted(Names.LONGEST, Names.ALPHABET));
        }
        return token(Token.Kind.GROUP, text.substring(start + 1, end), start, end);
    }

    private Token quoted(int start) throws TargetException {
        StringBuilder meant = new StringBuilder();
        for (int i = start + 1; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (c == '"') {
                return token(Token.Kind.QUOTED, meant.toString(), start, i + 1);
            }
            if (c == '\\') {
                i++;
                c = i < text.length() ? text.charAt(i) : 0;
                if (c != '"' && c != '\\') {
                    throw source.error(
                            i - 1,
                            "a backslash in quotes",
                            "\\\" for a quote, \\\\ for a backslash");
                }
            }
            if (Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE) {
                throw source.error(i, Excerpt.character(c) + " in quotes", "no control characters");
            }
            meant.appendCodePoint(c);
            i += Character.charCount(c);
        }
        throw source.error(start, "a quote that is not closed", "another \" behind it");
    }

    private TargetException unexpected(int position) {
        int c = text.codePointAt(position);
        String expected =
                switch (c) {
                    case '!' -> "not before a condition, or != between key and value";
                    case '~' ->
                            "= with a glob, such as os.family=deb*; there are no regular"
                                    + " expressions";
                    case ',' -> "or between two conditions";
                    case '&' -> "and between two conditions";
                    case '|' -> "or between two conditions";
                    case '{', '}' -> "conditions with or between them; there are no lists in {}";
                    case ']' -> "[ before it";
                    case '\'',
                            '`',
                            '\u2018',
                            '\u2019',
                            '\u201C',
                            '\u201D',
                            '\u201E',
                            '\u00AB',
                            '\u00BB' ->
                            "double quotes, as in \"a b\"";
                    default -> "double quotes around text with this character";
                };
        return source.error(position, Excerpt.character(c), expected);
    }
}

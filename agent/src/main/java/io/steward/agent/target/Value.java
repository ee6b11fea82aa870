package io.steward.agent.target;

import java.util.Locale;
import java.util.Set;

/// What a key is compared with by `=`.
sealed interface Value permits Value.Literal, Glob {
    Set<String> KEYWORDS = Set.of("and", "or", "not");

    String text();

    boolean matches(String other);

    /// Appends it as it stands in an expression.
    void write(StringBuilder out);

    /// One text, character for character.
    record Literal(String text) implements Value {
        @Override
        public boolean matches(String other) {
            return text.equals(other);
        }

        @Override
        public void write(StringBuilder out) {
            if (!text.isEmpty() && text.codePoints().allMatch(Lexer::isPlain) && !isKeyword(text)) {
                out.append(text);
                return;
            }
            out.append('"');
            out.append(text.replace("\\", "\\\\").replace("\"", "\\\""));
            out.append('"');
        }
    }

    /// Whether it is one, or would be in lower case.
    static boolean isKeyword(String word) {
        return word.length() <= 3 && KEYWORDS.contains(word.toLowerCase(Locale.ROOT));
    }
}

package io.steward.agent.facts;

import java.util.regex.Pattern;

/// The rules of keys.
final class FactKey {
    private static final Pattern VALID = Pattern.compile("[a-z0-9_.-]{1," + Facts.MAX_KEY + "}");
    private static final Pattern TEXT =
            Pattern.compile(
                    "(os|host|machine)\\..*|arch|kernel|cpu\\.model|agent\\.(version|java|user)");

    private FactKey() {}

    static boolean isValid(String key) {
        return VALID.matcher(key).matches();
    }

    /// @throws IllegalArgumentException if it is not valid
    static String checked(String key) {
        if (!isValid(key)) {
            throw new IllegalArgumentException(
                    "the key of a fact is '"
                            + FactValue.cleaned(key)
                            + "'; expected 1 to "
                            + Facts.MAX_KEY
                            + " characters of a-z 0-9 _ . -");
        }
        return key;
    }

    /// Whether the value is text even if it looks like a number: version 24.10 is not 24.1.
    static boolean isText(String key) {
        return TEXT.matcher(key).matches();
    }
}

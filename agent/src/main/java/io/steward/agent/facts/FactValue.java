package io.steward.agent.facts;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The rules of values.
final class FactValue {
    private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,18}");
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,15}(\\.[0-9]{1,9})?");
    private static final Pattern CANONICAL =
            Pattern.compile("0|-?[1-9][0-9]{0,14}|-?(?:0|[1-9][0-9]{0,8})\\.[0-9]{0,5}[1-9]");

    private FactValue() {}

    /// One line of at most [Facts#MAX_VALUE] characters, no surrogate pair cut apart.
    static String cleaned(String value) {
        String cut = value;
        if (value.length() > Facts.MAX_VALUE) {
            int end = Facts.MAX_VALUE;
            cut =
                    value.substring(
                            0, Character.isHighSurrogate(value.charAt(end - 1)) ? end - 1 : end);
        }
        return CONTROL.matcher(cut).replaceAll(" ");
    }

    /// Null if it is not a whole number that is not negative.
    static @Nullable Long whole(@Nullable String text) {
        return text != null && WHOLE.matcher(text).matches() ? Long.valueOf(text) : null;
    }

    /// Null if it is not a number.
    static @Nullable Double number(String text) {
        return NUMBER.matcher(text).matches() ? Double.valueOf(text) : null;
    }

    /// Without exponent and without zeros at the end.
    static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }

    /// Whether it is a number that is still the same text after it was one.
    static boolean isCanonicalNumber(String text) {
        return CANONICAL.matcher(text).matches();
    }
}

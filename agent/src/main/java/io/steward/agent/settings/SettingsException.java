package io.steward.agent.settings;

/// The settings are not as they have to be. The message alone is fit for a person: it names the
/// file with line and column, or the variable, or the flag; the value; and what was expected.
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param message its control characters become U+FFFD: keys and values come from outside
    SettingsException(String message) {
        super(visible(message));
    }

    private static String visible(String message) {
        return message.codePoints()
                .map(c -> Character.isISOControl(c) ? 0xFFFD : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }
}

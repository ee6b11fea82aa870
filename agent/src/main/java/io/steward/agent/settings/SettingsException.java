package io.steward.agent.settings;

/// The settings are not as they have to be. The message alone is fit for a person: it names the
/// file with line and column, or the variable, or the flag; the value; and what was expected.
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    SettingsException(String message) {
        super(message);
    }
}

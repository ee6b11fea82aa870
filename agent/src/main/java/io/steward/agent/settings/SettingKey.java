package io.steward.agent.settings;

import org.jspecify.annotations.Nullable;

/// One setting: where it can be given, and what it may be. See [SettingKeys].
///
/// @param key its dotted key in steward.yaml, and in the map of flags
/// @param variable its environment variable
/// @param flag its flag of `up` and `agent`; null if it has none
/// @param fallback the default, written as a person would; null if it has none or is worked out
/// @param fallbackText the default in words, where it is worked out or depends on the mode; null to
///   show `fallback`
/// @param description one line
/// @param <T> the type of its value
public record SettingKey<T>(
        String key,
        String variable,
        @Nullable String flag,
        SettingType<T> type,
        @Nullable String fallback,
        @Nullable String fallbackText,
        String description) {

    /// The default as the reference page shows it.
    public String shownDefault() {
        if (fallbackText != null) {
            return fallbackText;
        }
        return fallback == null ? "none" : "`" + fallback + "`";
    }

    SettingKey<T> flag(String name) {
        return new SettingKey<>(key, variable, name, type, fallback, fallbackText, description);
    }

    SettingKey<T> shown(String text) {
        return new SettingKey<>(key, variable, flag, type, fallback, text, description);
    }
}

package io.steward.agent.settings;

import java.nio.file.Path;
import java.util.List;

/// What a setting may be.
///
/// @param expected what is expected, for errors and the reference page: `a whole number from 0 to
///   65535`
/// @param list whether it takes several values: a list in YAML, separated by commas elsewhere
public record SettingType<T>(String expected, boolean list, Parser<T> parser) {

    /// Makes a value of texts.
    @FunctionalInterface
    public interface Parser<T> {
        /// @param texts exactly one, unless it is a list
        /// @param base what relative paths are relative to
        /// @throws IllegalArgumentException if it is no such value; the message, if there is one,
        ///   says more than "expected ..."
        T parse(List<String> texts, Base base);
    }

    /// What paths are relative to.
    ///
    /// @param folder absolute
    /// @param home what `~` stands for; absolute
    public record Base(Path folder, Path home) {
        Path resolve(String text) {
            if (text.equals("~")) {
                return home;
            }
            Path path = text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text);
            return folder.resolve(path).normalize();
        }
    }
}

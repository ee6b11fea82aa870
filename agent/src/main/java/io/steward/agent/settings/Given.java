package io.steward.agent.settings;

import io.steward.agent.settings.SettingType.Base;
import java.util.List;

/// A value as somebody gave it.
///
/// @param place where it was given, for errors: `steward.yaml, line 3, column 7: broker.port`
/// @param texts one, or the items of a list
/// @param isList whether it was written as a list
/// @param base what paths in it are relative to
record Given(String place, List<String> texts, boolean isList, Base base) {

    <T> T parse(SettingKey<T> key) throws SettingsException {
        SettingType<T> type = key.type();
        if (isList && !type.list()) {
            throw wrong("a list", type);
        }
        if (!type.list() && texts.getFirst().isEmpty()) {
            throw wrong("\"\"", type);
        }
        // A list is tried item by item first, so that the error names the item.
        for (String text : texts) {
            try {
                type.parser().parse(List.of(text), base);
            } catch (NumberFormatException e) {
                throw wrong(quoted(text), type);
            } catch (IllegalArgumentException e) {
                throw new SettingsException(because(e, text, type));
            }
        }
        return type.parser().parse(texts, base);
    }

    private SettingsException wrong(String what, SettingType<?> type) {
        return new SettingsException("%s: %s: expected %s".formatted(place, what, type.expected()));
    }

    private String because(IllegalArgumentException e, String text, SettingType<?> type) {
        // Only the messages of the vocabulary are written for people.
        String reason = e.getMessage();
        return reason == null || !reason.startsWith("node name")
                ? "%s: %s: expected %s".formatted(place, quoted(text), type.expected())
                : place + ": " + reason;
    }

    static String quoted(String text) {
        String visible =
                text.codePoints()
                        .limit(80)
                        .map(c -> Character.isISOControl(c) ? 0xFFFD : c)
                        .collect(
                                StringBuilder::new,
                                StringBuilder::appendCodePoint,
                                StringBuilder::append)
                        .toString();
        return "\"" + visible + (visible.length() < text.length() ? "..." : "") + "\"";
    }
}

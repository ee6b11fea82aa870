package io.steward.agent.settings;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import io.steward.agent.settings.SettingType.Base;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads steward.yaml: sections of keys with values or lists of values, nothing else.
final class SettingsFile {
    private static final long MAX_BYTES = 1024 * 1024;

    private final Path file;
    private final Base base;
    private final Map<String, Given> given = new LinkedHashMap<>();
    private final Map<String, SettingKey<?>> known = new LinkedHashMap<>();

    private SettingsFile(Path file, Path home) {
        this.file = file;
        Path folder = file.getParent();
        base = new Base(folder == null ? file : folder, home);
        for (SettingKey<?> key : SettingKeys.all()) {
            if (!key.equals(SettingKeys.CONFIG)) {
                known.put(key.key(), key);
            }
        }
    }

    /// @param file absolute
    /// @return what it gives, by dotted key
    static Map<String, Given> read(Path file, Path home) throws SettingsException {
        SettingsFile reader = new SettingsFile(file, home);
        reader.read();
        return reader.given;
    }

    private void read() throws SettingsException {
        String text;
        try {
            if (Files.isDirectory(file)) {
                throw new SettingsException(file + " is a folder: expected a YAML file");
            }
            if (Files.size(file) > MAX_BYTES) {
                throw new SettingsException(file + " is larger than 1 MiB");
            }
            text = Files.readString(file);
        } catch (CharacterCodingException e) {
            throw new SettingsException(file + " is not UTF-8");
        } catch (IOException e) {
            throw new SettingsException(
                    "cannot read %s: %s".formatted(file, e.getClass().getSimpleName()));
        }
        try (YAMLParser parser = new YAMLFactory().createParser(text)) {
            JsonToken first = parser.nextToken();
            if (first == null || (first == JsonToken.VALUE_NULL && parser.nextToken() == null)) {
                return;
            }
            if (first != JsonToken.START_OBJECT) {
                throw at(parser, null, "expected keys and values, such as `node: ship1`");
            }
            section(parser, "");
            if (parser.nextToken() != null) {
                throw at(parser, null, "a second document: expected just one");
            }
        } catch (JsonProcessingException e) {
            throw new SettingsException(place(e.getLocation()) + ": " + plain(e));
        } catch (IOException e) {
            throw new SettingsException("cannot read %s: %s".formatted(file, e.getMessage()));
        }
    }

    private void section(YAMLParser parser, String prefix) throws IOException, SettingsException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String key = prefix + parser.currentName();
            String where = place(parser.currentTokenLocation());
            boolean isSection = known.keySet().stream().anyMatch(k -> k.startsWith(key + "."));
            if (!isSection && !known.containsKey(key)) {
                throw new SettingsException(where + ": " + unknown(key));
            }
            JsonToken value = next(parser, key);
            if (value == JsonToken.VALUE_NULL) {
                throw at(
                        parser,
                        key,
                        "has no value: leave the key out, or comment it out, to have the default");
            }
            if (isSection) {
                if (value != JsonToken.START_OBJECT) {
                    throw at(
                            parser,
                            key,
                            "expected keys and values below it, indented by two spaces");
                }
                section(parser, key + ".");
            } else {
                value(parser, key);
            }
        }
    }

    private void value(YAMLParser parser, String key) throws IOException, SettingsException {
        String where = place(parser.currentTokenLocation()) + ": " + key;
        boolean isList = parser.currentToken() == JsonToken.START_ARRAY;
        List<String> texts = new ArrayList<>();
        if (isList) {
            while (next(parser, key) != JsonToken.END_ARRAY) {
                texts.add(scalar(parser, key));
            }
        } else {
            texts.add(scalar(parser, key));
        }
        if (given.put(key, new Given(where, List.copyOf(texts), isList, base)) != null) {
            throw new SettingsException(where + ": is given twice");
        }
    }

    /// What could stand for something else, or grow, is refused.
    private JsonToken next(YAMLParser parser, String key) throws IOException, SettingsException {
        JsonToken token = parser.nextToken();
        if (parser.isCurrentAlias()) {
            throw at(
                    parser, key, "an alias (*...): write out the value, in quotes if it begins so");
        }
        if (token != null && parser.getObjectId() != null) {
            throw at(parser, key, "an anchor (&...): leave it out, or write the value in quotes");
        }
        if (token != null && parser.getTypeId() != null) {
            throw at(parser, key, "a tag (!...): leave it out, or write the value in quotes");
        }
        return token;
    }

    private String scalar(YAMLParser parser, String key) throws IOException, SettingsException {
        JsonToken token = parser.currentToken();
        if (!token.isScalarValue() || token == JsonToken.VALUE_NULL) {
            SettingKey<?> setting = known.get(key);
            String expected = setting == null ? "a value" : setting.type().expected();
            throw at(parser, key, "expected " + expected);
        }
        return parser.getText();
    }

    private String unknown(String key) {
        if (key.equals(SettingKeys.CONFIG.key())) {
            return "config: the file of settings cannot be named in itself: use --config or"
                    + " STEWARD_CONFIG";
        }
        return "%s: there is no such setting%s"
                .formatted(
                        key,
                        Suggestion.of(key, List.copyOf(known.keySet()))
                                .map(k -> ": did you mean " + k + "?")
                                .orElse(": see docs/settings.md"));
    }

    private SettingsException at(YAMLParser parser, @Nullable String key, String problem) {
        return new SettingsException(
                place(parser.currentTokenLocation())
                        + ": "
                        + (key == null ? "" : key + ": ")
                        + problem);
    }

    private String place(@Nullable JsonLocation location) {
        return location == null || location.getLineNr() < 1
                ? file.toString()
                : "%s, line %d, column %d"
                        .formatted(file, location.getLineNr(), location.getColumnNr());
    }

    /// The parser's message without its own account of the place.
    private static String plain(JsonProcessingException e) {
        String text = e.getOriginalMessage();
        String[] lines = text.split("\n");
        StringBuilder plain = new StringBuilder("not YAML: ").append(lines[0].strip());
        for (String line : lines) {
            String stripped = line.strip();
            if (stripped.startsWith("found ")
                    || stripped.startsWith("could not ")
                    || stripped.startsWith("expected ")
                    || stripped.startsWith("mapping ")) {
                if (!stripped.equals(lines[0].strip())) {
                    plain.append(": ").append(stripped);
                }
            }
        }
        return plain.toString();
    }
}

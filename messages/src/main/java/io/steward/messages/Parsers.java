package io.steward.messages;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.CharArrayReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.yaml.snakeyaml.LoaderOptions;

/// Sets Jackson up so that its own limits lie behind ours: ours know the field and the place.
final class Parsers {
    private static final StreamReadConstraints BEHIND_OURS =
            StreamReadConstraints.builder()
                    .maxNestingDepth(2 * Limits.MAX_DEPTH)
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build();

    /// Field names are not kept: they come from others, and would be kept for ever.
    static final JsonFactory JSON =
            JsonFactory.builder()
                    .streamReadConstraints(BEHIND_OURS)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build();

    private static final YAMLFactory YAML =
            YAMLFactory.builder()
                    .streamReadConstraints(BEHIND_OURS)
                    .loaderOptions(yamlOptions())
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .build();

    private Parsers() {}

    private static LoaderOptions yamlOptions() {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(Integer.MAX_VALUE);
        options.setNestingDepthLimit(2 * Limits.MAX_DEPTH);
        options.setMaxAliasesForCollections(0);
        return options;
    }

    static ValueReader json(Text text, boolean strict) {
        try {
            return new ValueReader(JSON.createParser(text.chars(), 0, text.length()), text, strict);
        } catch (IOException e) {
            throw new UncheckedIOException("a parser of a text in memory", e);
        }
    }

    static YamlReader yaml(Text text) {
        try {
            return new YamlReader(
                    YAML.createParser(new CharArrayReader(text.chars(), 0, text.length())),
                    text.countingCodePoints());
        } catch (IOException e) {
            throw new UncheckedIOException("a parser of a text in memory", e);
        }
    }

    static ValueReader tree(JsonNode node) {
        return new ValueReader(node.traverse(), null, false);
    }
}

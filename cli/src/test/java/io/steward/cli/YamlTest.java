package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;

class YamlTest {
    @Test
    void whatIsWrittenReadsTheSame() throws Exception {
        JsonNode tree =
                Json.read(
                        """
                        {"a": "plain", "b": ["", "true", "12", "a: b", "x\\ny", "- z", "~", "#", "no"],
                         "c": {}, "d": [], "e": [[1, [2, {"f": null}]], {"g": 1.5, "h": [true]}],
                         "key with: colon": "2026-11-20T00:00:00Z", "on": "yes"}
                        """);
        assertThat(new YAMLMapper().readTree(Yaml.of(tree))).isEqualTo(tree);
    }
}

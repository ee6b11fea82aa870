package io.steward.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The example of docs/policy.md means what the page says.
class PolicyPageTest {
    private String example = "";

    @BeforeEach
    void read() throws Exception {
        String page = Files.readString(Path.of("../docs/policy.md"));
        example = page.split("```yaml\n", -1)[1].split("```", -1)[0];
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "lab-7 event hello x; nothing-from-the-lab; false",
                "central command shellcommand x id; central; true",
                "ops-1 command shellcommand x df|-h|/srv/data; disk-usage; true",
                "ops-1 command shellcommand x df|-h|/srv/../etc; (no rule); false",
                "ship2 event hello x; events; true",
                "ship2 command noop x; (no rule); false",
            })
    void itsRulesDecideAsThePageSays(String message, String rule, boolean allowed)
            throws PolicyException {
        Decision decision = Letters.decide(example, message);
        assertThat(decision.rule()).isEqualTo(rule);
        assertThat(decision.allowed()).isEqualTo(allowed);
    }
}

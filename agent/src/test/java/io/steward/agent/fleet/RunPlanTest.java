package io.steward.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunPlanTest {

    private static RunPlan read(String json) throws Exception {
        return RunPlan.of(new JsonMapper().readTree(json));
    }

    @Test
    void everyFieldIsReadAndWritten() throws Exception {
        String json =
                "{\"canary\":2,\"batch\":\"10%\",\"concurrency\":5,\"pause\":\"30s\","
                        + "\"maxErrors\":\"3\",\"onlyUp\":true}";
        assertThat(read(json))
                .isEqualTo(
                        new RunPlan(
                                2,
                                new Amount(10, true),
                                5,
                                Duration.ofSeconds(30),
                                new Amount(3, false),
                                true));
        assertThat(read(json).toJson().toString()).isEqualTo(json);
        assertThat(read("{}")).isEqualTo(RunPlan.ALL);
        assertThat(RunPlan.ALL.toJson()).isEmpty();
        assertThat(read("{\"batch\":7,\"maxErrors\":0}").batch()).isEqualTo(new Amount(7, false));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"canary\":-1}|plan.canary",
                "{\"canary\":\"x\"}|expected a whole number",
                "{\"canary\":0}|plan.canary: \"0\": expected a whole number from 1",
                "{\"concurrency\":\"0\"}|plan.concurrency: \"0\"",
                "{\"concurrency\":-5}|plan.concurrency: \"-5\"",
                "{\"batch\":\"0\"}|batch: is 0",
                "{\"batch\":\"0%\"}|batch: is 0",
                "{\"batch\":\"110%\"}|plan.batch: 110%",
                "{\"batch\":[1]}|plan.batch: expected one value",
                "{\"maxErrors\":\"few\"}|plan.maxErrors: \"few\"",
                "{\"pause\":\"soon\"}|plan.pause",
                "{\"pause\":\"31d\"}|pause: 31d is out of range",
                "{\"onlyUp\":\"maybe\"}|expected true or false",
                "{\"batches\":1}|plan.batches: is not known",
            })
    void whatIsWrongIsNamed(String json, String named) {
        assertThatThrownBy(() -> read(json))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    @Test
    void aPartIsRoundedUpForABatchAndDownForErrors() {
        assertThat(Amount.parse("10%").atLeastOne(25)).isEqualTo(3);
        assertThat(Amount.parse("1%").atLeastOne(5)).isEqualTo(1);
        assertThat(Amount.parse("10%").atMost(25)).isEqualTo(2);
        assertThat(Amount.parse("50").atMost(25)).isEqualTo(50);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "1.5", "%", "1 %", "12345678901"})
    void whatIsNoAmount(String text) {
        assertThatThrownBy(() -> Amount.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}

package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;

class ReadinessTest {

    @Test
    void itSaysWhyItIsNotConnected() {
        ObjectNode status = Json.object();
        ObjectNode broker = status.putObject("broker");
        broker.put("connected", false).put("problem", "Authorization Violation");
        assertThat(Readiness.text(status, "nats://b:4222"))
                .contains("not connected to the broker nats://b:4222: Authorization Violation");
        broker.put("connected", true).put("url", "nats://c:4222");
        assertThat(Readiness.text(status, "nats://b:4222"))
                .isEqualTo("is ready: broker nats://b:4222");
        assertThat(Readiness.text(status, "")).isEqualTo("is ready: broker nats://c:4222");
    }
}

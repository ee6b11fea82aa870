package io.steward.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.nats.client.Subscription;
import io.steward.agent.broker.TestNats;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client in any language sends by publishing JSON to a subject, and hears its ACK.
class PlainClientIT {
    private static final String SUBJECT = "ship1.command.shellcommand.operatingsystem";
    private static final String ID = "01M7X814CWAFGJFVVEHQNG00A0";

    @TempDir Path folder;
    private TestNats nats;
    private Steward steward;

    @BeforeEach
    void start() throws Exception {
        nats = TestNats.start();
        steward = new Steward(folder);
        steward.agent("ship1", nats.url().toString());
    }

    @AfterEach
    void stop() throws Exception {
        try (TestNats _ = nats) {
            steward.close();
        }
    }

    @Test
    void aCommandIsAnsweredOnACoreSubscription() throws Exception {
        try (PlainClient client = new PlainClient(nats.url())) {
            Subscription acks = client.listen("tester.event.ack.operatingsystem");
            client.publish(SUBJECT, message("\"data\": [\"echo\", \"hi\"]"));
            JsonNode ack = PlainClient.next(acks).path("ack");
            while (!ack.path("state").asText().equals("succeeded")) {
                assertThat(ack.path("state").asText()).isIn("received", "started");
                ack = PlainClient.next(acks).path("ack");
            }
            assertThat(ack.path("messageId").asText()).isEqualTo(ID);
            assertThat(ack.path("exitCode").asInt(-1)).isZero();
            assertThat(ack.path("stdout").asText()).isEqualTo("hi\n");
        }
    }

    @Test
    void aMessageThatCannotBeReadIsRefusedIfItSaysWhoseItIs() throws Exception {
        try (PlainClient client = new PlainClient(nats.url())) {
            Subscription acks = client.listen("tester.event.ack.operatingsystem");
            client.publish(SUBJECT, "{ no JSON at all");
            client.publish(SUBJECT, message("\"data\": [], \"unknown\": 1"));
            JsonNode ack = PlainClient.next(acks).path("ack");
            assertThat(ack.path("messageId").asText()).isEqualTo(ID);
            assertThat(ack.path("state").asText()).isEqualTo("refused");
            assertThat(ack.path("reason").asText())
                    .startsWith("data: shellcommand takes at least 1 argument");
        }
    }

    private static String message(String last) {
        return """
        {"v": 1, "id": "%s", "from": "tester", "to": "ship1", "type": "command",
         "method": "shellcommand", "domain": "operatingsystem", "createdAt": "%s", %s}
        """
                .formatted(ID, Instant.now(), last);
    }
}

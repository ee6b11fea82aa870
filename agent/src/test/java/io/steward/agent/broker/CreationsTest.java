package io.steward.agent.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.nats.client.Message;
import io.nats.client.impl.NatsMessage;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// A message in flight waits for what is asked here, so it has to come to an end whatever happens.
class CreationsTest {
    private static final String STREAM = "STEWARD_NODE_ship1";
    private static final String CREATED = "2026-03-01T12:00:00Z";

    private final Queue<Supplier<CompletableFuture<Message>>> answers = new ArrayDeque<>();
    private final Domains domains = new Domains();
    private final Creations creations =
            new Creations(
                    new Creations.Asking() {
                        @Override
                        public CompletableFuture<Message> request(String subject) {
                            return answers.remove().get();
                        }

                        @Override
                        public String api(String rest) {
                            return Session.api(null, rest);
                        }

                        @Override
                        public String serverName() {
                            return "one";
                        }

                        @Override
                        public Domains domains() {
                            return domains;
                        }
                    });

    @Test
    void aQuestionThatCannotBeSentIsOverAndTheNextMessageAsksAgain() {
        answers.add(() -> {
            throw new IllegalStateException("Output queue is busy 1");
        });
        answers.add(() -> says(info()));

        assertThat(creations.of(STREAM)).isCompletedWithValue(Creations.UNKNOWN);
        assertThat(creations.of(STREAM)).isCompletedWithValue(Instant.parse(CREATED));
        assertThat(creations.isDirect(STREAM)).isTrue();
        assertThat(answers).isEmpty();
    }

    @Test
    void anAnswerThatIsNoJsonIsOver() {
        answers.add(() -> says("{\"type\":"));

        assertThat(creations.of(STREAM)).isCompletedWithValue(Creations.UNKNOWN);
    }

    @Test
    void whatIsNotAnsweredIsOverAndNotAskedAgainAtOnce() {
        answers.add(() -> CompletableFuture.failedFuture(new IllegalArgumentException("no")));

        assertThat(creations.of(STREAM)).isCompletedWithValue(Creations.UNKNOWN);
        assertThat(creations.of(STREAM)).isCompletedWithValue(Creations.UNKNOWN);
    }

    @Test
    void aSecondQuestionInAnotherDomainThatCannotBeSentIsOverToo() {
        domains.saw(STREAM, "site1");
        answers.add(() -> says("{\"error\":{\"code\":404,\"err_code\":10059}}"));
        answers.add(() -> {
            throw new IllegalStateException("the connection has ended");
        });

        assertThat(creations.of(STREAM)).isCompletedWithValue(Creations.UNKNOWN);
    }

    private static String info() {
        return """
        {"type":"io.nats.jetstream.api.v1.stream_info_response","created":"%s",
         "config":{"name":"%s","num_replicas":1},"cluster":{"leader":"one"}}
        """
                .formatted(CREATED, STREAM);
    }

    private static CompletableFuture<Message> says(String json) {
        return CompletableFuture.completedFuture(
                NatsMessage.builder().subject("_INBOX.1").data(json).build());
    }
}

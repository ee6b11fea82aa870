package io.steward.agent.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.kernel.ByteBudget;
import io.steward.agent.kernel.ErrorKernel;
import io.steward.agent.kernel.ProcessSpec;
import io.steward.agent.kernel.SupervisorSpec;
import io.steward.agent.kernel.SystemTime;
import io.steward.messages.MessageId;
import io.steward.messages.MessageIds;
import io.steward.messages.Subject;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PublisherLaneTest {
    private final MessageIds ids = new MessageIds(InstantSource.system());
    private final SystemTime time = new SystemTime();
    private final ErrorKernel kernel =
            new ErrorKernel(time, SupervisorSpec.of("root"), _ -> {}, _ -> {});
    private final PublisherLane lane =
            new PublisherLane(
                    kernel.root(),
                    Subject.parse("ship1.command.ping.presence"),
                    new ByteBudget(Long.MAX_VALUE),
                    Instant.EPOCH,
                    _ -> ProcessSpec.permanent("publisher", () -> _ -> {}));

    @AfterEach
    void stop() {
        kernel.close();
        time.close();
    }

    @Test
    void whatIsBeingCancelledWhileThePublisherHasNothingInHandIsNotPublished() {
        MessageId id = ids.next();
        assertThat(lane.withhold(id)).isTrue();
        lane.releaseAll();
        assertThat(lane.handOut(id)).as("not yet cancelled in the journal").isFalse();
        lane.releaseAll();
        assertThat(lane.handOut(id)).as("still on its way to the publisher").isFalse();
    }

    @Test
    void oneThatIsToBePublishedAfterAllIs() {
        MessageId id = ids.next();
        lane.withhold(id);
        lane.release(id);
        assertThat(lane.handOut(id)).isTrue();
        assertThat(lane.withhold(id)).as("too late").isFalse();
    }
}

package io.steward.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.kernel.ProcessInfo.Status;
import io.steward.agent.kernel.SupervisorSpec.Strategy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A thousand processes that fail at once.
class ThousandTest {
    private static final int MANY = 1_000;
    private static final Duration PAUSE = Duration.ofMillis(100);

    @Test
    void allComeBackAndHaveTheMessageThatWaited() throws Exception {
        try (var rig = new Rig()) {
            killAll(rig, MANY);
            Rig.until("all back off", () -> count(rig, Status.BACKING_OFF) == MANY);
            rig.time.advance(PAUSE);
            awaitAllBack(rig);
            assertThat(rig.kernel.errors()).hasSizeLessThanOrEqualTo(ErrorBook.KEPT);
            assertThat(rig.sunk).hasSizeLessThanOrEqualTo(ErrorOutlet.PER_SECOND + 1);
        }
    }

    @Test
    void oneMoreThanIsBorneAndTheSupervisorComesBackWithAllOfThem() throws Exception {
        try (var rig = new Rig()) {
            killAll(rig, MANY - 1);
            rig.awaitStatus("root/sup", Status.BACKING_OFF);
            assertThat(rig.lastError("root/sup").cause()).startsWith("gave up");
            rig.time.advance(PAUSE);
            awaitAllBack(rig);
            assertThat(rig.kernel.hasFailed()).isFalse();
        }
    }

    /// All of them die in the same moment, with another message in their mailboxes.
    private static void killAll(Rig rig, int borne) throws Exception {
        Supervisor sup = rig.below(Strategy.ONE_FOR_ONE, borne);
        List<ProcessRef<String>> all = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            all.add(sup.spawn(rig.worker("p" + i)));
        }
        for (ProcessRef<String> each : all) {
            assertThat(each.offer("die")).isTrue();
            assertThat(each.offer("message")).isTrue();
        }
    }

    private static void awaitAllBack(Rig rig) {
        Rig.until("all run again", () -> count(rig, Status.RUNNING) == MANY);
        Rig.until(
                "each has had its message",
                () ->
                        rig.events.stream().filter(event -> event.endsWith("message")).count()
                                == MANY);
    }

    private static long count(Rig rig, Status status) {
        return rig.kernel.tree().stream()
                .filter(info -> info.path().startsWith("root/sup/") && info.status() == status)
                .count();
    }
}

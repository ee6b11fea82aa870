package io.steward.campaign;

import io.steward.campaign.world.FakeTime;
import java.time.Duration;
import java.util.Random;
import java.util.Set;

/// The clock of one agent, which is stepped and put right again.
final class ClockVictim implements Victim {
    private static final int FARTHEST_SECONDS = 3_600;
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final String name;
    private final FakeTime clock;
    private final Chronicle chronicle;

    ClockVictim(String name, FakeTime clock, Chronicle chronicle) {
        this.name = name;
        this.clock = clock;
        this.chronicle = chronicle;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Set<String> kinds() {
        return Set.of("clock");
    }

    @Override
    public void strike(String kind, Random random) throws Exception {
        Duration step = Duration.ofSeconds(random.nextInt(-FARTHEST_SECONDS, FARTHEST_SECONDS));
        chronicle.fault("clock stepped", name + " by " + step);
        try {
            clock.step(step);
            Fault.pause(random, Duration.ofSeconds(2), LONGEST);
        } finally {
            clock.step(Duration.ZERO);
            chronicle.note(name + " is right again");
        }
    }

    @Override
    public void watch() {}
}

package io.steward.campaign;

import io.steward.campaign.Fate.Strike;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/// Makes the strikes of a campaign from its seed.
final class Schedule {
    private static final double FIRST = 0.03;
    private static final double LAST = 0.97;

    private final Plan plan;
    private final Random random;
    private final Map<String, List<Strike>> strikes = new TreeMap<>();

    private Schedule(Plan plan) {
        this.plan = plan;
        this.random = new Random(plan.seed());
    }

    /// A fate for each of them.
    static List<Fate> of(Plan plan, List<? extends Victim> victims) {
        Schedule schedule = new Schedule(plan);
        int minutes = (int) plan.time().toMinutes();
        schedule.add("kill", plan.kills(), victims);
        schedule.add("stop", plan.kills() / 8 + 1, victims);
        schedule.add("term", plan.kills() / 12 + 1, victims);
        for (String kind : List.of("cut", "hang", "slow", "torn")) {
            schedule.add(kind, plan.kills() / 15 + 1, victims);
        }
        for (String rare :
                List.of(
                        "gone",
                        "wipe",
                        "purge",
                        "lost-stream",
                        "lost-consumer",
                        "window",
                        "full",
                        "power",
                        "clock")) {
            schedule.add(rare, minutes / 5 + 1, victims);
        }
        return victims.stream()
                .map(victim ->
                        new Fate(
                                victim,
                                schedule.strikes.getOrDefault(victim.name(), List.of()).stream()
                                        .sorted(Comparator.comparing(Strike::at))
                                        .toList()))
                .toList();
    }

    private void add(String kind, int count, List<? extends Victim> all) {
        List<? extends Victim> victims =
                all.stream().filter(victim -> victim.kinds().contains(kind)).toList();
        if (victims.isEmpty() || !plan.uses(kind)) {
            return;
        }
        for (int i = 0; i < count; i++) {
            double share = FIRST + (LAST - FIRST) * random.nextDouble();
            Duration at = Duration.ofMillis((long) (plan.time().toMillis() * share));
            strikes.computeIfAbsent(
                            victims.get(random.nextInt(victims.size())).name(),
                            _ -> new ArrayList<>())
                    .add(new Strike(at, kind, random.nextLong()));
        }
    }
}

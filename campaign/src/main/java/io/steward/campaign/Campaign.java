package io.steward.campaign;

import io.steward.campaign.audit.Auditor;
import io.steward.campaign.audit.Evidence;
import io.steward.campaign.audit.Gathering;
import io.steward.campaign.audit.NodeEvidence;
import io.steward.campaign.audit.Verdict;
import io.steward.campaign.load.Feed;
import io.steward.campaign.load.Ledger;
import io.steward.campaign.load.Load;
import io.steward.campaign.world.AgentNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One campaign from its beginning to its verdict.
public final class Campaign {
    private static final Duration SAY = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(60);
    private static final int TOO_LONG = 4;

    private final Plan plan;
    private final Consumer<String> say;

    private Campaign(Plan plan, Consumer<String> say) {
        this.plan = plan;
        this.say = say;
    }

    /// @param say takes lines of progress
    public static Report run(Plan plan, Consumer<String> say) throws Exception {
        return new Campaign(plan, say).run();
    }

    private Report run() throws Exception {
        long start = System.nanoTime();
        try (Ledger ledger = new Ledger(plan.folder().resolve("ledger.tsv"));
                Chronicle chronicle = new Chronicle(plan.folder().resolve("faults.txt"));
                Stage stage = new Stage(plan, chronicle)) {
            say.accept("seed %d, everything is in %s".formatted(plan.seed(), plan.folder()));
            stage.start();
            play(stage, ledger, chronicle);
            say.accept("healing");
            stage.heal();
            Map<String, Long> left = Quiet.await(stage.agents(), plan.quiet(), every(SAY));
            chronicle.note("quiet, but for " + left);
            List<String> late = stage.stop(GRACE);
            late.forEach(name -> chronicle.note(name + " did not stop"));
            say.accept("counting");
            Verdict verdict = Auditor.audit(evidence(stage, ledger, chronicle));
            Report report =
                    new Report(
                            plan,
                            verdict,
                            ledger.size(),
                            chronicle,
                            left,
                            late,
                            Duration.ofNanos(System.nanoTime() - start));
            stage.keep();
            return report;
        }
    }

    private void play(Stage stage, Ledger ledger, Chronicle chronicle) throws Exception {
        List<Feed> feeds =
                Load.feeds(
                        stage.senders(),
                        stage.receivers(),
                        stage.witnesses(),
                        ledger,
                        plan.messages(),
                        plan.time(),
                        plan.seed());
        List<Fate> fates = Schedule.of(plan, stage.victims());
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (Runnable each : feeds) {
            threads.add(start(each, "feed", failures));
        }
        for (Fate fate : fates) {
            threads.add(start(fate, "fate of " + fate.victim().name(), failures));
        }
        try {
            long limit = System.nanoTime() + plan.time().multipliedBy(TOO_LONG).toNanos();
            Consumer<String> progress = every(SAY);
            while (threads.stream().anyMatch(Thread::isAlive)) {
                Thread.sleep(200);
                progress.accept(
                        "%d messages, %d kills, %s"
                                .formatted(ledger.size(), chronicle.kills(), alive(threads)));
                if (System.nanoTime() > limit) {
                    throw new IllegalStateException("the campaign does not come to its end");
                }
            }
        } finally {
            for (Thread thread : threads) {
                thread.interrupt();
                thread.join();
            }
        }
        for (Fate fate : fates) {
            @Nullable Exception failure = fate.failure();
            if (failure != null) {
                throw new IllegalStateException("fate of " + fate.victim().name(), failure);
            }
        }
        synchronized (failures) {
            if (!failures.isEmpty()) {
                throw new IllegalStateException("a feed failed", failures.getFirst());
            }
        }
    }

    private static String alive(List<Thread> threads) {
        return threads.stream().filter(Thread::isAlive).count() + " feeds and fates go on";
    }

    private static Thread start(Runnable body, String name, List<Throwable> failures) {
        return Thread.ofPlatform()
                .name(name)
                .daemon()
                .uncaughtExceptionHandler((_, e) -> {
                    synchronized (failures) {
                        failures.add(e);
                    }
                })
                .start(body);
    }

    private static Evidence evidence(Stage stage, Ledger ledger, Chronicle chronicle)
            throws IOException {
        Map<String, NodeEvidence> nodes = new HashMap<>();
        for (AgentNode agent : stage.agents()) {
            nodes.put(agent.name(), Gathering.of(agent.data(), stage.witness(agent)));
        }
        return new Evidence(ledger.entries(), nodes, chronicle.emptied());
    }

    private Consumer<String> every(Duration pause) {
        long[] last = {0};
        return text -> {
            if (last[0] == 0 || System.nanoTime() - last[0] > pause.toNanos()) {
                last[0] = System.nanoTime();
                say.accept(text);
            }
        };
    }
}

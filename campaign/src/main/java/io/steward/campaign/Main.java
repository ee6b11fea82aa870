package io.steward.campaign;

import io.steward.campaign.Plan.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// The command line of campaigns; `campaign/run` calls it.
public final class Main {
    private static final String USAGE =
            """
            campaign/run [--seed N] [--minutes M] [--messages N] [--kills N] [--receivers N]
                         [--topology single|cluster|leaf] [--faults kill,stop,...] [--keep FOLDER]
            campaign/run --recount FOLDER
            """;

    private Main() {}

    /// @param arguments the product's root folder, the path of nats-server, and options
    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int i = 2; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        if (arguments.length % 2 != 0
                || !Set.of(
                                "--seed",
                                "--minutes",
                                "--messages",
                                "--kills",
                                "--receivers",
                                "--topology",
                                "--faults",
                                "--keep",
                                "--recount")
                        .containsAll(options.keySet())
                || (options.containsKey("--recount") && options.size() > 1)) {
            System.err.print(USAGE);
            System.exit(2);
        }
        String recount = options.get("--recount");
        if (recount != null) {
            System.exit(recount(Path.of(recount)));
        }
        double minutes = Double.parseDouble(options.getOrDefault("--minutes", "5"));
        String keep = options.get("--keep");
        String faults = options.getOrDefault("--faults", "");
        Plan plan =
                new Plan(
                        Path.of(arguments[0]),
                        arguments[1],
                        keep == null
                                ? Files.createTempDirectory("steward-campaign-")
                                : Files.createDirectories(Path.of(keep)).toRealPath(),
                        Long.parseLong(
                                options.getOrDefault(
                                        "--seed",
                                        Integer.toString(new Random().nextInt(1_000_000)))),
                        Duration.ofMillis((long) (minutes * 60_000)),
                        Duration.ofMinutes(15),
                        Integer.parseInt(
                                options.getOrDefault(
                                        "--messages", Integer.toString((int) (minutes * 2_000)))),
                        Integer.parseInt(
                                options.getOrDefault(
                                        "--kills", Integer.toString((int) (minutes * 10)))),
                        Integer.parseInt(options.getOrDefault("--receivers", "3")),
                        Topology.valueOf(
                                options.getOrDefault("--topology", "single")
                                        .toUpperCase(Locale.ROOT)),
                        faults.isEmpty() ? Set.of() : Set.of(faults.split(",")));
        Report report = Campaign.run(plan, line -> System.err.println("campaign: " + line));
        String text = report.text();
        Files.writeString(plan.folder().resolve("report.md"), text);
        System.out.print(text);
        if (report.isClean() && keep == null) {
            Folders.delete(plan.folder());
        } else {
            System.err.println("campaign: all of it is kept in " + plan.folder());
        }
        System.exit(report.isClean() ? 0 : 1);
    }

    /// @return the exit code
    private static int recount(Path folder) {
        try {
            Recount recount = Recount.of(folder);
            System.out.print(recount.text());
            return recount.isClean() ? 0 : 1;
        } catch (IOException e) {
            System.err.println("campaign: " + e.getMessage());
            return 2;
        }
    }
}

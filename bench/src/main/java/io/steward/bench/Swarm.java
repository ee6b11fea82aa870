package io.steward.bench;

import io.nats.client.Connection;
import io.nats.client.JetStreamApiException;
import io.nats.client.Nats;
import io.steward.agent.app.Agent;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.SettingsException;
import io.steward.agent.settings.SettingsLoader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Many agents in one JVM, each as `steward agent` starts it, with a journal and a connection of
/// its own, but for the thread that wakes them, which they share; and without its HTTP API.
/// Arguments: the broker's URL, a folder, the number of the first agent, how many, and how many are
/// started at a time. Writes `started MILLIS` and `named MILLIS`, then answers each line that it
/// reads with its live heap in bytes, and ends with its input.
public final class Swarm {
    private static final long QUEUES = 1 << 16;

    private final String broker;
    private final Path folder;
    private final SystemTime time = new SystemTime();

    private Swarm(String broker, Path folder) {
        this.broker = broker;
        this.folder = folder;
    }

    /// Runs until its input ends.
    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 5) {
            System.err.println("swarm: expected BROKER FOLDER FIRST COUNT AT_A_TIME");
            System.exit(2);
        }
        if (!FutexQueues.make(QUEUES)) {
            System.err.println("swarm: this kernel keeps its queues of waiting threads by itself");
        }
        Swarm swarm = new Swarm(arguments[0], Path.of(arguments[1]));
        int first = Integer.parseInt(arguments[2]);
        int count = Integer.parseInt(arguments[3]);
        long begin = System.nanoTime();
        long namedBefore = swarm.named();
        List<Agent> agents = swarm.start(first, count, Integer.parseInt(arguments[4]));
        System.out.println("started " + millisSince(begin));
        swarm.awaitNamed(namedBefore + count);
        System.out.println("named " + millisSince(begin));
        BufferedReader asked =
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        while (asked.readLine() != null) {
            System.gc();
            Runtime runtime = Runtime.getRuntime();
            System.out.println(runtime.totalMemory() - runtime.freeMemory());
        }
        // why: the folders are thrown away, and that thousands stop in order is not measured
        Runtime.getRuntime().halt(agents.isEmpty() ? 1 : 0);
    }

    static String name(int number) {
        return String.format(Locale.ROOT, "n%05d", number);
    }

    private static long millisSince(long begin) {
        return (System.nanoTime() - begin) / 1_000_000;
    }

    private List<Agent> start(int first, int count, int atATime)
            throws InterruptedException, ExecutionException {
        List<Agent> agents = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(atATime)) {
            List<Future<Agent>> starting = new ArrayList<>();
            for (int number = first; number < first + count; number++) {
                String name = name(number);
                starting.add(threads.submit(() -> Agent.start(settings(name), time)));
            }
            for (Future<Agent> each : starting) {
                agents.add(each.get());
            }
        }
        return agents;
    }

    private Settings settings(String name) throws IOException, SettingsException {
        Path data = Files.createDirectories(folder.resolve(name));
        return new SettingsLoader()
                .load(
                        Map.of(
                                "node",
                                name,
                                "central",
                                "central",
                                "data",
                                data.toString(),
                                "broker.url",
                                broker,
                                "http.enabled",
                                "false"),
                        Map.of("STEWARD_HOME", folder.resolve("home").toString()),
                        folder,
                        Mode.AGENT);
    }

    /// Waits until so many agents have had their name, by the rows at the broker.
    private void awaitNamed(long count) throws InterruptedException {
        long named = 0;
        while (named < count) {
            Thread.sleep(100);
            try {
                named = named();
            } catch (IOException e) {
                System.err.println(
                        "swarm: the broker does not say who is there: " + e.getMessage());
            }
        }
    }

    @SuppressWarnings("try") // closing a connection may be interrupted, and that is passed on
    private long named() throws IOException, InterruptedException {
        try (Connection connection = Nats.connect(broker)) {
            return connection
                    .jetStreamManagement()
                    .getStreamInfo("KV_STEWARD_NODES")
                    .getStreamState()
                    .getMsgCount();
        } catch (JetStreamApiException e) {
            return 0; // nobody has made it yet
        }
    }
}

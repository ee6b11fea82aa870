package io.steward.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.function.Function;

/// The figures as a table in Markdown.
///
/// @param always with the sync interval of the embedded broker
/// @param usual with nats-server's own default
/// @param runner a `true` by the product's runner
/// @param builder a `true` by ProcessBuilder
/// @param commit a durable write of SQLite
record Report(Column always, Column usual, Latency runner, Latency builder, Latency commit) {
    /// Durable writes on the way, one after the other: accepted, taken in, started, ended,
    /// answered.
    private static final int COMMITS = 5;

    /// @param nats what `nats-server --version` says
    /// @param loadBefore the load average when it began
    void print(PrintStream out, String nats, String loadBefore) throws IOException {
        machine(out, nats, loadBefore);
        out.println("| | `sync_interval: always` (as shipped) | nats-server's default sync |");
        out.println("|---|---|---|");
        section(out, "Bare parts");
        row(out, "JetStream there and back, p50 / p99 ms", column -> column.jetStream().toString());
        row(
                out,
                "JetStream there and back, pipelined, messages/s",
                whole(Column::jetStreamPerSecond));
        row(out, "`true` by the runner of the product, p50 / p99 ms", _ -> runner.toString());
        row(out, "`true` by Java's ProcessBuilder, p50 / p99 ms", _ -> builder.toString());
        row(out, "durable SQLite commit, p50 / p99 ms", _ -> commit.toString());
        section(out, "Steward, one at a time, request to outcome");
        row(out, "command `true`, p50 / p99 ms", column -> column.command().toString());
        row(out, "event `textlogging`, p50 / p99 ms", column -> column.event().toString());
        section(out, "Steward, one input, until all have ended, with ACK");
        row(out, "2,000 commands, messages/s", whole(Column::commandsPerSecond));
        row(out, "10,000 events, messages/s", whole(Column::eventsPerSecond));
        section(out, "An agent");
        row(out, "launch to API, ms", column -> Long.toString(column.toApi().toMillis()));
        row(
                out,
                "launch to subscribed, ms",
                column -> Long.toString(column.toSubscribed().toMillis()));
        row(out, "memory after 30 s idle, MiB", column -> Long.toString(column.idle()));
        row(
                out,
                "memory after all this: receiver, sender, nats-server, MiB",
                column ->
                        "%d, %d, %d"
                                .formatted(
                                        column.worked(), column.workedSender(), column.broker()));
        section(out, "Ratios of medians");
        row(
                out,
                "command / (JetStream + `true`)",
                column -> ratio(column.command().p50(), column.jetStream().p50() + runner.p50()));
        row(
                out,
                "command / (JetStream + `true` + %d commits)".formatted(COMMITS),
                column ->
                        ratio(
                                column.command().p50(),
                                column.jetStream().p50() + runner.p50() + COMMITS * commit.p50()));
        row(
                out,
                "event / JetStream",
                column -> ratio(column.event().p50(), column.jetStream().p50()));
        row(
                out,
                "event / (JetStream + %d commits)".formatted(COMMITS),
                column ->
                        ratio(
                                column.event().p50(),
                                column.jetStream().p50() + COMMITS * commit.p50()));
        row(
                out,
                "JetStream messages/s / events/s",
                column -> ratio(column.jetStreamPerSecond(), column.eventsPerSecond()));
        row(
                out,
                "`true`/s one at a time / commands/s",
                column -> ratio(1e3 / runner.p50(), column.commandsPerSecond()));
    }

    /// When and on what it was measured.
    ///
    /// @param nats what `nats-server --version` says
    /// @param loadBefore the load average when it began
    static void machine(PrintStream out, String nats, String loadBefore) throws IOException {
        out.printf(
                Locale.ROOT,
                "%s; %d CPUs (%s); Java %s; %s; load average %s before, %s after%n%n",
                Instant.now().truncatedTo(ChronoUnit.MINUTES),
                Runtime.getRuntime().availableProcessors(),
                cpu(),
                Runtime.version(),
                nats,
                loadBefore,
                load());
    }

    private static void section(PrintStream out, String title) {
        out.printf("| **%s** | | |%n", title);
    }

    private void row(PrintStream out, String name, Function<Column, String> figure) {
        out.printf("| %s | %s | %s |%n", name, figure.apply(always), figure.apply(usual));
    }

    private static Function<Column, String> whole(Function<Column, Double> figure) {
        return column -> String.format(Locale.ROOT, "%,.0f", figure.apply(column));
    }

    private static String ratio(double ours, double bare) {
        return String.format(Locale.ROOT, "%.1f", ours / bare);
    }

    /// The load average of the last minute.
    static String load() throws IOException {
        Path file = Path.of("/proc/loadavg");
        if (!Files.exists(file)) {
            return "unknown";
        }
        String line = Files.readString(file, StandardCharsets.UTF_8);
        return line.substring(0, line.indexOf(' '));
    }

    private static String cpu() throws IOException {
        Path file = Path.of("/proc/cpuinfo");
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse(System.getProperty("os.arch"))
                : System.getProperty("os.arch");
    }
}

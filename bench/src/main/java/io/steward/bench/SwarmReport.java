package io.steward.bench;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/// The figures of fleets as a table in Markdown, a column for each size.
record SwarmReport(List<SwarmFigures> columns) {
    void print(PrintStream out) {
        row(out, "agents", figures -> String.format(Locale.ROOT, "%,d", figures.agents()));
        out.println("|---|" + "---|".repeat(columns.size()));
        section(out, "Broker, bare");
        row(out, "making the mailboxes one by one, s", seconds(SwarmFigures::bareMade));
        row(out, "a message to each and back, s", seconds(SwarmFigures::bareRound));
        section(out, "Start, since the JVM was started");
        row(out, "all are started, s", seconds(SwarmFigures::started));
        row(out, "each has its name, s", seconds(SwarmFigures::named));
        row(out, "each has its mailbox and answers, s", seconds(SwarmFigures::up));
        section(out, "`ping`, from the question to all answers in hand");
        row(out, "heard", figures -> Integer.toString(figures.ping().heard()));
        row(out, "last answer at the agent that asks, s", seconds(all -> all.ping().last()));
        row(out, "all of it, s", seconds(figures -> figures.ping().millis()));
        section(out, "`nodes`");
        row(out, "all of it, s", seconds(figures -> figures.nodes().millis()));
        section(out, "A run of `noop`, since it was asked for");
        row(out, "accepted, s", seconds(figures -> figures.run().accepted()));
        row(out, "all sent (in the journal), s", seconds(figures -> figures.run().sent()));
        row(out, "all published, s", seconds(figures -> figures.run().published()));
        row(out, "all ended, s", seconds(figures -> figures.run().ended()));
        row(out, "settled, s", seconds(figures -> figures.run().settled()));
        row(out, "every outcome read, s", seconds(figures -> figures.run().read()));
        row(out, "every outcome read, the first run, s", seconds(all -> all.first().read()));
        row(
                out,
                "ratio to the bare broker",
                figures ->
                        String.format(
                                Locale.ROOT, "%.1f", figures.run().read() / figures.bareRound()));
        row(
                out,
                "CPU: swarm, broker, central, s",
                figures ->
                        String.format(
                                Locale.ROOT,
                                "%.1f, %.1f, %.1f",
                                figures.working().swarm() / 1e3,
                                figures.working().broker() / 1e3,
                                figures.working().central() / 1e3));
        row(
                out,
                "messages at the broker: in, out",
                figures ->
                        String.format(
                                Locale.ROOT,
                                "%,.0f, %,.0f",
                                figures.working().in(),
                                figures.working().out()));
        section(out, "An agent of the swarm");
        row(out, "resident memory, MiB", each(figures -> figures.swarm().memory()));
        row(out, "live heap, MiB", each(SwarmFigures::heap));
        row(out, "platform threads", each(figures -> (double) figures.threads()));
        row(
                out,
                "idle: CPU, ms a second",
                figures ->
                        String.format(
                                Locale.ROOT,
                                "%.3f",
                                10 * figures.swarm().cpu() / figures.agents()));
        section(out, "Broker and central");
        row(
                out,
                "idle: CPU of the broker, % of one",
                figures -> String.format(Locale.ROOT, "%.1f", figures.broker().cpu()));
        row(
                out,
                "idle: messages a second at the broker: in, out",
                figures ->
                        String.format(
                                Locale.ROOT,
                                "%,.0f, %,.0f",
                                figures.broker().in(),
                                figures.broker().out()));
        row(out, "memory of the broker, MiB", whole(figures -> figures.broker().memory()));
        row(out, "memory of central, MiB", whole(SwarmFigures::centralMemory));
    }

    private void section(PrintStream out, String title) {
        out.printf("| **%s** |%s%n", title, " |".repeat(columns.size()));
    }

    private void row(PrintStream out, String name, Function<SwarmFigures, String> figure) {
        StringBuilder line = new StringBuilder("| " + name + " |");
        columns.forEach(column -> line.append(' ').append(figure.apply(column)).append(" |"));
        out.println(line);
    }

    private static Function<SwarmFigures, String> seconds(Function<SwarmFigures, Double> millis) {
        return figures -> String.format(Locale.ROOT, "%.2f", millis.apply(figures) / 1e3);
    }

    private static Function<SwarmFigures, String> each(
            Function<SwarmFigures, ? extends Number> of) {
        return figures ->
                String.format(
                        Locale.ROOT, "%.2f", of.apply(figures).doubleValue() / figures.agents());
    }

    private static Function<SwarmFigures, String> whole(Function<SwarmFigures, Long> of) {
        return figures -> String.format(Locale.ROOT, "%,d", of.apply(figures));
    }
}

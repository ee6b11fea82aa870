package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.audit.AuditReader;
import io.steward.agent.audit.AuditVerifier;
import io.steward.agent.audit.AuditVerifier.Report;
import io.steward.agent.audit.Finding;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "audit",
        description = {
            "Shows and checks who asked for what on this machine, see docs/audit.md. Needs no agent"
                    + " that runs.",
            "",
            "  steward audit show --last 20",
            "  steward audit verify"
        },
        subcommands = {AuditCommand.Show.class, AuditCommand.Verify.class})
final class AuditCommand implements Callable<Integer> {
    private final Shell shell;

    AuditCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        throw new CliException(
                Exit.USAGE,
                "what to do is missing: expected show or verify; see \"%s audit --help\""
                        .formatted(shell.self()));
    }

    private static CliException unreadable(IOException e) {
        return new CliException(Exit.USAGE, "the audit log cannot be read: " + e.getMessage(), e);
    }

    @Command(name = "show", description = "The lines of the audit log, the oldest first.")
    static final class Show implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Option(
                names = "--last",
                paramLabel = "N",
                description = "Only the last N lines (default: 50; 0 for all).")
        int last = 50;

        @Option(
                names = "--since",
                paramLabel = "TIME",
                description =
                        "Only those since then: 2026-01-31T12:00:00Z, or 2h for two hours ago.")
        @Nullable String since;

        Show(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            if (last < 0) {
                throw new CliException(Exit.USAGE, "--last %d: expected 0 or more".formatted(last));
            }
            Instant from = since == null ? null : Filters.instant(since);
            List<JsonNode> lines;
            try {
                lines = AuditReader.last(DataFolder.of(shell, common), last, from);
            } catch (IOException e) {
                throw unreadable(e);
            }
            ObjectNode document = Json.object();
            document.putArray("lines").addAll(lines);
            if (!Documents.print(shell, common.format, document, "lines")) {
                Table table = new Table("n", "at", "kind", "by", "what");
                lines.forEach(line -> row(table, line));
                table.print(shell);
            }
            return Exit.OK;
        }

        private static void row(Table table, JsonNode line) {
            String who = line.path("who").asText("");
            table.row(
                    line.path("n").asText(),
                    Times.near(line.path("at").asText()),
                    line.path("kind").asText(),
                    line.path("by").asText("") + (who.isEmpty() ? "" : " " + who),
                    what(line));
        }

        private static String what(JsonNode line) {
            List<String> words = new ArrayList<>();
            line.properties()
                    .forEach(field -> {
                        switch (field.getKey()) {
                            case "n",
                                    "at",
                                    "kind",
                                    "by",
                                    "who",
                                    "data",
                                    "prev",
                                    "sequence",
                                    "ended" -> {}
                            default -> words.add(field.getKey() + "=" + field.getValue().asText());
                        }
                    });
            return String.join(" ", words);
        }
    }

    @Command(
            name = "verify",
            description =
                    "Checks the chain: says which lines were changed, removed, inserted or put"
                        + " elsewhere, and whether the end was cut off. Exits with 1 if anything is"
                        + " wrong.")
    static final class Verify implements Callable<Integer> {
        private final Shell shell;
        @Mixin Common common = new Common();

        @Parameters(
                paramLabel = "FILE",
                arity = "0..*",
                description =
                        "Files of an audit log, the oldest first; without any, all of the data"
                                + " folder, and the end is checked with the journal.")
        List<Path> files = new ArrayList<>();

        Verify(Shell shell) {
            this.shell = shell;
        }

        @Override
        public Integer call() {
            Report report;
            try {
                report =
                        files.isEmpty()
                                ? AuditVerifier.ofFolder(DataFolder.of(shell, common))
                                : AuditVerifier.ofFiles(
                                        files.stream().map(shell.folder()::resolve).toList());
            } catch (IOException e) {
                throw unreadable(e);
            }
            ObjectNode document =
                    Json.object()
                            .put("intact", report.isIntact())
                            .put("lines", report.lines())
                            .put("first", report.first())
                            .put("last", report.last())
                            .put("endChecked", report.end());
            ArrayNode findings = document.putArray("findings");
            report.findings().forEach(finding -> findings.add(json(finding)));
            if (!Documents.print(shell, common.format, document)) {
                report.findings()
                        .forEach(each ->
                                shell.say(
                                        "%s:%d: %s"
                                                .formatted(each.file(), each.line(), each.what())));
                shell.say(
                        "%s: %d lines, n=%d to n=%d%s"
                                .formatted(
                                        report.isIntact() ? "intact" : "broken",
                                        report.lines(),
                                        report.first(),
                                        report.last(),
                                        report.end()
                                                ? ""
                                                : "; whether lines are missing behind them is not"
                                                        + " known without the journal"));
            }
            return report.isIntact() ? Exit.OK : Exit.FAILED;
        }

        private static ObjectNode json(Finding finding) {
            return Json.object()
                    .put("file", finding.file().toString())
                    .put("line", finding.line())
                    .put("what", finding.what());
        }
    }
}

package io.steward.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

@Command(
        name = "steward",
        synopsisSubcommandLabel = "COMMAND",
        description =
                "Manages nodes by messages. Begin with \"steward up\" or \"steward quickstart\".")
final class Root {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Show this and exit.")
    boolean help;

    @Option(
            names = "--debug",
            scope = ScopeType.INHERIT,
            description = "Show the stack traces of errors.")
    boolean debug;
}

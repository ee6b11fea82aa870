package io.steward.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options of every command that talks to an agent.
final class Common {
    @Option(
            names = "--server",
            paramLabel = "URL",
            description =
                    "The agent's API, http://127.0.0.1:8787 or https://HOST:PORT"
                            + " ($STEWARD_SERVER).")
    @Nullable String server;

    @Option(
            names = "--token",
            paramLabel = "TOKEN",
            description = "Its token; better in $STEWARD_TOKEN, where others do not see it.")
    @Nullable String token;

    @Option(
            names = "--ca",
            paramLabel = "FILE",
            description =
                    "The certificates, PEM, that the agent's own is to come from ($STEWARD_CA)."
                            + " Default: those that Java trusts.")
    @Nullable Path authority;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description =
                    "The agent's data folder, to find it and its token ($STEWARD_DATA). Not needed"
                            + " when one agent runs here.")
    @Nullable Path data;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "How to print: table (default), json, jsonl, yaml, raw.",
            converter = Format.Converter.class)
    Format format = Format.TABLE;

    /// The agent to talk to.
    ///
    /// @throws CliException if there is none, or more than one
    AgentClient agent(Shell shell) {
        return new AgentClient(new AgentFinder(shell).find(this));
    }
}

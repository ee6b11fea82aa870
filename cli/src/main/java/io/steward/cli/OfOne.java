package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/// What the commands about one thing that an agent keeps have in common.
abstract class OfOne implements Callable<Integer> {
    private static final Duration LONGEST = Duration.ofMinutes(2);

    final Shell shell;
    @Mixin Common common = new Common();

    OfOne(Shell shell) {
        this.shell = shell;
    }

    /// Where the API has it: `/v1/runs/01M7...`.
    abstract String path();

    /// Says how it is, for people.
    abstract void say(JsonNode json);

    final AgentClient agent() {
        return common.agent(shell);
    }

    /// Changes it, and prints how it is then.
    ///
    /// @param how the last part of the path
    /// @return the exit code
    final int change(String how) {
        JsonNode changed = agent().post(path() + "/" + how, Json.object(), LONGEST);
        if (!Documents.print(shell, common.format, changed)) {
            say(changed);
        }
        return Exit.OK;
    }
}

package io.steward.cli;

import io.steward.agent.http.AgentInfo;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "version", description = "Prints the version of this program.")
final class Version implements Callable<Integer> {
    private final Shell shell;

    Version(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        shell.out()
                .println(
                        "steward %s (Java %s)"
                                .formatted(AgentInfo.programVersion(), Runtime.version()));
        return Exit.OK;
    }
}

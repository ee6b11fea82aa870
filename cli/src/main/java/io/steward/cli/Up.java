package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.app.Agent;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "up",
        description =
                "Runs an agent with a broker of its own on this machine, until Ctrl-C, and says"
                    + " what to do next. What is written into inmsg.txt of the working folder is"
                    + " sent.")
final class Up implements Callable<Integer> {
    private final Shell shell;
    @Mixin AgentOptions options = new AgentOptions();

    @Option(
            names = "--broker-port",
            paramLabel = "PORT",
            description =
                    "The port of its broker; 0 for a free one ($STEWARD_BROKER_PORT). Default:"
                            + " 4222.")
    @Nullable String brokerPort;

    Up(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        if (brokerPort != null) {
            options.settings.put("broker.port", brokerPort);
        }
        Settings settings = options.load(shell, Mode.UP);
        Duration patience = settings.run().shutdownGrace().plus(AgentCommand.STOPPING);
        return Lifetime.run(
                patience,
                () -> {
                    boolean again;
                    String failure;
                    do {
                        try (Agent agent = Agent.start(settings)) {
                            AgentClient client = Readiness.client(agent);
                            JsonNode status = Readiness.await(client);
                            welcome(agent, status);
                            try (UpWatch _ = UpWatch.start(shell, client, status)) {
                                failure = agent.awaitStop();
                            }
                            again = agent.isToStartAgain();
                        }
                    } while (again);
                    return failure == null ? Exit.OK : Exit.FAILED;
                });
    }

    private void welcome(Agent agent, JsonNode status) {
        Settings settings = agent.settings();
        String self = shell.self();
        shell.say(
                "%s %s, API %s, data in %s"
                        .formatted(
                                settings.node(),
                                Readiness.text(status, ""),
                                agent.apiUrl(),
                                settings.data()));
        shell.say("  send messages      write them into " + settings.inmsg());
        shell.say(
                "  send a command     %s send-command %s -- uptime"
                        .formatted(self, settings.node()));
        shell.say("  see what happens   %s log -f".formatted(self));
        shell.say("  add a node         " + UpWatch.agentCommand(self, "ship1", status));
        shell.say("  stop               Ctrl-C");
    }
}

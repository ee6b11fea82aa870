package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.app.Agent;
import io.steward.agent.broker.JetStreamBroker;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "agent",
        description = {
            "Runs the agent of this node, until Ctrl-C or SIGTERM. For servers, under systemd for"
                    + " example.",
            "",
            "  steward agent --node ship1 --broker nats://broker.example.org:4222 --central central"
        })
final class AgentCommand implements Callable<Integer> {
    static final Duration STOPPING = Duration.ofMinutes(1);

    private final Shell shell;
    @Mixin AgentOptions options = new AgentOptions();

    AgentCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() throws Exception {
        Settings settings = options.load(shell, Mode.AGENT);
        Duration patience = settings.run().shutdownGrace().plus(STOPPING);
        return Lifetime.run(
                patience,
                () -> {
                    try (Agent agent = Agent.start(settings)) {
                        JsonNode status = Readiness.await(Readiness.client(agent));
                        shell.say(
                                "%s %s, API %s, messages in %s, data in %s"
                                        .formatted(
                                                settings.node(),
                                                Readiness.text(
                                                        status,
                                                        String.join(
                                                                ", ",
                                                                JetStreamBroker.names(
                                                                        settings.broker()))),
                                                agent.apiUrl(),
                                                settings.inmsg(),
                                                settings.data()));
                        agent.awaitStop();
                        return Exit.OK;
                    }
                });
    }
}

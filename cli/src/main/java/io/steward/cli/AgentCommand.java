package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.agent.app.Agent;
import io.steward.agent.broker.JetStreamBroker;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import java.io.IOException;
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
                    boolean again;
                    String failure;
                    do {
                        try (Agent agent = Agent.start(settings)) {
                            say(agent, agent.settings());
                            failure = agent.awaitStop();
                            again = agent.isToStartAgain();
                        }
                    } while (again);
                    return failure == null ? Exit.OK : Exit.FAILED;
                });
    }

    private void say(Agent agent, Settings settings) throws IOException, InterruptedException {
        String places = "messages in %s, data in %s".formatted(settings.inmsg(), settings.data());
        if (!settings.http().enabled()) {
            shell.say(
                    "%s is started, without an API (http.enabled is false), %s"
                            .formatted(settings.node(), places));
            return;
        }
        JsonNode status = Readiness.await(Readiness.client(agent));
        String urls = String.join(", ", JetStreamBroker.names(settings.broker()));
        shell.say(
                "%s %s, API %s, %s"
                        .formatted(
                                settings.node(),
                                Readiness.text(status, urls),
                                agent.apiUrl(),
                                places));
    }
}

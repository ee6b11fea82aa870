package io.steward.agent.app;

import io.steward.agent.method.Method;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.SettingsLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// An agent as a process of its own, for tests that kill it. Its arguments are settings,
/// `key=value`.
final class AgentProcess {
    private AgentProcess() {}

    public static void main(String[] arguments) throws Exception {
        run(arguments, List.of());
    }

    /// @param more methods besides those that every node has
    static void run(String[] arguments, List<Method> more) throws Exception {
        Map<String, String> flags = new TreeMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            flags.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        Settings settings =
                new SettingsLoader()
                        .load(flags, Map.of(), Path.of("").toAbsolutePath(), Mode.AGENT);
        Agent agent = Agent.start(settings, more);
        Runtime.getRuntime().addShutdownHook(new Thread(agent::close));
        agent.awaitStop();
    }
}

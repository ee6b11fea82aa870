package io.steward.agent.method.exec;

import io.steward.agent.secrets.SecretStore;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The environment of commands: a clean one, so that nothing secret of the agent's gets out.
public final class CommandEnvironment {
    /// Carries the message id; what carries it belongs to that message's process tree.
    public static final String MESSAGE_ID = "STEWARD_MESSAGE_ID";

    public static final String FROM = "STEWARD_FROM";
    public static final String TO = "STEWARD_TO";
    public static final String ATTEMPT = "STEWARD_ATTEMPT";

    private static final String DEFAULT_PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final Map<String, String> base = new LinkedHashMap<>();

    /// @param agent the agent's own environment, of which PATH, HOME, LANG and `allowed` are passed
    ///   on, but no secret; PATH, HOME and LANG have defaults where it has none
    /// @param allowed names that it need not have
    public CommandEnvironment(Map<String, String> agent, List<String> allowed) {
        for (String name : allowed) {
            String value = agent.get(name);
            if (value != null && !name.startsWith(SecretStore.VARIABLE)) {
                base.put(name, value);
            }
        }
        base.put("PATH", agent.getOrDefault("PATH", DEFAULT_PATH));
        base.put("HOME", agent.getOrDefault("HOME", "/"));
        base.put("LANG", agent.getOrDefault("LANG", "C.UTF-8"));
    }

    /// The environment of one command.
    public Map<String, String> of(MessageId id, NodeName from, NodeName to, int attempt) {
        Map<String, String> environment = new LinkedHashMap<>(base);
        environment.put(MESSAGE_ID, id.value());
        environment.put(FROM, from.value());
        environment.put(TO, to.value());
        environment.put(ATTEMPT, Integer.toString(attempt));
        return environment;
    }
}

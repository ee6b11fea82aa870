package io.steward.cli;

import io.steward.agent.http.AgentFile;
import io.steward.agent.http.AgentRegistry;
import io.steward.agent.http.ApiToken;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Finds the agent to talk to: the one that is named by `--server`, else the one of `--data`, else
/// `$STEWARD_SERVER`, else `$STEWARD_DATA`, else the only one that runs on this machine.
final class AgentFinder {
    private final Map<String, String> environment;
    private final Path folder;
    private final String self;

    AgentFinder(Shell shell) {
        this.environment = shell.environment();
        this.folder = shell.folder();
        this.self = shell.self();
    }

    /// @throws CliException if there is none, or more than one
    AgentAddress find(Common options) {
        String token = options.token != null ? options.token : variable("STEWARD_TOKEN");
        Path data = options.data != null ? folder.resolve(options.data) : null;
        String variableAuthority = variable("STEWARD_CA");
        Path authority =
                options.authority != null
                        ? folder.resolve(options.authority)
                        : variableAuthority == null ? null : folder.resolve(variableAuthority);
        if (options.server != null) {
            return named(options.server, token, data, authority);
        }
        if (data != null) {
            return of(data, token);
        }
        String server = variable("STEWARD_SERVER");
        String variableData = variable("STEWARD_DATA");
        if (server != null) {
            return named(
                    server,
                    token,
                    variableData == null ? null : folder.resolve(variableData),
                    authority);
        }
        if (variableData != null) {
            return of(folder.resolve(variableData), token);
        }
        return only(token);
    }

    private @Nullable String variable(String name) {
        String value = environment.get(name);
        return value == null || value.isEmpty() ? null : value;
    }

    private AgentAddress named(
            String server, @Nullable String token, @Nullable Path data, @Nullable Path authority) {
        URI url;
        try {
            url = URI.create(server.indexOf("://") < 0 ? "http://" + server : server);
        } catch (IllegalArgumentException e) {
            throw new CliException(
                    Exit.USAGE,
                    "--server \"%s\" is no URL: expected for example http://127.0.0.1:8787"
                            .formatted(server));
        }
        if (!List.of("http", "https").contains(String.valueOf(url.getScheme()))
                || url.getHost() == null) {
            throw new CliException(
                    Exit.USAGE,
                    "--server \"%s\" cannot be used: expected for example http://127.0.0.1:8787 or https://agent.example:8788"
                            .formatted(server));
        }
        if (token == null && data == null) {
            throw new CliException(
                    Exit.USAGE,
                    "the agent at %s wants a token: set STEWARD_TOKEN to one of \"%s token make\" there, or on its machine to what stands in the file %s of its data folder, or give --data DIR"
                            .formatted(url, self, ApiToken.NAME));
        }
        return new AgentAddress(url, token != null ? token : token(data), authority);
    }

    private AgentAddress of(Path data, @Nullable String token) {
        AgentFile file;
        try {
            file = AgentFile.read(data);
        } catch (NoSuchFileException e) {
            throw new CliException(
                    Exit.NO_AGENT,
                    "no agent runs in %s: start one with \"%s up --data %s\""
                            .formatted(data, self, data));
        } catch (IOException e) {
            throw new CliException(
                    Exit.NO_AGENT, "cannot read %s: %s".formatted(data.resolve(AgentFile.NAME), e));
        }
        if (!file.isAlive()) {
            throw new CliException(
                    Exit.NO_AGENT,
                    "the agent of %s (%s, pid %d) is not running any more: start it again"
                            .formatted(data, file.node(), file.pid()));
        }
        return new AgentAddress(file.url(), token != null ? token : token(data));
    }

    private AgentAddress only(@Nullable String token) {
        AgentRegistry registry = AgentRegistry.ofUser(environment);
        List<Path> running = new ArrayList<>();
        StringBuilder list = new StringBuilder();
        try {
            for (Path data : registry.dataFolders()) {
                try {
                    AgentFile file = AgentFile.read(data);
                    if (file.isAlive()) {
                        running.add(data);
                        list.append("\n  --data ")
                                .append(data)
                                .append("   node ")
                                .append(file.node());
                    }
                } catch (IOException e) {
                    // Of an agent that has gone.
                }
            }
        } catch (IOException e) {
            throw new CliException(
                    Exit.NO_AGENT,
                    "cannot look for agents in %s: %s".formatted(registry.folder(), e));
        }
        if (running.isEmpty()) {
            throw new CliException(
                    Exit.NO_AGENT,
                    "no agent of yours runs on this machine: start one with \"%s up\", or name one with --data DIR or --server URL"
                            .formatted(self));
        }
        if (running.size() > 1) {
            throw new CliException(
                    Exit.USAGE,
                    "%d agents run on this machine; choose one with --data or STEWARD_DATA:%s"
                            .formatted(running.size(), list));
        }
        return of(running.getFirst(), token);
    }

    private static String token(@Nullable Path data) {
        if (data == null) {
            throw new IllegalStateException("neither token nor data folder");
        }
        try {
            return ApiToken.read(data);
        } catch (NoSuchFileException e) {
            throw new CliException(
                    Exit.NO_AGENT,
                    "%s is missing: is %s an agent's data folder?"
                            .formatted(data.resolve(ApiToken.NAME), data));
        } catch (AccessDeniedException e) {
            throw new CliException(
                    Exit.NO_AGENT,
                    "you may not read %s: run this as the user who runs the agent, or set STEWARD_TOKEN"
                            .formatted(data.resolve(ApiToken.NAME)));
        } catch (IOException e) {
            throw new CliException(Exit.NO_AGENT, "cannot read the token: " + e, e);
        }
    }
}

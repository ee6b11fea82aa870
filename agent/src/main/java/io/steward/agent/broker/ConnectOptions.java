package io.steward.agent.broker;

import io.nats.client.ConnectionListener;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.steward.agent.identity.JoinToken;
import io.steward.agent.identity.Permissions;
import io.steward.agent.settings.Settings.BrokerSettings;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a connection is made. jnats's defaults are wrong for an agent: it gives up for good after 60
/// tries, notices a dead link after 4 to 6 minutes, and keeps unsent messages in memory.
///
/// @param name of the connection and its threads
/// @param inboxPrefix where answers of the broker come, so that permissions can keep others off
/// @param answers where those of other nodes come
/// @param creds a credentials file; null for none
/// @param credentials the text of such a file; null for none
/// @param ca certificates that are trusted; null for those of the JVM
/// @param user null for none
/// @param password null if `user` is a token
record ConnectOptions(
        String name,
        String inboxPrefix,
        String answers,
        @Nullable Path creds,
        @Nullable String credentials,
        @Nullable Path ca,
        @Nullable String user,
        @Nullable String password,
        @Nullable String domain) {
    /// How many messages may be in flight; the queue before the socket holds them all.
    static final int MAX_IN_FLIGHT = 4_096;

    static ConnectOptions of(BrokerSettings settings, NodeName node) {
        String info =
                settings.urls().stream()
                        .map(URI::getUserInfo)
                        .filter(each -> each != null && !each.isEmpty())
                        .findFirst()
                        .orElse(null);
        int colon = info == null ? -1 : info.indexOf(':');
        return new ConnectOptions(
                "steward-" + node,
                "_INBOX_" + node,
                Permissions.answers(node),
                settings.creds(),
                null,
                settings.ca(),
                info == null || colon < 0 ? info : info.substring(0, colon),
                info == null || colon < 0 ? null : info.substring(colon + 1),
                settings.domain());
    }

    /// Of a machine that is no member yet.
    static ConnectOptions of(BrokerSettings settings, JoinToken token) {
        return new ConnectOptions(
                "steward-joining",
                token.inboxPrefix(),
                token.inboxPrefix(),
                null,
                token.credentials(),
                settings.ca(),
                null,
                null,
                settings.domain());
    }

    /// @throws IOException if the certificates cannot be read
    Options build(
            List<String> servers,
            SessionThreads threads,
            ErrorListener problems,
            ConnectionListener changes)
            throws IOException {
        Options.Builder options =
                new Options.Builder()
                        .servers(servers.toArray(String[]::new))
                        .connectionName(name)
                        .maxReconnects(0) // see Session
                        .connectionTimeout(Duration.ofSeconds(5))
                        .pingInterval(Duration.ofSeconds(10))
                        .maxPingsOut(2)
                        .reconnectBufferSize(0)
                        .maxMessagesInOutgoingQueue(2 * MAX_IN_FLIGHT)
                        .socketWriteTimeout(Duration.ofSeconds(10))
                        .inboxPrefix(inboxPrefix)
                        .advancedRequestBehavior()
                        .subjectValidationType(Options.SubjectValidationType.Strict)
                        .errorListener(problems)
                        .connectionListener(changes)
                        .executor(threads.pool())
                        .callbackExecutor(threads.pool())
                        .connectExecutor(threads.pool())
                        .readerExecutor(threads.pool())
                        .writerExecutor(threads.pool())
                        .scheduledExecutor(threads.scheduler());
        if (creds != null) {
            options.authHandler(Nats.credentials(creds.toString()));
        } else if (credentials != null) {
            options.authHandler(
                    Nats.staticCredentials(credentials.getBytes(StandardCharsets.UTF_8)));
        } else if (user != null && password != null) {
            options.userInfo(user.toCharArray(), password.toCharArray());
        } else if (user != null) {
            options.token(user.toCharArray());
        }
        if (ca != null) {
            options.sslContext(Trust.of(ca));
        }
        return options.build();
    }

    /// Keeps the password out of logs.
    @Override
    public String toString() {
        return "ConnectOptions[" + name + "]";
    }
}

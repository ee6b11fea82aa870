package io.steward.agent.settings;

import io.steward.messages.NodeName;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Everything an agent is told from outside. Immutable. See docs/settings.md for the keys.
///
/// @param node this node's name
/// @param central the node that collects errors and presence; may be this one
/// @param data the folder that holds all the agent keeps
/// @param inmsg the drop file
/// @param inbox the drop folder
public record Settings(
        NodeName node,
        NodeName central,
        Path data,
        Path inmsg,
        Path inbox,
        BrokerSettings broker,
        MailboxSettings mailbox,
        HttpSettings http,
        JournalSettings journal,
        ProcessedLogSettings processedLog,
        AuditSettings audit,
        RunSettings run,
        SyslogSettings syslog,
        FleetSettings fleet,
        PolicySettings policy) {
    /// That of an agent which is told of no other.
    static final NodeName USUAL_CENTRAL = new NodeName("central");

    /// Of a node that the fleet knows by another name, or is to log in otherwise.
    ///
    /// @param of the node that adopted it: its central, if it was told of no other
    public Settings as(NodeName name, NodeName of, BrokerSettings login, FleetSettings inFleet) {
        return new Settings(
                name,
                central.equals(USUAL_CENTRAL) ? of : central,
                data,
                inmsg,
                inbox,
                login,
                mailbox,
                http,
                journal,
                processedLog,
                audit,
                run,
                syslog,
                inFleet,
                policy);
    }

    /// @param urls of the servers, tried in random order
    /// @param creds a NATS credentials file
    /// @param ca certificates, as PEM, of which one has signed that of the servers; null for those
    ///   that the JVM trusts
    /// @param embedded whether the agent runs a nats-server of its own
    /// @param embeddedPort its port; 0 for a free one
    /// @param embeddedPortIsFixed whether the port was asked for, so that another one is not tried
    ///   when it is taken
    /// @param embeddedProgram the nats-server to run; null to have `bin/nats-server` find one
    /// @param embeddedSync `sync_interval` of the embedded server: `always`, or a duration
    /// @param domain the JetStream domain, for leaf nodes
    /// @param join the join token with which to ask to be a member; null for none
    public record BrokerSettings(
            List<URI> urls,
            @Nullable Path creds,
            @Nullable Path ca,
            boolean embedded,
            int embeddedPort,
            boolean embeddedPortIsFixed,
            @Nullable Path embeddedProgram,
            String embeddedSync,
            @Nullable String domain,
            @Nullable String join) {
        /// With other credentials.
        public BrokerSettings as(Path credentials) {
            return new BrokerSettings(
                    urls,
                    credentials,
                    ca,
                    embedded,
                    embeddedPort,
                    embeddedPortIsFixed,
                    embeddedProgram,
                    embeddedSync,
                    domain,
                    null);
        }

        /// Keeps a join token, and what stands in the URLs, out of logs.
        @Override
        public String toString() {
            return "BrokerSettings[" + urls.size() + " servers]";
        }
    }

    /// The limits of a mailbox that this agent makes.
    public record MailboxSettings(
            long maxMessages,
            long maxBytes,
            Duration maxAge,
            Duration duplicateWindow,
            int replicas) {}

    /// @param enabled whether to listen at all
    /// @param port 0 for a free one
    /// @param portIsFixed whether the port was asked for, so that another one is not tried when it
    ///   is taken
    /// @param remote where and how it is served to other machines
    public record HttpSettings(
            boolean enabled, String host, int port, boolean portIsFixed, RemoteSettings remote) {
        /// Served to nobody else.
        public HttpSettings(boolean enabled, String host, int port, boolean portIsFixed) {
            this(enabled, host, port, portIsFixed, RemoteSettings.NONE);
        }
    }

    /// How the HTTP API is served to other machines.
    ///
    /// @param address null for not at all
    /// @param certificate the file of the certificate and those that lead to its root, PEM
    /// @param key the file of its private key, PEM
    /// @param names the host names by which the others call it
    /// @param insecure whether without TLS if there is no certificate
    public record RemoteSettings(
            @Nullable HostAndPort address,
            @Nullable Path certificate,
            @Nullable Path key,
            List<String> names,
            boolean insecure) {
        static final RemoteSettings NONE = new RemoteSettings(null, null, null, List.of(), false);

        public RemoteSettings {
            names = List.copyOf(names);
        }
    }

    /// @param host without brackets
    /// @param port 0 for a free one
    public record HostAndPort(String host, int port) {}

    /// @param retention how long ended messages are kept
    /// @param maxUnfinished how many received messages may be unfinished before fetching stops
    /// @param maxQueued how many sent messages may be without an end before no more are accepted
    public record JournalSettings(Duration retention, int maxUnfinished, int maxQueued) {}

    /// @param maxBytes size at which the file is rotated
    /// @param keep how many rotated files are kept
    public record ProcessedLogSettings(long maxBytes, int keep) {}

    /// @param maxBytes size at which the file is rotated
    /// @param keep how many rotated files are kept
    public record AuditSettings(long maxBytes, int keep) {}

    /// @param methodTimeout how long a method may run where neither message nor method says
    /// @param outputCap how many bytes of stdout and of stderr are kept
    /// @param killGrace between TERM and KILL
    /// @param shutdownGrace how long running methods may go on when the agent is stopped
    /// @param idle after this long without a message the process of a subject is retired
    /// @param workingFolder where commands run; null for the agent's
    /// @param environment names of environment variables that commands get from the agent, besides
    ///   the clean ones
    public record RunSettings(
            Duration methodTimeout,
            int outputCap,
            Duration killGrace,
            Duration shutdownGrace,
            Duration idle,
            @Nullable Path workingFolder,
            List<String> environment) {}

    /// Where syslogforwarding sends on to; null for nowhere: `udp://host:514`, `tcp://host:601`,
    /// `tls://host:6514`.
    public record SyslogSettings(@Nullable URI forwardTo) {}

    /// What this node is in its fleet.
    ///
    /// @param cloud null if it is in none
    /// @param heartbeat how often it says that it is there
    public record FleetSettings(@Nullable String cloud, List<String> tags, Duration heartbeat) {}

    /// What others may have this node do.
    ///
    /// @param file the rules; need not be there
    public record PolicySettings(Path file) {}
}

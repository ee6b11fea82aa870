package io.steward.campaign.world;

import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/// The broker of a campaign: one server or several, and the places at which agents connect to it.
/// Used by one thread.
public interface Brokers extends AutoCloseable {
    /// What an agent at a place needs.
    ///
    /// @param urls its `broker.url`
    /// @param settings further settings of it, such as `mailbox.replicas`
    record Place(List<URI> urls, Map<String, String> settings) {
        public Place {
            urls = List.copyOf(urls);
            settings = Map.copyOf(settings);
        }

        /// Gives an agent these settings, for its next start.
        public AgentNode at(AgentNode agent) {
            settings.forEach(agent::with);
            return agent;
        }
    }

    /// Where the central node connects.
    Place hub();

    /// Where the others connect; the same place, unless there is a site of its own.
    default Place edge() {
        return hub();
    }

    /// All servers, each of which may be killed and started again at any time. While more than one
    /// of three is down a cluster stores nothing.
    List<NatsServer> servers();

    /// The links between servers that can be cut; none if there is one server.
    default List<TcpProxy> links() {
        return List.of();
    }

    /// Starts all, and waits until JetStream answers.
    void start() throws IOException, InterruptedException;

    @Override
    void close();
}

package io.steward.campaign.world;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A hub and a leaf node of it at another site, with a link between them that can be cut. Used by
/// one thread.
public final class LeafSite implements Brokers {
    /// Where the mailboxes of the agents behind the leaf are.
    public enum Mailboxes {
        /// At the leaf, which has a JetStream of its own, domain `edge`: the site goes on by itself
        /// while its link is cut.
        AT_THE_LEAF,
        /// At the hub; the leaf passes on and stores nothing.
        AT_THE_HUB
    }

    private final Mailboxes mailboxes;
    private final NatsServer hub;
    private final NatsServer leaf;
    private final TcpProxy link;

    /// Writes their configurations; they do not run yet.
    ///
    /// @param program the path of nats-server
    /// @param jetStream further lines inside `jetstream { }` of each that has one
    public LeafSite(String program, Path folder, String jetStream, Mailboxes mailboxes)
            throws IOException {
        this.mailboxes = mailboxes;
        int port = NatsServer.freePort();
        Path home = folder.resolve("hub");
        hub =
                new NatsServer(
                        program,
                        "hub",
                        home,
                        home.resolve("storage"),
                        "domain: hub\n" + jetStream,
                        "leafnodes { listen: \"127.0.0.1:%d\" }".formatted(port));
        link = new TcpProxy(port);
        String remote =
                "leafnodes { remotes: [ { url: \"nats-leaf://127.0.0.1:%d\" } ], reconnect: 1s }"
                        .formatted(link.port());
        Path away = folder.resolve("leaf");
        leaf =
                mailboxes == Mailboxes.AT_THE_LEAF
                        ? new NatsServer(
                                program,
                                "leaf",
                                away,
                                away.resolve("storage"),
                                "domain: edge\n" + jetStream,
                                remote)
                        : NatsServer.withoutJetStream(program, "leaf", away, remote);
    }

    @Override
    public Place hub() {
        return new Place(List.of(hub.url()), Map.of());
    }

    @Override
    public Place edge() {
        return new Place(
                List.of(leaf.url()),
                Map.of("broker.domain", mailboxes == Mailboxes.AT_THE_LEAF ? "edge" : "hub"));
    }

    @Override
    public List<NatsServer> servers() {
        return List.of(hub, leaf);
    }

    /// The link between hub and leaf.
    public TcpProxy link() {
        return link;
    }

    @Override
    public List<TcpProxy> links() {
        return List.of(link);
    }

    @Override
    public void start() throws IOException, InterruptedException {
        hub.start();
        leaf.start();
    }

    @Override
    public void close() {
        leaf.close();
        link.close();
        hub.close();
    }
}

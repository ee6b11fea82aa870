package io.steward.agent.broker;

import io.nats.client.Connection;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.steward.agent.settings.Settings.BrokerSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/// The account of the nats-server itself, through which it is told of accounts that have changed.
public final class SystemAccount {
    private static final String UPDATE = "$SYS.REQ.CLAIMS.UPDATE";
    private static final String TAKEN = "\"code\":200";
    private static final Duration WAIT = Duration.ofSeconds(5);

    private final BrokerSettings broker;
    private final String credentials;

    /// @param broker where it is
    /// @param credentials of a user of that account, as in a `.creds` file
    public SystemAccount(BrokerSettings broker, String credentials) {
        this.broker = broker;
        this.credentials = credentials;
    }

    /// Hands over the token of an account; connections of users that are revoked in it end.
    ///
    /// @throws BrokerException if the server cannot be reached or does not take it
    @SuppressWarnings("try") // closing a connection may be interrupted, and that is passed on
    public void update(String account) throws BrokerException, InterruptedException {
        String doing = "telling the nats-server of the fleet's account";
        try (Connection connection = Nats.connect(options())) {
            Message answer =
                    connection.request(UPDATE, account.getBytes(StandardCharsets.UTF_8), WAIT);
            String said =
                    answer == null ? "" : new String(answer.getData(), StandardCharsets.UTF_8);
            if (!said.replace(" ", "").contains(TAKEN)) {
                throw new BrokerException(
                        BrokerException.Kind.OTHER,
                        "%s: it answers %s".formatted(doing, said.isEmpty() ? "nothing" : said));
            }
        } catch (IOException | IllegalStateException e) {
            throw Refusals.of(doing, e);
        }
    }

    private Options options() throws IOException {
        Options.Builder options =
                new Options.Builder()
                        .servers(Session.servers(broker.urls()).toArray(String[]::new))
                        .maxReconnects(0)
                        .connectionTimeout(WAIT)
                        .authHandler(
                                Nats.staticCredentials(
                                        credentials.getBytes(StandardCharsets.UTF_8)));
        Path ca = broker.ca();
        if (ca != null) {
            options.sslContext(Trust.of(ca));
        }
        return options.build();
    }
}

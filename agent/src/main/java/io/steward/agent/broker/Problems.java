package io.steward.agent.broker;

import io.nats.client.Connection;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What jnats reports of one [Session] apart from its calls. Says each error of the broker once.
final class Problems implements ErrorListener {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final int MAX_SAID = 200;
    private static final String DENIED = "publish to \"";

    private final Set<String> said = ConcurrentHashMap.newKeySet();
    private volatile @Nullable Session session;
    private volatile @Nullable String why;

    /// The handshake has succeeded.
    void attach(Session made) {
        session = made;
    }

    /// Why the handshake has failed; null if that is not known.
    @Nullable String why() {
        return why;
    }

    @Override
    public void errorOccurred(Connection of, String error) {
        Session known = session;
        if (known == null) {
            why = error;
            return;
        }
        String subject = deniedSubject(error);
        boolean handled = subject != null && known.denied(subject, error);
        if (!handled && said.size() < MAX_SAID && said.add(error)) {
            LOG.warn("the broker says: {}", error);
        }
    }

    /// Of `Permissions Violation for Publish to "subject"`, which jnats may give in lower case.
    static @Nullable String deniedSubject(String error) {
        int from = error.toLowerCase(Locale.ROOT).indexOf(DENIED);
        if (from < 0) {
            return null;
        }
        from += DENIED.length();
        int to = error.indexOf('"', from);
        return error.substring(from, to < 0 ? error.length() : to);
    }

    @Override
    public void exceptionOccurred(Connection of, Exception e) {
        if (session == null && why == null) {
            why = said(e);
        }
        LOG.debug("connection", e);
    }

    /// Of what the network says; a failed TLS handshake comes wrapped. Null if it is something
    /// else.
    private static @Nullable String said(Throwable e) {
        for (Throwable each = e; each != null; each = each.getCause()) {
            if (each instanceof IOException) {
                String text = each.getMessage() == null ? each.toString() : each.getMessage();
                return each instanceof SSLException
                        ? text + " (is the setting broker.ca the one of this broker?)"
                        : text;
            }
        }
        return null;
    }

    @Override
    public void slowConsumerDetected(Connection of, Consumer consumer) {
        LOG.warn("messages were dropped because they were not taken quickly enough");
    }

    @Override
    public void socketWriteTimeout(Connection of) {
        LOG.warn("the broker has not taken what was sent for too long; the connection is given up");
    }
}

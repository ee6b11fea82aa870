package io.steward.agent.broker;

import io.nats.client.Dispatcher;
import io.nats.client.Message;
import io.nats.client.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Plain subjects, where nothing is stored.
final class Talk {
    private static final Logger LOG = LoggerFactory.getLogger(Talk.class);

    /// How many questions on one subject are answered at a time; more are dropped, as an unheard
    /// question is.
    private static final int MAX_ANSWERING = 64;

    /// How the subjects begin on which whoever asks hears the answer.
    private static final String INBOX = "answer.";

    private final Link link;
    private final List<Listening> listening = new CopyOnWriteArrayList<>();

    /// Known here before others get it.
    private volatile @Nullable Session latest;

    private @Nullable Session dispatcherOf; // guarded by this, as is the next
    private @Nullable Dispatcher dispatcher;

    Talk(Link link) {
        this.link = link;
        link.onSession(session -> {
            latest = session; // why: before the look, so that whoever comes after it finds this
            listening.forEach(each -> each.listen(session));
        });
    }

    void say(String subject, byte[] payload) {
        Session session = link.session();
        if (session == null) {
            return;
        }
        try {
            session.send(subject, null, null, payload);
        } catch (IllegalStateException e) {
            LOG.debug("not said on {}: {}", subject, e.getMessage());
        }
    }

    List<Broker.Answer> ask(
            String subject, byte[] payload, Duration wait, Predicate<Broker.Answer> isLast)
            throws InterruptedException {
        List<Broker.Answer> answers = new ArrayList<>();
        Session session = link.session();
        if (session == null) {
            return answers;
        }
        long begin = System.nanoTime();
        Subscription replies = null;
        try {
            String inbox = session.answers();
            replies = session.subscribe(inbox);
            session.send(subject, inbox, null, payload);
            while (answers.isEmpty() || !isLast.test(answers.getLast())) {
                long left = begin + wait.toNanos() - System.nanoTime();
                Message message = left <= 0 ? null : replies.nextMessage(Duration.ofNanos(left));
                if (message == null || message.isStatusMessage()) {
                    return answers; // the time is over, or nobody listens
                }
                answers.add(
                        new Broker.Answer(
                                message.getData(), Duration.ofNanos(System.nanoTime() - begin)));
            }
            return answers;
        } catch (IllegalStateException e) {
            return answers; // the connection has ended meanwhile
        } finally {
            end(replies);
        }
    }

    private static void end(@Nullable Subscription subscription) {
        try {
            if (subscription != null) {
                subscription.unsubscribe();
            }
        } catch (IllegalStateException e) {
            LOG.debug("a subscription has ended with its connection", e);
        }
    }

    /// The one of this session: what is heard is answered on threads of its own, so that one is
    /// enough for all subjects.
    private synchronized Dispatcher dispatcher(Session session) {
        Dispatcher made = dispatcher;
        if (made == null || dispatcherOf != session) {
            made = session.dispatcher();
            dispatcher = made;
            dispatcherOf = session;
        }
        return made;
    }

    AutoCloseable answer(String subject, Function<byte[], byte[]> answer) {
        return listen(new Listening(subject, new Answering(subject, answer)));
    }

    /// Calls `heard` for each message of a subject, none left out, on the one thread that hears all
    /// subjects: it must return at once.
    AutoCloseable listen(String subject, Runnable heard) {
        return listen(new Listening(subject, (_, _) -> heard.run()));
    }

    private AutoCloseable listen(Listening made) {
        listening.add(made);
        Session session = latest;
        if (session != null && session.isOpen()) {
            made.listen(session);
        }
        return () -> {
            listening.remove(made);
            made.end();
        };
    }

    /// Answers questions, each on a thread of its own.
    private record Answering(String subject, Function<byte[], byte[]> answer, Semaphore room)
            implements BiConsumer<Session, Message> {

        Answering(String subject, Function<byte[], byte[]> answer) {
            this(subject, answer, new Semaphore(MAX_ANSWERING));
        }

        @Override
        public void accept(Session session, Message message) {
            if (!room.tryAcquire()) {
                LOG.warn(
                        "{}: more than {} questions at a time, one dropped",
                        subject,
                        MAX_ANSWERING);
                return;
            }
            Thread.ofVirtual().name("answer " + subject).start(() -> reply(session, message));
        }

        private void reply(Session session, Message message) {
            try {
                byte[] said = answer.apply(message.getData());
                String to = message.getReplyTo();
                if (to == null || said.length == 0) {
                    return;
                }
                // why: whoever asks names the subject, and this agent may publish where he may not
                if (to.startsWith(INBOX)) {
                    session.send(to, null, null, said);
                } else {
                    LOG.warn(
                            "{}: asked to answer on {}, which is no inbox: not answered",
                            subject,
                            to);
                }
            } catch (IllegalStateException e) {
                LOG.debug("{}: not answered: {}", subject, e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("{}: answering has failed", subject, e);
            } finally {
                room.release();
            }
        }
    }

    private final class Listening {
        private final String subject;
        private final BiConsumer<Session, Message> hearing;
        private @Nullable Session on;
        private @Nullable Dispatcher by;
        private @Nullable Subscription subscription;
        private boolean ended;

        Listening(String subject, BiConsumer<Session, Message> hearing) {
            this.subject = subject;
            this.hearing = hearing;
        }

        synchronized void listen(Session session) {
            if (ended || (on != null && on.number() >= session.number())) {
                return;
            }
            on = session;
            try {
                Dispatcher all = dispatcher(session);
                subscription = all.subscribe(subject, message -> hearing.accept(session, message));
                by = all;
            } catch (IllegalStateException e) {
                LOG.debug("not listening on {}: {}", subject, e.getMessage());
            }
        }

        synchronized void end() {
            ended = true;
            Session session = on;
            try {
                if (by != null && subscription != null && session != null && session.isOpen()) {
                    by.unsubscribe(subscription);
                }
            } catch (IllegalStateException | IllegalArgumentException e) {
                LOG.debug("a subscription has ended with its connection", e);
            }
        }
    }
}

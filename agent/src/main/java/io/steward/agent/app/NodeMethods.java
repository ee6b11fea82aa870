package io.steward.agent.app;

import io.steward.agent.inbox.MessageInbox;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.kernel.Kernel;
import io.steward.agent.method.Cancel;
import io.steward.agent.method.ErrorLog;
import io.steward.agent.method.Hello;
import io.steward.agent.method.Method;
import io.steward.agent.method.Methods;
import io.steward.agent.method.NoOperation;
import io.steward.agent.method.NodeTags;
import io.steward.agent.method.Ping;
import io.steward.agent.method.ProcessChange;
import io.steward.agent.method.ProcessList;
import io.steward.agent.method.ShellCommand;
import io.steward.agent.method.SyslogForwarding;
import io.steward.agent.method.Tag;
import io.steward.agent.method.TextLogging;
import io.steward.agent.method.exec.ProcessRunner;
import io.steward.agent.outbox.MessageOutbox;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.outbox.SubmitException;
import io.steward.agent.secrets.SecretStore;
import io.steward.agent.settings.Settings;
import io.steward.messages.MessageId;
import io.steward.messages.NodeName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;

/// The methods of a node. To add one: a class in package `method`, and a line here.
final class NodeMethods {
    private NodeMethods() {}

    /// @param closer closes those that hold files or connections
    /// @param more methods besides those that every node has
    static Methods of(
            Settings settings,
            Closer closer,
            ProcessRunner runner,
            Journal journal,
            Kernel kernel,
            MessageOutbox outbox,
            Supplier<MessageInbox> inbox,
            String version,
            Instant startedAt,
            NodeTags tags,
            List<Method> more) {
        Map<String, String> environment = System.getenv();
        List<Method> methods = new ArrayList<>();
        methods.add(
                new ShellCommand(
                        runner,
                        settings.run(),
                        environment,
                        new SecretStore(settings.data(), environment)));
        methods.add(closer.add(new TextLogging()));
        methods.add(
                closer.add(
                        new SyslogForwarding(
                                settings.syslog(),
                                (SSLSocketFactory) SSLSocketFactory.getDefault())));
        methods.add(new Hello(journal, outbox::nodeIsHere));
        methods.add(closer.add(new ErrorLog()));
        methods.add(new Ping(version, startedAt));
        methods.add(new NoOperation());
        methods.add(new Tag(tags));
        methods.add(new ProcessList(kernel));
        methods.add(ProcessChange.start(kernel));
        methods.add(ProcessChange.stop(kernel));
        methods.add(ProcessChange.restart(kernel));
        methods.add(new Cancel((id, by) -> cancel(id, by, settings.node(), inbox.get(), outbox)));
        methods.addAll(more);
        return new Methods(methods);
    }

    /// What came to this node is cancelled here. What this node sent is cancelled as its own
    /// `cancel` would, if another node asks: one's own question would come round again.
    private static String cancel(
            MessageId id, NodeName by, NodeName here, MessageInbox inbox, MessageOutbox outbox)
            throws InterruptedException {
        if (by.equals(here) || inbox.knows(id)) {
            return inbox.cancel(id);
        }
        try {
            Outbox.Cancelling cancelling = outbox.cancel(id).orElse(null);
            return switch (cancelling) {
                case null -> inbox.cancel(id);
                case Outbox.Cancelling.Done() -> "sent from here; cancelled";
                case Outbox.Cancelling.Asked(MessageId request) ->
                        "sent from here; its node has been asked to cancel it, by " + request;
                case Outbox.Cancelling.TooLate(SentMessage ended) ->
                        "too late: sent from here, it has ended as " + ended.state();
            };
        } catch (SubmitException e) {
            throw new IllegalStateException("cancelling %s: %s".formatted(id, e.getMessage()), e);
        }
    }
}

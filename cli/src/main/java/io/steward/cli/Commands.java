package io.steward.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/// Every command, in the order of the help. A command is made only when it is used.
final class Commands {
    private Commands() {}

    /// @param type carries the `@Command`
    record Entry(Class<?> type, Function<Shell, Object> maker) {}

    static Map<String, Entry> all() {
        Map<String, Entry> commands = new LinkedHashMap<>();
        commands.put("up", new Entry(Up.class, Up::new));
        commands.put("quickstart", new Entry(Quickstart.class, Quickstart::new));
        commands.put("agent", new Entry(AgentCommand.class, AgentCommand::new));
        commands.put("send-command", new Entry(SendCommand.class, SendCommand::new));
        commands.put("send-event", new Entry(SendEvent.class, SendEvent::new));
        commands.put("send", new Entry(Send.class, Send::new));
        commands.put("follow", new Entry(Follow.class, Follow::new));
        commands.put("status", new Entry(Status.class, Status::new));
        commands.put("cancel", new Entry(Cancel.class, Cancel::new));
        commands.put("queue", new Entry(Queue.class, Queue::new));
        commands.put("resend", new Entry(Resend.class, Resend::new));
        commands.put("log", new Entry(Log.class, Log::new));
        commands.put("history", new Entry(History.class, History::new));
        commands.put("errors", new Entry(Errors.class, Errors::new));
        commands.put("run", new Entry(RunCommand.class, RunCommand::new));
        commands.put("schedule", new Entry(ScheduleCommand.class, ScheduleCommand::new));
        commands.put("nodes", new Entry(Nodes.class, Nodes::new));
        commands.put("node", new Entry(NodeCommand.class, NodeCommand::new));
        commands.put("ping", new Entry(Ping.class, Ping::new));
        commands.put("facts", new Entry(FactsCommand.class, FactsCommand::new));
        commands.put("inventory", new Entry(Inventory.class, Inventory::new));
        commands.put("adopt", new Entry(AdoptCommand.class, AdoptCommand::new));
        commands.put("identity", new Entry(IdentityCommand.class, IdentityCommand::new));
        commands.put("broker", new Entry(BrokerCommand.class, BrokerCommand::new));
        commands.put("token", new Entry(TokenCommand.class, TokenCommand::new));
        commands.put("group", new Entry(GroupCommand.class, GroupCommand::new));
        commands.put("tag", new Entry(TagCommand.class, TagCommand::new));
        commands.put("notify", new Entry(Notify.class, Notify::new));
        commands.put("subscribe", new Entry(Subscribe.class, Subscribe::new));
        commands.put("ps", new Entry(Ps.class, Ps::new));
        commands.put("process", new Entry(ProcessCommand.class, ProcessCommand::new));
        commands.put("policy", new Entry(PolicyCommand.class, PolicyCommand::new));
        commands.put("audit", new Entry(AuditCommand.class, AuditCommand::new));
        commands.put("secret", new Entry(SecretCommand.class, SecretCommand::new));
        commands.put("doctor", new Entry(Doctor.class, Doctor::new));
        commands.put("version", new Entry(Version.class, Version::new));
        commands.put("completion", new Entry(Completion.class, Completion::new));
        commands.put("help", new Entry(Help.class, Help::new));
        return commands;
    }
}

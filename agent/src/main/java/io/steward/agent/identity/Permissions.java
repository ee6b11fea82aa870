package io.steward.agent.identity;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.messages.NodeName;
import java.util.ArrayList;
import java.util.List;

/// What a key may do at the broker: subjects it may publish to and listen on, all others are
/// refused. No denials: where these are mistaken, too much is open.
///
/// @param publish subjects, with wildcards
/// @param subscribe subjects, with wildcards
public record Permissions(List<String> publish, List<String> subscribe) {
    private static final String ANSWERS = "answer";

    private static final String MAILBOX = "STEWARD_NODE_";
    private static final List<String> BUCKETS =
            List.of(
                    "KV_STEWARD_NODES",
                    "KV_STEWARD_FACTS",
                    "KV_STEWARD_GROUPS",
                    "KV_STEWARD_MAINTENANCE",
                    "KV_STEWARD_MEMBERS");

    public Permissions {
        if (publish.isEmpty() || subscribe.isEmpty()) {
            throw new IllegalArgumentException(
                    "a list of no subjects: expected one at least, as a broker takes none for all");
        }
        publish = List.copyOf(publish);
        subscribe = List.copyOf(subscribe);
    }

    /// All there is, in its account.
    public static Permissions all() {
        return new Permissions(List.of(">"), List.of(">"));
    }

    /// Of a member of a fleet: it takes what is in its own mailbox, which was made for it, sends to
    /// all, sees who is there, and tells and hears what is for all. It makes no stream, and no
    /// consumer but that of its own mailbox and the short-lived ones with which the rows of a
    /// bucket are read.
    public static Permissions member(NodeName node) {
        String mailbox = MAILBOX + node;
        List<String> publish = new ArrayList<>();
        publish.add("*.command.*.*");
        publish.add("*.event.*.*");
        publish.add("clusterbus.*." + node);
        publish.add(JOIN);
        publish.add("clusterbus.ping.*");
        publish.add("clusterbus.name.*");
        publish.add("modbus." + node + ".>");
        publish.add(ANSWERS + ".>");
        publish.add("$KV.STEWARD_NODES." + node);
        publish.add("$KV.STEWARD_FACTS." + node);
        publish.add("$JS.API.INFO");
        publish.add("$JS.API.STREAM.INFO.*");
        publish.add("$JS.API.CONSUMER.INFO.*.*");
        publish.add("$JS.API.CONSUMER.MSG.NEXT." + mailbox + "." + node);
        // has it handed over again what the process before it was handed
        publish.add("$JS.API.CONSUMER.CREATE." + mailbox + "." + node);
        publish.add("$JS.API.CONSUMER.DELETE." + mailbox + "." + node);
        // how a message is acknowledged, before nats-server 2.16 and from it on
        publish.add("$JS.ACK." + mailbox + "." + node + ".>");
        publish.add("$JS.ACK.*.*." + mailbox + "." + node + ".>");
        publish.add("$JS.API.STREAM.MSG.GET.STEWARD_CLUSTERBUS");
        for (String bucket : BUCKETS) {
            publish.add("$JS.API.STREAM.MSG.GET." + bucket);
            publish.add("$JS.API.CONSUMER.CREATE." + bucket + ".>");
            publish.add("$JS.API.CONSUMER.DELETE." + bucket + ".>");
            publish.add("$JS.API.CONSUMER.MSG.NEXT." + bucket + ".*");
        }
        return new Permissions(
                publish,
                List.of(
                        "_INBOX_" + node + ".>",
                        answers(node) + ".>",
                        "clusterbus.>",
                        "modbus." + node + ".>"));
    }

    /// Of a key that opens nothing any more.
    public static Permissions none() {
        return new Permissions(List.of("nothing"), List.of("nothing"));
    }

    /// Of a NATS client without an agent: it sends to all, and hears the answers. It has no
    /// mailbox.
    public static Permissions client(NodeName name) {
        return new Permissions(
                List.of("*.command.*.*", "*.event.*.*"),
                List.of("_INBOX_" + name + ".>", name + ".event.ack.>"));
    }

    /// Where a node hears what others answer to its questions. Members may publish there; a leave
    /// to answer wherever a question says would be one to publish everywhere, as it could ask
    /// itself.
    public static String answers(NodeName node) {
        return ANSWERS + "." + node;
    }

    /// The subject on which a machine asks to be a member.
    public static final String JOIN = "adopt.request";

    /// Of a join token: it may ask to be a member, and hear the answer.
    static Permissions joining(PublicKey token) {
        return new Permissions(List.of(JOIN), List.of(joiningInbox(token) + ".>"));
    }

    static String joiningInbox(PublicKey token) {
        return ANSWERS + ".join_" + token;
    }

    ObjectNode claims() {
        ObjectNode claims = Jwt.object();
        allow(claims.putObject("pub").putArray("allow"), publish);
        allow(claims.putObject("sub").putArray("allow"), subscribe);
        return claims;
    }

    private static void allow(ArrayNode into, List<String> subjects) {
        subjects.forEach(into::add);
    }
}

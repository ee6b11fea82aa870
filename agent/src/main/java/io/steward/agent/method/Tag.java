package io.steward.agent.method;

import io.steward.messages.Message;
import io.steward.messages.MessageType;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Puts this node into a cloud, gives it tags or takes them away; answers with what it has then.
public final class Tag implements Method {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final int MOST = 100;
    private static final MethodSpec SPEC =
            new MethodSpec(
                    "tag",
                    MessageType.COMMAND,
                    "fleet",
                    "Sets the cloud and the tags of the node, and answers with those it has then",
                    "[+TAG | -TAG | cloud=NAME | cloud=]...",
                    0,
                    MOST,
                    true,
                    1,
                    null);

    private final NodeTags tags;

    public Tag(NodeTags tags) {
        this.tags = tags;
    }

    @Override
    public MethodSpec spec() {
        return SPEC;
    }

    @Override
    public Outcome run(Message message, MethodContext context)
            throws ExecutionException, InterruptedException {
        NodeTags.Tags before = tags.now();
        @Nullable String cloud = before.cloud();
        SortedSet<String> after = new TreeSet<>(before.tags());
        for (String change : message.data()) {
            String word =
                    change.startsWith("cloud=")
                            ? change.substring(6)
                            : change.substring(Math.min(1, change.length()));
            boolean leave = change.equals("cloud=");
            if (!leave && !WORD.matcher(word).matches()) {
                return wrong(change);
            }
            if (leave || change.startsWith("cloud=")) {
                cloud = leave ? null : word;
            } else if (change.startsWith("+")) {
                after.add(word);
            } else if (change.startsWith("-")) {
                after.remove(word);
            } else {
                return wrong(change);
            }
        }
        if (after.size() > MOST) {
            return new Outcome.Refused(
                    "data: the node would have %d tags, expected at most %d"
                            .formatted(after.size(), MOST));
        }
        NodeTags.Tags now = new NodeTags.Tags(cloud, after);
        tags.become(now);
        return Outcome.succeeded(Json.text(now.toJson()) + "\n");
    }

    private static Outcome wrong(String change) {
        return new Outcome.Refused(
                "data: \"%s\": expected +TAG, -TAG, cloud=NAME or cloud=, a tag or name being 1 to 64 characters of A-Z a-z 0-9 _ -"
                        .formatted(change));
    }
}

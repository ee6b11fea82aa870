package io.steward.agent.method;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Journal;
import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The cloud and the tags of this node: those of the settings until a message has changed them,
/// then what that said, over restarts. Thread-safe.
public final class NodeTags {
    private static final String KEPT = "tags";

    /// What a node is in its fleet.
    ///
    /// @param cloud the machines with which it shares a place or a purpose; null if it is in none
    /// @param tags what it is for
    public record Tags(@Nullable String cloud, SortedSet<String> tags) {
        public Tags {
            tags = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(tags));
        }

        /// `{"cloud": "eu", "tags": ["db", "web"]}`.
        public ObjectNode toJson() {
            ObjectNode json = Json.MAPPER.createObjectNode();
            json.put("cloud", cloud);
            tags.forEach(json.putArray("tags")::add);
            return json;
        }

        private static Tags of(JsonNode json) {
            SortedSet<String> tags = new TreeSet<>();
            json.path("tags").forEach(tag -> tags.add(tag.asText()));
            return new Tags(json.path("cloud").textValue(), tags);
        }
    }

    private final Journal journal;
    private final Consumer<Tags> onChange;
    private Tags now;

    /// @param configured by the settings
    /// @param onChange told of what they are now: at once, and after each change; must not block
    public NodeTags(
            Journal journal,
            @Nullable String cloud,
            Collection<String> configured,
            Consumer<Tags> onChange) {
        this.journal = journal;
        this.onChange = onChange;
        JsonNode kept = journal.kept(KEPT).map(Json::object).orElse(null);
        this.now = kept == null ? new Tags(cloud, new TreeSet<>(configured)) : Tags.of(kept);
        onChange.accept(now);
    }

    public synchronized Tags now() {
        return now;
    }

    /// Returns when it is in the journal.
    synchronized void become(Tags tags) throws ExecutionException, InterruptedException {
        if (!tags.equals(now)) {
            journal.keep(KEPT, Json.text(tags.toJson())).get();
            now = tags;
            onChange.accept(tags);
        }
    }
}

package io.steward.campaign.load;

import com.fasterxml.jackson.databind.JsonNode;
import io.steward.campaign.world.Api;
import io.steward.campaign.world.Api.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/// Posts to the HTTP API with an idempotency key, again and again until it is answered; and cancels
/// some of it. Used by one thread.
final class HttpWay implements Feed.Way {
    private static final Duration PAUSE = Duration.ofMillis(200);

    private record ToCancel(String id, long at) {}

    private final Path data;
    private final Random random;
    private final Deque<ToCancel> toCancel = new ArrayDeque<>();
    private int number;

    HttpWay(Path data, long seed) {
        this.data = data;
        this.random = new Random(seed);
    }

    @Override
    public void give(List<Recipe.Item> batch) throws IOException, InterruptedException {
        String body = batch.stream().map(Recipe.Item::json).collect(Collectors.joining("\n"));
        String key = "campaign-" + ++number;
        while (true) {
            try {
                Answer answer = Api.of(data).post("/v1/messages", body, key);
                if (answer.code() == 202) {
                    remember(batch, answer.json().path("messages"));
                    return;
                }
                if (answer.code() < 500 && answer.code() != 429) {
                    throw new IllegalStateException("POST /v1/messages: " + answer);
                }
            } catch (IOException e) {
                // it is down, or has just died: whether it took it, the key tells
            }
            Thread.sleep(PAUSE);
        }
    }

    private void remember(List<Recipe.Item> batch, JsonNode ids) {
        List<String> all = new ArrayList<>();
        ids.forEach(each -> all.add(each.path("id").asText()));
        if (all.size() != batch.size()) {
            throw new IllegalStateException(
                    "%d messages were given, and the answer has %d ids"
                            .formatted(batch.size(), all.size()));
        }
        for (int i = 0; i < all.size(); i++) {
            if (batch.get(i).entry().kind() == Kind.CANCELLED) {
                long after = Duration.ofMillis(random.nextInt(3_000)).toNanos();
                toCancel.add(new ToCancel(all.get(i), System.nanoTime() + after));
            }
        }
    }

    @Override
    public void idle() {
        while (!toCancel.isEmpty() && toCancel.element().at() - System.nanoTime() < 0) {
            try {
                Api.of(data).delete("/v1/messages/" + toCancel.remove().id());
            } catch (IOException e) {
                // then it is not cancelled, or it is: both are fine
            }
        }
    }
}

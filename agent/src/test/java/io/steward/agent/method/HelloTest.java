package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.journal.Journal;
import io.steward.messages.NodeName;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class HelloTest {
    private final List<String> done = new ArrayList<>();
    private final Hello hello = new Hello(journal(), this::lookNow);

    private Journal journal() {
        return (Journal)
                Proxy.newProxyInstance(
                        Journal.class.getClassLoader(),
                        new Class<?>[] {Journal.class},
                        (proxy, method, arguments) -> {
                            done.add(method.getName() + List.of(arguments));
                            return CompletableFuture.completedFuture(null);
                        });
    }

    private void lookNow(NodeName node) {
        done.add("lookNow " + node);
    }

    private Outcome run(String... data) throws Exception {
        return hello.run(Messages.to(hello.spec(), data), Messages.context(Path.of(".")));
    }

    @Test
    void theNodeIsRememberedBeforeItsMessagesAreLookedAfter() throws Exception {
        assertThat(run("{\"os\":\"linux\"}")).isEqualTo(Outcome.succeeded());
        assertThat(done)
                .containsExactly(
                        "sawNode[central, {\"os\":\"linux\"}, 2026-11-20T10:00:00Z]",
                        "lookNow central");
    }

    @Test
    void factsNeedNotBeGiven() throws Exception {
        run();
        assertThat(done.getFirst()).contains("{}");
    }

    @Test
    void factsThatAreNoObjectAreRefused() throws Exception {
        assertThat(run("linux"))
                .isEqualTo(new Outcome.Refused("data: the facts are not a JSON object"));
        assertThat(done).isEmpty();
    }
}

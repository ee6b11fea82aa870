package io.steward.agent.inbox;

import io.steward.agent.method.Cancellation;
import io.steward.agent.method.Method;
import io.steward.agent.method.MethodContext;
import io.steward.agent.method.MethodSpec;
import io.steward.agent.method.Methods;
import io.steward.agent.method.Outcome;
import io.steward.messages.Message;
import io.steward.messages.MessageType;
import io.steward.messages.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Methods that do what a test says, and remember what they ran. Thread-safe.
final class ScriptedMethods {
    private final Map<String, List<String>> ran = new ConcurrentHashMap<>();
    private final AtomicInteger blocked = new AtomicInteger();
    private final AtomicInteger batches = new AtomicInteger();
    private final CountDownLatch firstBlocked = new CountDownLatch(1);
    private volatile CountDownLatch gate = new CountDownLatch(1);
    private volatile boolean abandoned;

    private interface Body {
        Outcome run(Message message, MethodContext context) throws Exception;
    }

    Methods registry(Method... more) {
        List<Method> all = new ArrayList<>(List.of(more));
        all.addAll(
                List.of(
                        method(
                                "echo",
                                1,
                                (message, _) -> Outcome.succeeded(message.data().getFirst())),
                        method("block", 1, this::block),
                        method("restartable", 1, this::restartable),
                        method("stubborn", 1, this::stubborn),
                        method(
                                "throw",
                                1,
                                (_, _) -> {
                                    throw new IllegalStateException("thrown by the test");
                                }),
                        method(
                                "die",
                                1,
                                (message, _) -> {
                                    if (message.data().getFirst().equals("good")) {
                                        return Outcome.succeeded();
                                    }
                                    throw new StackOverflowError("thrown by the test");
                                }),
                        method("hollow", 1, (_, _) -> hollow()),
                        method("picky", 2, (_, _) -> Outcome.succeeded()),
                        batch()));
        return new Methods(all);
    }

    /// Lets everything that blocks go on.
    void release() {
        gate.countDown();
    }

    /// What blocks now never comes back by itself: its agent is dead. What blocks from now on waits
    /// for [#release].
    void abandon() {
        abandoned = true;
        CountDownLatch old = gate;
        gate = new CountDownLatch(1);
        old.countDown();
    }

    void awaitBlocked() throws InterruptedException {
        if (!firstBlocked.await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("nothing blocks");
        }
    }

    int blocked() {
        return blocked.get();
    }

    int batches() {
        return batches.get();
    }

    List<String> ran(String method) {
        return List.copyOf(ran.getOrDefault(method, List.of()));
    }

    /// As a command does: interrupted, it ends and says so, with the interrupt set again.
    private Outcome restartable(Message message, MethodContext context) {
        try {
            return block(message, context);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.Interrupted("interrupted", "KILL", Outcome.Printed.NOTHING);
        }
    }

    /// Does not hear that it is cancelled.
    private Outcome stubborn(Message message, MethodContext context) throws InterruptedException {
        return block(gate);
    }

    private Outcome block(Message message, MethodContext context) throws InterruptedException {
        CountDownLatch mine = gate;
        context.cancellation().onCancel(mine::countDown);
        Outcome outcome = block(mine);
        Cancellation.Cause cause = context.cancellation().cause();
        if (cause == Cancellation.Cause.CANCELLED) {
            return new Outcome.Cancelled("cancelled", null, Outcome.Printed.NOTHING);
        }
        return outcome;
    }

    private Outcome block(CountDownLatch mine) throws InterruptedException {
        blocked.incrementAndGet();
        firstBlocked.countDown();
        mine.await();
        if (abandoned && !mine.equals(gate)) {
            throw new InterruptedException("the agent is dead");
        }
        return Outcome.succeeded();
    }

    private Method method(String name, int arguments, Body body) {
        MethodSpec spec =
                new MethodSpec(
                        name,
                        MessageType.COMMAND,
                        "test",
                        "for tests",
                        "X",
                        arguments,
                        arguments,
                        false,
                        1,
                        null);
        return new Method() {
            @Override
            public MethodSpec spec() {
                return spec;
            }

            @Override
            public Outcome run(Message message, MethodContext context) throws Exception {
                note(name, message);
                return body.run(message, context);
            }
        };
    }

    private Method batch() {
        MethodSpec spec =
                new MethodSpec(
                        "batch",
                        MessageType.COMMAND,
                        "test",
                        "for tests",
                        "X",
                        1,
                        1,
                        false,
                        20,
                        null);
        return new Method() {
            @Override
            public MethodSpec spec() {
                return spec;
            }

            @Override
            public Outcome run(Message message, MethodContext context) throws Exception {
                return runAll(List.of(message), context).getFirst();
            }

            @Override
            public List<Outcome> runAll(List<Message> messages, MethodContext context)
                    throws Exception {
                batches.incrementAndGet();
                List<Outcome> outcomes = new ArrayList<>();
                for (Message message : messages) {
                    note("batch", message);
                    outcomes.add(
                            message.data().getFirst().equals("block")
                                    ? block(message, context)
                                    : Outcome.succeeded());
                }
                return outcomes;
            }
        };
    }

    @SuppressWarnings("NullAway") // what a method must not do
    private static Outcome hollow() {
        return new Outcome.Succeeded(0, new Outcome.Printed(null, Output.EMPTY, false));
    }

    private void note(String method, Message message) {
        ran.computeIfAbsent(method, _ -> new CopyOnWriteArrayList<>())
                .add(message.data().getFirst());
    }
}

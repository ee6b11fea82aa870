package io.steward.agent.app;

import io.steward.agent.method.Method;
import io.steward.agent.method.MethodContext;
import io.steward.agent.method.MethodSpec;
import io.steward.agent.method.Outcome;
import io.steward.messages.Message;
import io.steward.messages.MessageType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/// An agent as a process of its own whose methods do what methods must not: they throw whatever can
/// be thrown, never return, eat all memory, end the agent. Each start is written to `starts.txt`
/// beside the data folder, first thing.
final class FierceMethods {
    private FierceMethods() {}

    private interface Body {
        Outcome run(List<String> data) throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        AgentProcess.run(
                arguments,
                List.of(
                        method("throws", data -> thrown(data.getFirst())),
                        method("hangs", data -> hang(data.getFirst())),
                        method("oom", _ -> eat()),
                        method("exits", data -> exit(data.getFirst()))));
    }

    private static Method method(String name, Body body) {
        MethodSpec spec =
                new MethodSpec(
                        name,
                        MessageType.COMMAND,
                        "fire",
                        "for tests",
                        "HOW",
                        1,
                        1,
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
                note(context.dataFolder(), message);
                return body.run(message.data());
            }
        };
    }

    private static void note(Path data, Message message) throws IOException {
        String line = message.subject().method() + " " + message.data().getFirst() + "\n";
        Files.writeString(
                data.resolveSibling("starts.txt"),
                line,
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    private static Outcome thrown(String what) throws Exception {
        return switch (what) {
            case "runtime" -> throw new IllegalStateException("by the test");
            case "checked" ->
                    throw FierceMethods.<RuntimeException>sneaky(new IOException("sneaked"));
            case "interrupted" -> throw new InterruptedException("nobody has interrupted it");
            case "overflow" -> throw new StackOverflowError("deep " + deep(0));
            case "mute" -> throw new Mute();
            case "long" -> throw new IllegalStateException("x".repeat(10_000_000));
            case "circle" -> throw circle();
            case "null" -> nothing();
            case "good" -> Outcome.succeeded("good");
            default -> throw new IllegalStateException("storm " + what);
        };
    }

    private static Exception circle() {
        IOException inner = new IOException("inner");
        IllegalStateException outer = new IllegalStateException("outer", inner);
        inner.initCause(outer);
        return outer;
    }

    @SuppressWarnings("NullAway") // what it must not do
    private static Outcome nothing() {
        return null;
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int deep(int depth) {
        return deep(depth + 1) + 1;
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T sneaky(Throwable e) throws T {
        throw (T) e;
    }

    private static Outcome hang(String how) throws InterruptedException {
        switch (how) {
            case "busy" -> {
                while (true) {
                    Thread.onSpinWait();
                }
            }
            case "deaf" -> {
                while (true) {
                    try {
                        Thread.sleep(1_000_000);
                    } catch (InterruptedException e) {
                        Thread.onSpinWait(); // what it must not do
                    }
                }
            }
            default -> {
                return Outcome.succeeded("came back");
            }
        }
    }

    private static Outcome eat() {
        List<byte[]> eaten = new ArrayList<>();
        while (eaten.size() < 1_000_000) {
            eaten.add(new byte[1 << 20]);
        }
        return Outcome.succeeded("ate " + eaten.size());
    }

    private static Outcome exit(String how) {
        switch (how) {
            case "exit" -> System.exit(0);
            case "halt" -> Runtime.getRuntime().halt(7);
            default -> {}
        }
        return Outcome.succeeded("still here");
    }

    /// Says nothing of itself but by throwing.
    private static final class Mute extends RuntimeException {
        private static final long serialVersionUID = 1L;

        @Override
        public String getMessage() {
            throw new StackOverflowError("in getMessage");
        }

        @Override
        public String toString() {
            throw new IllegalStateException("in toString");
        }

        @Override
        public synchronized Throwable getCause() {
            throw new IllegalStateException("in getCause");
        }

        @Override
        public StackTraceElement[] getStackTrace() {
            throw new IllegalStateException("in getStackTrace");
        }
    }
}

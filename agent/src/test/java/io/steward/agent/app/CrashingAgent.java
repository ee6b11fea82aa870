package io.steward.agent.app;

import io.steward.agent.broker.Broker;
import io.steward.agent.broker.Mailbox;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Schedules;
import io.steward.agent.settings.Mode;
import io.steward.agent.settings.Settings;
import io.steward.agent.settings.SettingsLoader;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/// An agent that dies at a certain step as if by SIGKILL: no hook runs, nothing is flushed. The
/// step is the first line of the file `crash` in its data folder: a method of the journal, of the
/// broker or of a delivery, `before` or `after` (for a future: after it completed, before anybody
/// hears of it), and at which call of it. It deletes the file before it dies.
final class CrashingAgent {
    static final int EXIT = 137;

    /// @param method name of a method of [Journal], [Schedules], [Broker] or [Mailbox.Delivery]
    record Step(String method, boolean after, int call) {
        static Step parse(String line) {
            String[] words = line.strip().split(" ");
            return new Step(words[0], words[1].equals("after"), Integer.parseInt(words[2]));
        }

        @Override
        public String toString() {
            return "%s %s %d".formatted(method, after ? "after" : "before", call);
        }
    }

    private final Path file;
    private final Step step;
    private final AtomicInteger calls = new AtomicInteger();

    private CrashingAgent(Path file, Step step) {
        this.file = file;
        this.step = step;
    }

    public static void main(String[] arguments) throws Exception {
        Map<String, String> flags = new TreeMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            flags.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        Settings settings =
                new SettingsLoader()
                        .load(flags, Map.of(), Path.of("").toAbsolutePath(), Mode.AGENT);
        Path file = settings.data().resolve("crash");
        Agent.Surroundings surroundings = Agent.Surroundings.plain();
        if (Files.exists(file)) {
            CrashingAgent crashing =
                    new CrashingAgent(file, Step.parse(Files.readAllLines(file).getFirst()));
            surroundings =
                    new Agent.Surroundings(
                            journal -> crashing.around(Journal.class, journal),
                            broker -> crashing.around(Broker.class, broker));
        }
        Agent agent = Agent.start(settings, surroundings);
        Runtime.getRuntime().addShutdownHook(new Thread(agent::close));
        agent.awaitStop();
    }

    private <T> T around(Class<T> type, T inner) {
        InvocationHandler handler = (_, method, arguments) -> call(inner, method, arguments);
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private Object call(Object inner, Method method, Object[] arguments) throws Throwable {
        boolean here =
                method.getName().equals(step.method()) && calls.incrementAndGet() == step.call();
        if (here && !step.after()) {
            die();
        }
        Object result;
        try {
            result = method.invoke(inner, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
        if (here && step.after()) {
            if (result instanceof CompletableFuture<?> future) {
                future.handle((_, _) -> null).join();
            }
            die();
        }
        return switch (result) {
            case Mailbox mailbox -> around(Mailbox.class, mailbox);
            case Schedules schedules -> around(Schedules.class, schedules);
            case List<?> list when method.getName().equals("fetch") ->
                    list.stream()
                            .map(each -> around(Mailbox.Delivery.class, (Mailbox.Delivery) each))
                            .toList();
            case null, default -> result;
        };
    }

    private void die() throws Exception {
        Files.delete(file);
        Runtime.getRuntime().halt(EXIT);
    }
}

package io.steward.agent.simulation;

import io.steward.agent.method.Method;
import io.steward.agent.method.MethodContext;
import io.steward.agent.method.MethodSpec;
import io.steward.agent.method.Outcome;
import io.steward.messages.Message;
import io.steward.messages.MessageType;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// A method that tells the witness that it was run, and does nothing else.
final class SimMethod implements Method {
    private final MethodSpec spec;
    private final long micros;
    private final Witness witness;
    private final Life life;
    private final int number;

    private SimMethod(
            String name,
            boolean idempotent,
            int batch,
            long micros,
            Witness witness,
            Life life,
            int number) {
        this.spec =
                new MethodSpec(
                        name,
                        MessageType.COMMAND,
                        "test",
                        "for tests",
                        "X",
                        1,
                        1,
                        idempotent,
                        batch,
                        null);
        this.micros = micros;
        this.witness = witness;
        this.life = life;
        this.number = number;
    }

    /// One that is quick, one that takes its time, one that takes several at once, and one that may
    /// be run twice.
    static List<Method> all(Witness witness, Life life, int number) {
        return List.of(
                new SimMethod("echo", false, 1, 0, witness, life, number),
                new SimMethod("slow", false, 1, 2_000, witness, life, number),
                new SimMethod("many", false, 20, 0, witness, life, number),
                new SimMethod("again", true, 1, 0, witness, life, number));
    }

    @Override
    public MethodSpec spec() {
        return spec;
    }

    @Override
    public Outcome run(Message message, MethodContext context) throws InterruptedException {
        life.only(() -> witness.ran(message, number));
        long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(micros);
        while (System.nanoTime() < end && context.cancellation().cause() == null) {
            LockSupport.parkNanos(100_000);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        return switch (context.cancellation().cause()) {
            case null -> Outcome.succeeded(message.data().getFirst());
            case CANCELLED -> new Outcome.Cancelled("told to", null, Outcome.Printed.NOTHING);
            case SHUTDOWN -> new Outcome.Interrupted("told to", null, Outcome.Printed.NOTHING);
        };
    }

    @Override
    public List<Outcome> runAll(List<Message> messages, MethodContext context)
            throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        for (Message message : messages) {
            outcomes.add(run(message, context));
        }
        return outcomes;
    }
}

package io.steward.agent.simulation;

import io.steward.agent.broker.PublishException;
import io.steward.agent.journal.JournalException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// One life of an agent, which can end at any of its steps: a step is a write to the journal, a
/// publishing, an acknowledgement to the broker. After that nothing of it reaches journal and
/// broker, though its threads are still there: as if the process had been killed. Thread-safe.
final class Life {
    private final ReentrantReadWriteLock ending = new ReentrantReadWriteLock();
    private final AtomicInteger steps = new AtomicInteger();
    private final int last;
    private final boolean lastIsDone;
    private volatile boolean over;

    /// @param last the step at which it ends by itself; 0 for never
    /// @param lastIsDone whether that step still takes effect, though nobody learns of it
    Life(int last, boolean lastIsDone) {
        this.last = last;
        this.lastIsDone = lastIsDone;
    }

    boolean isOver() {
        return over;
    }

    /// Returns when no step is being done any more.
    void end() {
        ending.writeLock().lock();
        try {
            over = true;
        } finally {
            ending.writeLock().unlock();
        }
    }

    private interface Step {
        Object take() throws Throwable;
    }

    private Object step(Step step, Step refused) throws Throwable {
        boolean ends = steps.incrementAndGet() == last;
        if (ends && !lastIsDone) {
            end();
        }
        Object done;
        ending.readLock().lock();
        try {
            if (over) {
                return refused.take();
            }
            done = step.take();
        } finally {
            ending.readLock().unlock();
        }
        if (ends) {
            end();
            return refused.take();
        }
        return done;
    }

    /// Does `act`, unless it is over.
    ///
    /// @throws IllegalStateException if it is
    void only(Runnable act) {
        ending.readLock().lock();
        try {
            if (over) {
                throw new IllegalStateException("the agent is dead");
            }
            act.run();
        } finally {
            ending.readLock().unlock();
        }
    }

    /// `real` as far as this life reaches it: calls that give a future or are named `acknowledge`
    /// are steps.
    <T> T reach(Class<T> type, T real) {
        InvocationHandler handler =
                (_, method, arguments) -> {
                    Step call = () -> invoke(real, method, arguments);
                    boolean future = method.getReturnType() == CompletableFuture.class;
                    if (future || method.getName().equals("acknowledge")) {
                        return step(call, () -> future ? refused(method) : null);
                    }
                    return call.take();
                };
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static CompletableFuture<Object> refused(Method method) {
        return CompletableFuture.failedFuture(
                method.getName().equals("publish")
                        ? new PublishException(
                                PublishException.Kind.DISCONNECTED, "the agent is dead")
                        : new JournalException(JournalException.Kind.CLOSED, "the agent is dead"));
    }

    private static Object invoke(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}

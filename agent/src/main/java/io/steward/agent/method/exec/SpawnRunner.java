package io.steward.agent.method.exec;

import io.steward.agent.method.Cancellation;
import io.steward.messages.MessageId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Runs programs on Linux: `posix_spawn` on a few platform threads, one thread that polls for all,
/// and callers that wait on a lock.
final class SpawnRunner implements ProcessRunner {
    private static final int SPAWN_THREADS = 8;
    private static final long IDLE_SECONDS = 10;

    private final Libc libc;
    private final Poller poller;
    private final Spawner spawner;
    private final ProcessTable table = new ProcessTable();
    private final ThreadPoolExecutor spawning =
            new ThreadPoolExecutor(
                    SPAWN_THREADS,
                    SPAWN_THREADS,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().name("steward-exec-spawn-", 1).daemon().factory());
    private final Set<Follower> followers = new HashSet<>();
    private boolean closing;

    SpawnRunner(Libc libc) {
        this.libc = libc;
        spawning.allowCoreThreadTimeOut(true);
        try {
            poller = new Poller(libc);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        spawner = new Spawner(libc, poller);
    }

    @Override
    public Result run(Request request, Cancellation cancellation) {
        Follower follower = new Follower(libc, table, request, cancellation);
        CompletableFuture<Spawner.Started> spawned = new CompletableFuture<>();
        synchronized (this) {
            if (closing) {
                return Result.notStarted("the agent is stopping", Duration.ZERO);
            }
            followers.add(follower);
            spawning.execute(() -> spawn(request, spawned));
        }
        try {
            return follower.follow(
                    spawned.get(RunningProgram.nanos(request.timeout()), TimeUnit.NANOSECONDS));
        } catch (InterruptedException e) {
            abandon(spawned);
            Thread.currentThread().interrupt();
            return follower.ended(Ending.Why.INTERRUPTED);
        } catch (TimeoutException e) {
            abandon(spawned);
            return follower.ended(Ending.Why.TIMED_OUT);
        } catch (ExecutionException e) {
            throw new IllegalStateException("starting the program of message " + request.id(), e);
        } finally {
            synchronized (this) {
                followers.remove(follower);
                notifyAll();
            }
        }
    }

    private void spawn(Request request, CompletableFuture<Spawner.Started> spawned) {
        try {
            spawned.complete(spawner.start(request));
        } catch (RuntimeException | Error e) {
            spawned.completeExceptionally(e);
        }
    }

    /// Nobody waits any more for a program that is only being loaded: it is ended as soon as it is.
    private void abandon(CompletableFuture<Spawner.Started> spawned) {
        CompletableFuture<Spawner.Started> ignored =
                spawned.whenComplete((started, failure) -> {
                    if (failure == null) {
                        started.program().ifPresent(RunningProgram::endUnfollowed);
                    }
                });
    }

    @Override
    public Swept killLeftovers(MessageId id, Duration grace) {
        return ProcessTree.sweep(table, id, grace);
    }

    @Override
    public void close() {
        synchronized (this) {
            if (closing) {
                return;
            }
            closing = true;
            followers.forEach(Follower::close);
        }
        Threads.uninterruptibly(nanos -> awaitFollowers(), Long.MAX_VALUE);
        spawning.close();
        table.close();
        poller.close();
    }

    private synchronized void awaitFollowers() throws InterruptedException {
        while (!followers.isEmpty()) {
            wait();
        }
    }
}

package io.steward.agent.journal;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Runs what callers chained to their futures, in order, on a thread of its own: a caller's code
/// never runs on the writer's thread. When a thousand commits wait here, the writer waits too.
final class Completions implements AutoCloseable {
    private static final int WAITING_COMMITS = 1_000;

    private final BlockingQueue<Runnable> commits = new ArrayBlockingQueue<>(WAITING_COMMITS);
    private final Thread thread;
    private boolean ended; // of the thread alone

    Completions(String name) {
        thread = Thread.ofPlatform().daemon().name(name).start(this::loop);
    }

    void add(Runnable commit) throws InterruptedException {
        commits.put(commit);
    }

    private void loop() {
        while (!ended) {
            try {
                commits.take().run();
            } catch (InterruptedException e) {
                // only close() ends it, or callers would wait for ever
            } catch (RuntimeException e) {
                System.getLogger(Completions.class.getName())
                        .log(System.Logger.Level.ERROR, "a listener of the journal failed", e);
            }
        }
    }

    /// Returns after the last future was completed and the thread ended. Not for that thread
    /// itself.
    @Override
    public void close() {
        boolean interrupted = false;
        boolean asked = false;
        while (thread.isAlive()) {
            try {
                if (!asked) {
                    commits.put(() -> ended = true);
                    asked = true;
                }
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}

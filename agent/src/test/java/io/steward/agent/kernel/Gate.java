package io.steward.agent.kernel;

import java.util.concurrent.CountDownLatch;

/// Makes threads, and keeps those of one name from running until the gate is opened.
final class Gate implements Threads {
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile String held = "";

    void hold(String name) {
        held = name;
    }

    void open() {
        opened.countDown();
    }

    @Override
    public Thread create(String name, Runnable work) {
        boolean waits = name.equals(held);
        return Threads.VIRTUAL.create(
                name,
                () -> {
                    if (waits) {
                        Rig.awaitIgnoringInterrupts(opened);
                    }
                    work.run();
                });
    }
}

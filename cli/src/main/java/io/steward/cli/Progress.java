package io.steward.cli;

import java.time.Duration;
import java.util.Collection;

/// One line on a terminal that says how far it is; nothing where nobody looks.
final class Progress {
    private static final int BAR = 20;

    private final Shell shell;
    private boolean shown;

    Progress(Shell shell) {
        this.shell = shell;
    }

    synchronized void show(int all, Collection<Delivery> known, Duration elapsed) {
        if (!shell.errIsTerminal() || all < 2) {
            return;
        }
        int done = 0;
        int failed = 0;
        for (Delivery message : known) {
            switch (message.state()) {
                case SUCCEEDED -> done++;
                case FAILED, INTERRUPTED, REFUSED, EXPIRED, CANCELLED -> failed++;
                case QUEUED, PUBLISHED, RECEIVED, STARTED -> {}
            }
        }
        int full = (done + failed) * BAR / all;
        shell.err()
                .print(
                        "\r\033[K[%s%s] %d done, %d failed, %d waiting, %s"
                                .formatted(
                                        "#".repeat(full),
                                        ".".repeat(BAR - full),
                                        done,
                                        failed,
                                        all - done - failed,
                                        Times.length(elapsed)));
        shell.err().flush();
        shown = true;
    }

    synchronized void clear() {
        if (shown) {
            shell.err().print("\r\033[K");
            shell.err().flush();
            shown = false;
        }
    }
}

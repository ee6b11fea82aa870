package io.steward.cli;

import com.fasterxml.jackson.databind.JsonNode;
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
        int done = 0;
        int failed = 0;
        for (Delivery message : known) {
            switch (message.state()) {
                case SUCCEEDED -> done++;
                case FAILED, INTERRUPTED, REFUSED, EXPIRED, CANCELLED -> failed++;
                case QUEUED, PUBLISHED, RECEIVED, STARTED -> {}
            }
        }
        line(all, done, failed, "%d waiting".formatted(all - done - failed), elapsed);
    }

    /// Of a run as the API tells of it.
    synchronized void run(JsonNode run, Duration elapsed) {
        JsonNode counts = run.path("counts");
        int failed = 0;
        for (String state :
                new String[] {"failed", "interrupted", "refused", "expired", "cancelled"}) {
            failed += counts.path(state).asInt();
        }
        int done = counts.path("succeeded").asInt() + counts.path("leftOut").asInt();
        int all = run.path("targets").asInt();
        int unsent = counts.path("unsent").asInt();
        int away = counts.path("away").asInt();
        int unknown = counts.path("unknown").asInt();
        StringBuilder more = new StringBuilder();
        more.append(all - done - failed - unsent - away - unknown).append(" under way");
        if (unsent > 0) {
            more.append(", ").append(unsent).append(" to be sent");
        }
        if (away > 0) {
            more.append(", ").append(away).append(" away");
        }
        if (unknown > 0) {
            more.append(", ").append(unknown).append(" unknown");
        }
        if (run.path("phase").asText().equals("paused")) {
            more.append(", paused");
        }
        line(all, done, failed, more.toString(), elapsed);
    }

    private void line(int all, int done, int failed, String more, Duration elapsed) {
        if (!shell.errIsTerminal() || all < 2) {
            return;
        }
        int full = (int) ((long) (done + failed) * BAR / all);
        shell.err()
                .print(
                        "\r\033[K[%s%s] %d done, %d failed, %s, %s"
                                .formatted(
                                        "#".repeat(full),
                                        ".".repeat(BAR - full),
                                        done,
                                        failed,
                                        more,
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

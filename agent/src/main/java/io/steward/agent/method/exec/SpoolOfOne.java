package io.steward.agent.method.exec;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Keeps the spool of one command up to date, as far as the disk lets it: a command is not ended
/// because its output so far cannot be kept. For one thread.
final class SpoolOfOne {
    private final Request request;
    private @Nullable SpoolWriter writer;
    private boolean broken;

    SpoolOfOne(Request request) {
        this.request = request;
        this.broken = request.spool() == null;
    }

    /// Gives what was printed from these places on: stdout, stderr.
    interface Printed {
        byte[][] from(int outOffset, int errOffset);
    }

    void update(Printed printed) {
        if (broken) {
            return;
        }
        try {
            SpoolWriter to = writer;
            if (to == null && request.spool() != null) {
                to = request.spool().write(request.id());
                writer = to;
            }
            if (to != null) {
                byte[][] more = printed.from(to.outWritten(), to.errWritten());
                to.append(more[0], more[1]);
            }
        } catch (IOException e) {
            broken = true;
        }
    }

    void discard() {
        SpoolWriter done = writer;
        if (done != null) {
            try {
                done.discard();
            } catch (IOException e) {
                broken = true;
            }
        }
    }
}

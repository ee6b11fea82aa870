package io.steward.agent.app;

import io.steward.agent.inbox.Leftovers;
import io.steward.agent.method.Outcome;
import io.steward.agent.method.exec.ProcessRunner;
import io.steward.agent.method.exec.Spool;
import io.steward.messages.MessageId;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What commands leave behind: processes that carry the message's id, and what they had printed.
/// Thread-safe.
final class ExecLeftovers implements Leftovers {
    private static final Logger log = LoggerFactory.getLogger(ExecLeftovers.class);

    private final ProcessRunner runner;
    private final Spool spool;
    private final Duration grace;
    private final int cap;

    ExecLeftovers(ProcessRunner runner, Spool spool, Duration grace, int cap) {
        this.runner = runner;
        this.spool = spool;
        this.grace = grace;
        this.cap = cap;
    }

    @Override
    public int end(MessageId id) {
        ProcessRunner.Swept swept = runner.killLeftovers(id, grace);
        if (swept.ended() > 0) {
            log.warn("ended {} processes that message {} had left running", swept.ended(), id);
        }
        if (swept.survivors() > 0) {
            log.warn(
                    "{} processes that message {} had left running could not be ended",
                    swept.survivors(),
                    id);
        }
        return swept.survivors();
    }

    @Override
    public Outcome.Printed soFar(MessageId id, int outFrom, int errFrom, int most) {
        try {
            Spool.Spooled kept = spool.readFrom(id, outFrom, errFrom, most);
            return new Outcome.Printed(kept.stdout(), kept.stderr(), false);
        } catch (IOException e) {
            return Outcome.Printed.NOTHING; // why: its end brings it all
        }
    }

    @Override
    public Outcome.Printed printed(MessageId id) {
        try {
            Outcome.Printed printed =
                    spool.read(id, cap)
                            .map(kept -> new Outcome.Printed(kept.stdout(), kept.stderr(), false))
                            .orElse(Outcome.Printed.NOTHING);
            spool.delete(id);
            return printed;
        } catch (IOException e) {
            log.warn("what message {} had printed cannot be read: {}", id, e.toString());
            return Outcome.Printed.NOTHING;
        }
    }
}

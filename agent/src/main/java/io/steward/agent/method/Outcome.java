package io.steward.agent.method;

import io.steward.messages.Output;
import org.jspecify.annotations.Nullable;

/// How a method ended.
public sealed interface Outcome {

    /// What it printed.
    ///
    /// @param truncated whether some of it was cut
    record Printed(Output stdout, Output stderr, boolean truncated) {
        public static final Printed NOTHING = new Printed(Output.EMPTY, Output.EMPTY, false);

        public static Printed of(String stdout) {
            return new Printed(Output.of(stdout), Output.EMPTY, false);
        }
    }

    Printed printed();

    /// @param exitCode of a command, always 0; null for a method that has none
    record Succeeded(@Nullable Integer exitCode, Printed printed) implements Outcome {}

    /// @param reason for a person
    /// @param exitCode of a command that exited by itself
    /// @param signal the name of the signal that ended it, `KILL`
    record Failed(
            String reason, @Nullable Integer exitCode, @Nullable String signal, Printed printed)
            implements Outcome {}

    /// It would not do it: the arguments are not as they have to be.
    record Refused(String reason) implements Outcome {
        @Override
        public Printed printed() {
            return Printed.NOTHING;
        }
    }

    /// It was ended because somebody cancelled the message.
    record Cancelled(String reason, @Nullable String signal, Printed printed) implements Outcome {}

    /// It was ended because the agent goes down.
    record Interrupted(String reason, @Nullable String signal, Printed printed)
            implements Outcome {}

    static Outcome succeeded() {
        return new Succeeded(null, Printed.NOTHING);
    }

    static Outcome succeeded(String stdout) {
        return new Succeeded(null, Printed.of(stdout));
    }

    static Outcome failed(String reason) {
        return new Failed(reason, null, null, Printed.NOTHING);
    }
}

package io.steward.agent.method.exec;

import io.steward.messages.Output;
import java.time.Duration;

/// What became of a program.
///
/// @param truncated whether more was printed than is kept
/// @param took from the call to the end
public record Result(
        Ending ending, Output stdout, Output stderr, boolean truncated, Duration took) {

    static Result notStarted(String reason, Duration took) {
        return new Result(new Ending.NotStarted(reason), Output.EMPTY, Output.EMPTY, false, took);
    }
}

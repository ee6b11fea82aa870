package io.steward.agent.kernel;

import java.time.Duration;

/// How a supervisor behaves (OTP's supervisor flags).
///
/// @param intensity how many restarts within `within` are borne; one more and the supervisor gives
///   up: it stops all its children and fails itself, which its own supervisor decides on
public record SupervisorSpec(
        String name, Strategy strategy, int intensity, Duration within, Backoff backoff) {

    public SupervisorSpec {
        checkName(name);
        if (intensity < 0 || !within.isPositive()) {
            throw new IllegalArgumentException(
                    "The restart intensity of %s must be 0 or more in a time of more than 0, not %d in %s"
                            .formatted(name, intensity, within));
        }
    }

    static void checkName(String name) {
        if (name.isBlank() || name.contains("/")) {
            throw new IllegalArgumentException(
                    "A name in the tree must not be blank nor hold a /, but was '%s'"
                            .formatted(name));
        }
    }

    /// Which children are restarted when one fails.
    public enum Strategy {
        /// The one that failed.
        ONE_FOR_ONE,
        /// All of them.
        ONE_FOR_ALL,
        /// The one that failed and those started after it.
        REST_FOR_ONE
    }

    /// One for one, 5 restarts in 10 s.
    public static SupervisorSpec of(String name) {
        return new SupervisorSpec(
                name, Strategy.ONE_FOR_ONE, 5, Duration.ofSeconds(10), Backoff.DEFAULT);
    }
}

package io.steward.campaign;

import java.util.Random;
import java.util.Set;

/// Something to which faults happen. Each is used by one thread, its [Fate]'s.
interface Victim {
    String name();

    /// The kinds of faults that can be done to it.
    Set<String> kinds();

    /// Does it, and undoes it; returns when that is over.
    void strike(String kind, Random random) throws Exception;

    /// Looks after it between faults: has it run, and measures it.
    void watch() throws Exception;
}

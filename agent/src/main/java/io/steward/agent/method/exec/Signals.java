package io.steward.agent.method.exec;

import java.util.List;

/// The names of Linux signals, as `kill -l` prints them.
final class Signals {
    static final int KILL = 9;
    static final int TERM = 15;

    private static final List<String> NAMES =
            List.of(
                    "0", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1",
                    "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP",
                    "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
                    "PWR", "SYS");

    private Signals() {}

    static boolean isKnown(int number) {
        return number > 0 && number < NAMES.size();
    }

    /// The name; of one without, the number.
    static String name(int number) {
        return isKnown(number) ? NAMES.get(number) : Integer.toString(number);
    }
}

package io.steward.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/// Exit codes, the same for every command.
final class Exit {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NO_ANSWER = 3;
    static final int NO_MATCH = 4;
    static final int REFUSED = 5;
    static final int EXPIRED = 6;
    static final int NO_AGENT = 7;

    private Exit() {}

    /// For the end of each `--help`.
    static Map<String, String> descriptions() {
        Map<String, String> codes = new LinkedHashMap<>();
        codes.put("0", "all succeeded");
        codes.put("1", "some failed");
        codes.put("2", "wrong usage or input");
        codes.put("3", "some did not answer in time");
        codes.put("4", "no node, message or process matched");
        codes.put("5", "refused by the node");
        codes.put("6", "expired or cancelled");
        codes.put("7", "cannot reach the agent");
        return codes;
    }
}

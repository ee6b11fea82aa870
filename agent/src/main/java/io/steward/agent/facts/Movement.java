package io.steward.agent.facts;

/// How far a fact may move without being news.
final class Movement {
    private static final double PERCENT_POINTS = 5;
    private static final double PART = 0.1;
    private static final double LOAD = 0.5;
    private static final double A_DAY = 86_400;
    private static final double PART_OF_DISK = 0.01;

    private Movement() {}

    static boolean isNotable(String key, String was, String is) {
        if (was.equals(is)) {
            return false;
        }
        Double before = FactValue.number(was);
        Double now = FactValue.number(is);
        return before == null
                || now == null
                || Math.abs(now - before) > allowance(key, Math.abs(before));
    }

    private static double allowance(String key, double before) {
        if (key.endsWith(".usedpercent")) {
            return PERCENT_POINTS;
        }
        if (key.startsWith("load.")) {
            // why: an idle machine goes from 0.01 to 0.05 and back all day
            return Math.max(LOAD, before * PART);
        }
        if (key.startsWith("uptime.")) {
            return Math.max(A_DAY, before * PART); // why: else a fresh machine is always news
        }
        if (key.endsWith(".free") || key.endsWith(".freemb")) {
            return before * PART;
        }
        return key.startsWith("disk.") && key.endsWith(".mb") ? before * PART_OF_DISK : 0;
    }
}

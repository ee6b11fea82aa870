package io.steward.agent.target;

/// Versions of any kind: runs of digits, which are compared as numbers, and runs of other
/// characters between them, which are compared character by character. Digits are lower than
/// others; of two that begin alike, the shorter one is lower.
final class Versions {
    private Versions() {}

    /// Less than 0 if `one` is the lower. Takes time in proportion to their length.
    static int compare(String one, String other) {
        int a = 0;
        int b = 0;
        while (a < one.length() && b < other.length()) {
            int endOfA = endOfRun(one, a);
            int endOfB = endOfRun(other, b);
            boolean digits = Numbers.isDigit(one.charAt(a));
            if (digits != Numbers.isDigit(other.charAt(b))) {
                return digits ? -1 : 1;
            }
            String runOfA = one.substring(a, endOfA);
            String runOfB = other.substring(b, endOfB);
            int run = digits ? Numbers.compareWhole(runOfA, runOfB) : runOfA.compareTo(runOfB);
            if (run != 0) {
                return run;
            }
            a = endOfA;
            b = endOfB;
        }
        return Boolean.compare(a < one.length(), b < other.length());
    }

    private static int endOfRun(String text, int start) {
        boolean digits = Numbers.isDigit(text.charAt(start));
        int end = start + 1;
        while (end < text.length() && Numbers.isDigit(text.charAt(end)) == digits) {
            end++;
        }
        return end;
    }
}

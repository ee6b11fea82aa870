package io.steward.agent.target;

/// Decimal numbers of any length as they are written: `-3`, `0.25`, `4000`.
final class Numbers {
    private Numbers() {}

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    /// Whether it is digits, with a minus before them and digits behind a point if it likes.
    static boolean isDecimal(String text) {
        int start = text.startsWith("-") ? 1 : 0;
        int point = text.indexOf('.');
        int end = point < 0 ? text.length() : point;
        return areDigits(text, start, end)
                && (point < 0 || areDigits(text, point + 1, text.length()));
    }

    private static boolean areDigits(String text, int start, int end) {
        return start < end && text.substring(start, end).chars().allMatch(Numbers::isDigit);
    }

    /// Less than 0 if `one` is the lower of two decimals. Takes time in proportion to their length.
    static int compare(String one, String other) {
        int signs = Integer.compare(sign(one), sign(other));
        return signs != 0 ? signs : sign(one) * compareSizes(one, other);
    }

    private static int sign(String decimal) {
        boolean isZero = decimal.chars().allMatch(c -> c == '0' || c == '.' || c == '-');
        return isZero ? 0 : decimal.startsWith("-") ? -1 : 1;
    }

    private static int compareSizes(String one, String other) {
        int whole = compareWhole(whole(one), whole(other));
        return whole != 0 ? whole : fraction(one).compareTo(fraction(other));
    }

    private static String whole(String decimal) {
        int point = decimal.indexOf('.');
        return decimal.substring(
                decimal.startsWith("-") ? 1 : 0, point < 0 ? decimal.length() : point);
    }

    private static String fraction(String decimal) {
        int point = decimal.indexOf('.');
        int end = decimal.length();
        while (point >= 0 && decimal.charAt(end - 1) == '0') {
            end--;
        }
        return point < 0 ? "" : decimal.substring(point + 1, end);
    }

    /// The same for digits only.
    static int compareWhole(String one, String other) {
        String a = one.substring(zeros(one));
        String b = other.substring(zeros(other));
        return a.length() != b.length() ? Integer.compare(a.length(), b.length()) : a.compareTo(b);
    }

    private static int zeros(String digits) {
        int zeros = 0;
        while (zeros < digits.length() && digits.charAt(zeros) == '0') {
            zeros++;
        }
        return zeros;
    }
}

package io.steward.messages;

import java.util.Collection;
import java.util.Locale;

/// What to offer for a field name that is not known.
final class Names {
    private Names() {}

    /// `unknown field "toNod"; did you mean "toNode"?`, or else the list of the known ones.
    static String unknown(String name, Collection<String> known) {
        String nearest = "";
        int least = name.length() > 64 ? 0 : Math.max(1, Math.min(3, name.length() / 2)) + 1;
        for (String candidate : known) {
            int distance =
                    distance(name.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < least) {
                nearest = candidate;
                least = distance;
            }
        }
        return "unknown field \"%s\"; ".formatted(Token.shorten(name))
                + (nearest.isEmpty()
                        ? "known are " + String.join(", ", known)
                        : "did you mean \"%s\"?".formatted(nearest));
    }

    /// Levenshtein's distance.
    private static int distance(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 3) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}

package io.steward.agent.settings;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Finds what somebody may have meant.
public final class Suggestion {
    private Suggestion() {}

    /// The most similar of `known`, if one is so similar that `word` is likely a slip.
    public static Optional<String> of(String word, List<String> known) {
        return known.stream()
                .filter(k -> distance(word, k) <= Math.max(1, Math.min(3, k.length() / 4)))
                .min(Comparator.comparingInt(k -> distance(word, k)));
    }

    /// How many characters differ (Levenshtein), capitals aside.
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                boolean same =
                        Character.toLowerCase(a.charAt(i - 1))
                                == Character.toLowerCase(b.charAt(j - 1));
                row[j] = Math.min(diagonal + (same ? 0 : 1), 1 + Math.min(above, row[j - 1]));
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}

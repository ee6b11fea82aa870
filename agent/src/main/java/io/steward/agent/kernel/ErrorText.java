package io.steward.agent.kernel;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The words of an error report.
final class ErrorText {
    static final int LONGEST = 2_000;

    private static final int DEEPEST = 10;
    private static final Pattern BLANKS = Pattern.compile("\\s+");

    /// ULIDs, UUIDs, and long hexadecimal or Base64 words that hold a digit.
    private static final Pattern ID =
            Pattern.compile(
                    "\\b(?:[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
                            + "|[0-7][0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{25}"
                            + "|(?=[A-Za-z_-]*\\d)[A-Za-z0-9_-]{20,})\\b");

    private static final Pattern DIGITS = Pattern.compile("\\d+");

    private ErrorText() {}

    /// Class and message of the throwable and of its causes, on one line of bounded length; of a
    /// [Sentence] only the message.
    static String of(Throwable throwable) {
        var text = new StringBuilder();
        Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Throwable at = throwable;
                at != null && seen.size() < DEEPEST && seen.add(at);
                at = cause(at)) {
            String words = at instanceof Sentence ? sentence(at) : single(at);
            if (at instanceof Sentence && text.indexOf(words) >= 0) {
                continue; // why: one that tells more has taken it over
            }
            if (!text.isEmpty()) {
                text.append("; caused by ");
            }
            text.append(words);
        }
        return oneLine(text.toString());
    }

    private static String sentence(Throwable throwable) {
        String message = message(throwable);
        return message == null || message.isBlank()
                ? single(throwable)
                : message.substring(0, Math.min(message.length(), LONGEST));
    }

    /// Class and message of this one alone, of bounded length.
    static String single(Throwable throwable) {
        String message = message(throwable);
        String name = throwable.getClass().getName();
        return message == null || message.isBlank()
                ? name
                : name + ": " + message.substring(0, Math.min(message.length(), LONGEST));
    }

    /// Null also where it cannot be had.
    static @Nullable Throwable cause(Throwable throwable) {
        try {
            return throwable.getCause();
        } catch (RuntimeException | StackOverflowError e) {
            return null;
        }
    }

    private static @Nullable String message(Throwable throwable) {
        try {
            return throwable.getMessage();
        } catch (RuntimeException | StackOverflowError e) {
            return "(its message cannot be had: " + e.getClass().getName() + ")";
        }
    }

    static String oneLine(String text) {
        String line = BLANKS.matcher(text).replaceAll(" ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST - 3) + "...";
    }

    /// Without what differs from one message to the next: ids.
    static String withoutIds(String text) {
        return ID.matcher(text).replaceAll("#");
    }

    /// Without ids and numbers.
    static String withoutNumbers(String text) {
        return DIGITS.matcher(withoutIds(text)).replaceAll("#");
    }
}

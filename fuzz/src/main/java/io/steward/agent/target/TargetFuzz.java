package io.steward.agent.target;

import io.steward.fuzz.Finding;
import io.steward.messages.NodeName;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Any text where a target is expected: refused with words and a place, or the same after it was
/// written and read again. It can be asked of a node, and its groups, whose text is the input too,
/// are put in or refused.
public final class TargetFuzz {
    private static final Candidate SHIP =
            new Candidate(
                    new NodeName("ship1"),
                    "up",
                    "eu",
                    Set.of("web", "edge"),
                    Map.of("os.family", "debian", "memory.mb", "4000", "kernel", "6.10-rc1"));

    private TargetFuzz() {}

    public static void fuzzerTestOneInput(byte[] input) {
        all(new String(input, StandardCharsets.UTF_8));
        all(new String(input, StandardCharsets.UTF_16BE)); // halves of surrogate pairs too
    }

    private static void all(String text) {
        Target target;
        Target whole;
        try {
            target = Target.parse(text);
        } catch (TargetException e) {
            isReadable(e);
            return;
        }
        isTheSameAgain(target);
        try {
            whole = target.resolve(name -> Optional.of(name.startsWith("a") ? text : "ship*"));
        } catch (TargetException e) {
            isReadable(e);
            return;
        }
        isTheSameAgain(whole);
        Finding.unlessSame("groups put in", whole.groups(), Set.of());
        whole.matches(SHIP);
    }

    private static void isTheSameAgain(Target target) {
        try {
            String written = target.toString();
            Target again = Target.parse(written);
            Finding.unlessSame("target", again, target);
            Finding.unlessSame("text", again.toString(), written);
            Finding.unlessSame("groups", again.groups(), target.groups());
            Finding.unlessSame("names", again.namesGiven(), target.namesGiven());
        } catch (TargetException e) {
            throw new Finding("written, but not read again: " + e.getMessage(), e);
        }
    }

    private static void isReadable(TargetException e) {
        Finding.unlessReadable(e.getMessage());
        Finding.unlessReadable(e.pointed());
        if (e.position() < 0 || e.position() > e.text().length()) {
            throw new Finding("no place in the text: " + e.position(), e);
        }
    }
}

package io.steward.agent.target;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// Puts saved groups in the place of their names, each read once. For one use.
final class Groups {
    private static final int LONGEST_CHAIN = 100;
    private static final int SHOWN = 3;

    private final Function<String, Optional<String>> saved;
    private final Map<String, Target> known = new HashMap<>();
    private final List<String> chain = new ArrayList<>();
    private int putIn;

    /// @param saved the expression of a group by its name; empty if there is none
    Groups(Function<String, Optional<String>> saved) {
        this.saved = saved;
    }

    /// @throws TargetException if a group does not exist, cannot be read or is made of itself, or
    ///   the whole is too large
    Target resolve(Target target) throws TargetException {
        if (target.places().isEmpty()) {
            return target;
        }
        for (Map.Entry<String, Integer> place : target.places().entrySet()) {
            find(place.getKey(), target.source(), place.getValue());
        }
        putIn = 0;
        StringBuilder whole = new StringBuilder();
        target.expression().replace(this).write(whole);
        return Target.read(whole.toString(), where() + ", with its groups put in");
    }

    private void find(String name, Source source, int position) throws TargetException {
        if (known.containsKey(name)) {
            return;
        }
        boolean circle = chain.contains(name);
        chain.add(name);
        if (circle) {
            throw source.error(
                    position, "the circle " + chain(), "a group that is not made of itself");
        }
        if (chain.size() > LONGEST_CHAIN) {
            throw source.error(
                    position,
                    "a chain of %d groups".formatted(chain.size()),
                    "at most %d groups in one another".formatted(LONGEST_CHAIN));
        }
        Optional<String> text = saved.apply(name);
        if (text.isEmpty()) {
            throw source.error(
                    position, "the unknown group " + chain(), "the name of a group that is saved");
        }
        known.put(name, resolve(Target.read(text.get(), where())));
        chain.removeLast();
    }

    /// What a group that was found means.
    ///
    /// @throws TargetException as soon as so much was put in that the whole is too large
    Expression get(String name) throws TargetException {
        Target group = known.get(name);
        if (group == null) {
            throw new IllegalStateException("not found before: @" + name);
        }
        putIn += group.toString().length();
        if (putIn > Target.MAX_LENGTH) {
            throw new Source("", where() + ", with its groups put in").tooLong();
        }
        return group.expression();
    }

    private String where() {
        return chain.isEmpty() ? "" : " of " + chain();
    }

    /// From the first group to the last; of a long chain, how it begins and ends.
    private String chain() {
        int size = chain.size();
        return size <= 2 * SHOWN
                ? joined(chain)
                : "%s -> ... -> %s"
                        .formatted(
                                joined(chain.subList(0, SHOWN)),
                                joined(chain.subList(size - SHOWN, size)));
    }

    private static String joined(List<String> names) {
        return "@" + String.join(" -> @", names);
    }
}

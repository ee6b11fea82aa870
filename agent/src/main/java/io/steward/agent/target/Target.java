package io.steward.agent.target;

import io.steward.messages.NodeName;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// Which nodes a message is for, by an expression such as `cloud=eu and not tag=db`
/// (docs/targets.md has the language). Two are equal if they say the same in the same order,
/// however they were written. Immutable.
public final class Target {
    /// Characters (`char`) of an expression, also with all its groups put in.
    static final int MAX_LENGTH = 100_000;

    /// What every node has; all else is a fact.
    public static final List<String> KEYS = Key.BUILT_IN;

    private final Source source;
    private final Expression expression;
    private final Map<String, Integer> places;
    private final String canonical;

    private Target(Source source, Expression expression, Map<String, Integer> places) {
        this.source = source;
        this.expression = expression;
        this.places = Collections.unmodifiableMap(places);
        StringBuilder out = new StringBuilder();
        expression.write(out);
        this.canonical = out.toString();
    }

    /// Reads an expression.
    ///
    /// @throws TargetException naming the first thing that is wrong, and its place
    public static Target parse(String text) throws TargetException {
        return read(text, "");
    }

    /// @param where for errors, as in [Source]
    static Target read(String text, String where) throws TargetException {
        Source source = new Source(text, where);
        if (text.length() > MAX_LENGTH) {
            throw source.tooLong();
        }
        Parser parser = new Parser(source);
        Target target = new Target(source, parser.expression(), parser.groups());
        if (target.canonical.length() > MAX_LENGTH) { // a space more around each operator
            throw source.tooLong();
        }
        return target;
    }

    /// The names of the groups it refers to, without `@`, in the order of the text.
    public Set<String> groups() {
        return places.keySet();
    }

    /// The same with the groups put in, and the groups they refer to; itself if there are none.
    ///
    /// @param saved the expression of a group by its name; empty if there is no such group
    /// @throws TargetException if a group is unknown, is no expression or is made of itself, or if
    ///   the whole is too long; the message names the chain of groups that leads there
    public Target resolve(Function<String, Optional<String>> saved) throws TargetException {
        return new Groups(saved).resolve(this);
    }

    /// Whether the node is one of those.
    ///
    /// @throws IllegalStateException if it refers to groups that are not put in
    public boolean matches(Candidate node) {
        if (!places.isEmpty()) {
            throw new IllegalStateException(
                    "the groups %s are not put in: resolve the target first".formatted(groups()));
        }
        return expression.matches(node);
    }

    /// Whether a cloud, tags or facts are asked for at all: if not, a candidate needs only name and
    /// state. True as long as groups are not put in.
    public boolean needsFacts() {
        return expression.asksFacts();
    }

    /// The names that are written out, without globs, where being called so makes the node a
    /// target: of `ship1 or name=ship2 or not ship3`, the first two. In the order of the text.
    public Set<NodeName> namesGiven() {
        Set<NodeName> names = new LinkedHashSet<>();
        expression.names(true, names::add);
        return Collections.unmodifiableSet(names);
    }

    /// The keys of the facts that are asked for, without those of groups that are not put in.
    public Set<String> facts() {
        Set<String> keys = new LinkedHashSet<>();
        expression
                .leaves()
                .forEach(leaf -> {
                    if (leaf instanceof Expression.Equal(Key key, _) && key.isFact()) {
                        keys.add(key.name());
                    } else if (leaf instanceof Expression.Ordered(Key key, _, _)) {
                        keys.add(key.name());
                    }
                });
        return Collections.unmodifiableSet(keys);
    }

    /// Whether a fact, which is a number on every node that has it, is to be lower or higher than
    /// something that is none, such as `4g`: it would be compared as a version, which nobody means.
    ///
    /// @param values of a fact, on all nodes
    /// @return the comparison; empty if there is none
    public Optional<String> notANumber(Function<String, Collection<String>> values) {
        return expression
                .leaves()
                .filter(Expression.Ordered.class::isInstance)
                .map(Expression.Ordered.class::cast)
                .filter(each -> each.isNoNumberAmong(values.apply(each.key().name())))
                .map(each ->
                        "%s is compared with \"%s\""
                                .formatted(each.key().name(), each.value().text()))
                .findFirst();
    }

    Source source() {
        return source;
    }

    Expression expression() {
        return expression;
    }

    /// Where in the text each group stands first.
    Map<String, Integer> places() {
        return places;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Target target && canonical.equals(target.canonical);
    }

    @Override
    public int hashCode() {
        return canonical.hashCode();
    }

    /// The canonical text: no needless brackets, quotes or spaces. Read again it is equal to this.
    @Override
    public String toString() {
        return canonical;
    }
}

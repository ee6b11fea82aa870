package io.steward.agent.target;

import io.steward.messages.NodeName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// An expression as it was understood. All methods go as deep as brackets may be nested, and no
/// deeper: what `and` and `or` join is a list.
sealed interface Expression {
    /// @throws IllegalStateException if a group is left in it
    boolean matches(Candidate node);

    /// Appends it in the canonical way.
    void write(StringBuilder out);

    /// Whether anything but names and states is asked for; true of a group, as it may.
    boolean asksFacts();

    /// Tells the names that are written out where being one of them makes the node a target.
    ///
    /// @param wanted false within a negation
    void names(boolean wanted, Consumer<NodeName> names);

    /// What it is made of: comparisons and groups, in the order of the text.
    default Stream<Expression> leaves() {
        return Stream.of(this);
    }

    /// The same with others in place of the groups.
    Expression replace(Groups groups) throws TargetException;

    /// Where one of a node's values is as given.
    record Equal(Key key, Value value) implements Expression {
        @Override
        public boolean matches(Candidate node) {
            return key.is(value, node);
        }

        @Override
        public void write(StringBuilder out) {
            if (!key.equals(Key.NAME)) {
                out.append(key.name()).append('=');
            }
            value.write(out);
        }

        @Override
        public boolean asksFacts() {
            return key.asksFacts();
        }

        @Override
        public void names(boolean wanted, Consumer<NodeName> names) {
            if (wanted && key.equals(Key.NAME) && value instanceof Value.Literal name) {
                names.accept(new NodeName(name.text()));
            }
        }

        @Override
        public Expression replace(Groups groups) {
            return this;
        }
    }

    /// Where the node has the fact, and it stands to the value as said.
    record Ordered(Key key, Order order, Value.Literal value) implements Expression {
        @Override
        public boolean matches(Candidate node) {
            String fact = node.facts().get(key.name());
            return fact != null && order.holds(key.compare(fact, value.text()));
        }

        /// Whether the fact is a number wherever it is, and the value is none.
        boolean isNoNumberAmong(Collection<String> facts) {
            return key.comparesNumbers()
                    && !Numbers.isDecimal(value.text())
                    && !facts.isEmpty()
                    && facts.stream().allMatch(Numbers::isDecimal);
        }

        @Override
        public void write(StringBuilder out) {
            out.append(key.name()).append(order.sign());
            value.write(out);
        }

        @Override
        public boolean asksFacts() {
            return true;
        }

        @Override
        public void names(boolean wanted, Consumer<NodeName> names) {}

        @Override
        public Expression replace(Groups groups) {
            return this;
        }
    }

    /// Where the saved group of that name is.
    record Group(String name) implements Expression {
        @Override
        public boolean matches(Candidate node) {
            throw new IllegalStateException(
                    "the group @%s is not put in: resolve the target first".formatted(name));
        }

        @Override
        public void write(StringBuilder out) {
            out.append('@').append(name);
        }

        @Override
        public boolean asksFacts() {
            return true;
        }

        @Override
        public void names(boolean wanted, Consumer<NodeName> names) {}

        @Override
        public Expression replace(Groups groups) throws TargetException {
            return groups.get(name);
        }
    }

    /// Where the other is not.
    record Not(Expression other) implements Expression {
        @Override
        public boolean matches(Candidate node) {
            return !other.matches(node);
        }

        @Override
        public void write(StringBuilder out) {
            if (other instanceof Equal equal && !equal.key().equals(Key.NAME)) {
                out.append(equal.key().name()).append("!=");
                equal.value().write(out);
            } else {
                out.append("not ");
                writeInBrackets(out, other, other instanceof All || other instanceof Any);
            }
        }

        @Override
        public boolean asksFacts() {
            return other.asksFacts();
        }

        @Override
        public void names(boolean wanted, Consumer<NodeName> names) {
            other.names(!wanted, names);
        }

        @Override
        public Stream<Expression> leaves() {
            return other.leaves();
        }

        @Override
        public Expression replace(Groups groups) throws TargetException {
            return new Not(other.replace(groups));
        }
    }

    /// Where all of two or more are, none of them an `All` itself.
    record All(List<Expression> parts) implements Expression {
        public All {
            parts = List.copyOf(parts);
        }

        /// What is joined by `and`; the one part if there is only one.
        static Expression of(List<Expression> parts) {
            List<Expression> flat = new ArrayList<>();
            for (Expression part : parts) {
                if (part instanceof All all) {
                    flat.addAll(all.parts());
                } else {
                    flat.add(part);
                }
            }
            return flat.size() == 1 ? flat.getFirst() : new All(flat);
        }

        @Override
        public boolean matches(Candidate node) {
            for (Expression part : parts) {
                if (!part.matches(node)) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public void write(StringBuilder out) {
            String between = "";
            for (Expression part : parts) {
                out.append(between);
                writeInBrackets(out, part, part instanceof Any);
                between = " and ";
            }
        }

        @Override
        public boolean asksFacts() {
            return parts.stream().anyMatch(Expression::asksFacts);
        }

        @Override
        public void names(boolean wanted, Consumer<NodeName> names) {
            parts.forEach(part -> part.names(wanted, names));
        }

        @Override
        public Stream<Expression> leaves() {
            return parts.stream().flatMap(Expression::leaves);
        }

        @Override
        public Expression replace(Groups groups) throws TargetException {
            return of(replaced(parts, groups));
        }
    }

    /// Where one of two or more is, none of them an `Any` itself.
    record Any(List<Expression> parts) implements Expression {
        public Any {
            parts = List.copyOf(parts);
        }

        /// What is joined by `or`; the one part if there is only one.
        static Expression of(List<Expression> parts) {
            List<Expression> flat = new ArrayList<>();
            for (Expression part : parts) {
                if (part instanceof Any any) {
                    flat.addAll(any.parts());
                } else {
                    flat.add(part);
                }
            }
            return flat.size() == 1 ? flat.getFirst() : new Any(flat);
        }

        @Override
        public boolean matches(Candidate node) {
            for (Expression part : parts) {
                if (part.matches(node)) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public void write(StringBuilder out) {
            String between = "";
            for (Expression part : parts) {
                out.append(between);
                part.write(out);
                between = " or ";
            }
        }

        @Override
        public boolean asksFacts() {
            return parts.stream().anyMatch(Expression::asksFacts);
        }

        @Override
        public void names(boolean wanted, Consumer<NodeName> names) {
            parts.forEach(part -> part.names(wanted, names));
        }

        @Override
        public Stream<Expression> leaves() {
            return parts.stream().flatMap(Expression::leaves);
        }

        @Override
        public Expression replace(Groups groups) throws TargetException {
            return of(replaced(parts, groups));
        }
    }

    private static void writeInBrackets(StringBuilder out, Expression part, boolean needed) {
        out.append(needed ? "(" : "");
        part.write(out);
        out.append(needed ? ")" : "");
    }

    private static List<Expression> replaced(List<Expression> parts, Groups groups)
            throws TargetException {
        List<Expression> replaced = new ArrayList<>();
        for (Expression part : parts) {
            replaced.add(part.replace(groups));
        }
        return replaced;
    }
}

package io.steward.agent.target;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Reads an expression by descent, one level of it for each bracket and each `not`. The grammar is
/// in docs/targets.md. For one use.
final class Parser {
    private static final int MAX_NESTING = 100;
    private static final String OPERAND = "a node name, key=value, @group, not or (";

    private final Source source;
    private final Lexer lexer;
    private final Map<String, Integer> groups = new LinkedHashMap<>();
    private Token token;
    private int nesting;
    private int brackets;

    Parser(Source source) throws TargetException {
        this.source = source;
        this.lexer = new Lexer(source);
        this.token = lexer.next();
    }

    /// Reads all of it.
    Expression expression() throws TargetException {
        if (token.is(Token.Kind.END)) {
            throw unexpected("an expression, such as * for all nodes");
        }
        Expression whole = any();
        if (!token.is(Token.Kind.END)) {
            throw unexpectedBehindOperand();
        }
        return whole;
    }

    /// The groups that were found, and where each stands first.
    Map<String, Integer> groups() {
        return groups;
    }

    private Expression any() throws TargetException {
        List<Expression> parts = new ArrayList<>();
        parts.add(all());
        while (token.isWord("or")) {
            advance();
            parts.add(all());
        }
        return Expression.Any.of(parts);
    }

    private Expression all() throws TargetException {
        List<Expression> parts = new ArrayList<>();
        parts.add(negation());
        while (token.isWord("and")) {
            advance();
            parts.add(negation());
        }
        return Expression.All.of(parts);
    }

    private Expression negation() throws TargetException {
        if (!token.isWord("not")) {
            return operand();
        }
        enter();
        advance();
        Expression negation = new Expression.Not(negation());
        nesting--;
        return negation;
    }

    private Expression operand() throws TargetException {
        return switch (token.kind()) {
            case OPEN -> inBrackets();
            case GROUP -> group();
            case WORD, QUOTED -> comparison();
            case OPERATOR, CLOSE, END -> throw unexpected(OPERAND);
        };
    }

    private Expression inBrackets() throws TargetException {
        enter();
        brackets++;
        advance();
        Expression inside = any();
        if (!token.is(Token.Kind.CLOSE)) {
            throw unexpectedBehindOperand();
        }
        advance();
        brackets--;
        nesting--;
        return inside;
    }

    private Expression group() throws TargetException {
        groups.putIfAbsent(token.text(), token.start());
        return new Expression.Group(advance().text());
    }

    private Expression comparison() throws TargetException {
        if (token.is(Token.Kind.WORD) && Value.isKeyword(token.text())) {
            String lower = token.text().toLowerCase(Locale.ROOT);
            throw unexpected(
                    lower.equals("not")
                            ? "not, in lower case"
                            : OPERAND + "; a node of that name is written in quotes");
        }
        Token first = advance();
        if (!token.is(Token.Kind.OPERATOR)) {
            Value name = value(first);
            Names.check(source, first, name);
            return new Expression.Equal(Key.NAME, name);
        }
        Key key = Key.read(source, first);
        Token operator = advance();
        if (!(token.is(Token.Kind.WORD) || token.is(Token.Kind.QUOTED))
                || (token.is(Token.Kind.WORD) && Value.KEYWORDS.contains(token.text()))) {
            throw unexpected("a value: a word, or text in double quotes");
        }
        return switch (operator.text()) {
            case "=" -> equal(key, advance());
            case "!=" -> new Expression.Not(equal(key, advance()));
            default -> ordered(key, operator, advance());
        };
    }

    private Expression equal(Key key, Token token) throws TargetException {
        Value value = value(token);
        if (key.equals(Key.NAME)) {
            Names.check(source, token, value);
        }
        if (key.equals(Key.STATE)
                && value instanceof Value.Literal
                && !Key.STATES.contains(value.text())) {
            throw source.error(
                    token.start(), token.found(), "a state: " + String.join(", ", Key.STATES));
        }
        return new Expression.Equal(key, value);
    }

    private Expression ordered(Key key, Token operator, Token token) throws TargetException {
        if (!key.isFact()) {
            throw source.error(
                    operator.start(),
                    operator.found(),
                    "= or != behind %s: only facts have an order".formatted(key.name()));
        }
        if (!(value(token) instanceof Value.Literal value)) {
            throw source.error(
                    token.start(),
                    token.found(),
                    "a number or a version behind %s: only = and != take a glob"
                            .formatted(operator.text()));
        }
        return new Expression.Ordered(key, Order.of(operator.text()), value);
    }

    private Value value(Token token) throws TargetException {
        return token.is(Token.Kind.WORD) && Glob.isGlob(token.text())
                ? Glob.read(source, token)
                : new Value.Literal(token.text());
    }

    private void enter() throws TargetException {
        nesting++;
        if (nesting > MAX_NESTING) {
            throw unexpected("at most %d brackets and nots in one another".formatted(MAX_NESTING));
        }
    }

    /// Goes to the next token.
    ///
    /// @return the one it was at
    private Token advance() throws TargetException {
        Token before = token;
        token = lexer.next();
        return before;
    }

    private TargetException unexpectedBehindOperand() {
        return token.is(Token.Kind.WORD) && Value.isKeyword(token.text()) && !token.isWord("not")
                ? unexpected(token.text().toLowerCase(Locale.ROOT) + ", in lower case")
                : unexpected("and, or, " + (brackets > 0 ? "or )" : "or the end"));
    }

    private TargetException unexpected(String expected) {
        return source.error(token.start(), token.found(), expected);
    }
}

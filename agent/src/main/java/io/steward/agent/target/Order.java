package io.steward.agent.target;

/// How a fact is to stand to a value.
enum Order {
    LESS("<") {
        @Override
        boolean holds(int compared) {
            return compared < 0;
        }
    },
    AT_MOST("<=") {
        @Override
        boolean holds(int compared) {
            return compared <= 0;
        }
    },
    GREATER(">") {
        @Override
        boolean holds(int compared) {
            return compared > 0;
        }
    },
    AT_LEAST(">=") {
        @Override
        boolean holds(int compared) {
            return compared >= 0;
        }
    };

    private final String sign;

    Order(String sign) {
        this.sign = sign;
    }

    static Order of(String sign) {
        return switch (sign) {
            case "<" -> LESS;
            case "<=" -> AT_MOST;
            case ">" -> GREATER;
            case ">=" -> AT_LEAST;
            default -> throw new IllegalArgumentException("no order: " + sign);
        };
    }

    String sign() {
        return sign;
    }

    /// @param compared how the fact compares with the value, as of a `Comparator`
    abstract boolean holds(int compared);
}

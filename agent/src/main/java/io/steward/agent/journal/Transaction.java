package io.steward.agent.journal;

/// What a request works on: the writer's connection, within a transaction.
record Transaction(Sql sql, Counters counters) {

    /// One write. It may be run a second time, after a rollback, so it keeps no state of its own.
    @FunctionalInterface
    interface Work<T> {
        T in(Transaction transaction) throws java.sql.SQLException;
    }
}

package io.steward.agent.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// One connection to the database, with its statements kept prepared. For one thread at a time.
final class Sql implements AutoCloseable {

    /// Reads one row.
    @FunctionalInterface
    interface Row<T> {
        T read(ResultSet row) throws SQLException;
    }

    private final Connection connection;
    private final Map<String, PreparedStatement> prepared = new HashMap<>();

    Sql(Connection connection) {
        this.connection = connection;
    }

    /// Runs a statement that returns no rows.
    ///
    /// @param arguments Long, Integer, String, byte[] or null
    /// @return how many rows it changed
    int update(String sql, @Nullable Object... arguments) throws SQLException {
        try {
            return prepare(sql, arguments).executeUpdate();
        } catch (SQLException e) {
            throw forget(sql, e);
        }
    }

    <T> List<T> list(String sql, Row<T> reader, @Nullable Object... arguments) throws SQLException {
        List<T> rows = new ArrayList<>();
        try (ResultSet result = prepare(sql, arguments).executeQuery()) {
            while (result.next()) {
                rows.add(reader.read(result));
            }
        } catch (SQLException e) {
            throw forget(sql, e);
        }
        return rows;
    }

    /// As [#list], and ends with the row with which the sizes come to `most`.
    <T> List<T> listUpTo(
            long most,
            ToLongFunction<T> size,
            String sql,
            Row<T> reader,
            @Nullable Object... arguments)
            throws SQLException {
        List<T> rows = new ArrayList<>();
        long sum = 0;
        try (ResultSet result = prepare(sql, arguments).executeQuery()) {
            while (sum < most && result.next()) {
                T row = reader.read(result);
                rows.add(row);
                sum += size.applyAsLong(row);
            }
        } catch (SQLException e) {
            throw forget(sql, e);
        }
        return rows;
    }

    /// A page of rows: it ends with the row with which they are `limit`, or their sizes come to
    /// `most`, but not between two rows of one key.
    ///
    /// @param sql finds at least one row more than `limit`, and two more where keys are not unique
    <T> Page<T> page(
            int limit,
            long most,
            ToLongFunction<T> size,
            Row<String> key,
            String sql,
            Row<T> reader,
            @Nullable Object... arguments)
            throws SQLException {
        List<T> rows = new ArrayList<>();
        long sum = 0;
        String last = "";
        try (ResultSet result = prepare(sql, arguments).executeQuery()) {
            while (result.next()) {
                String next = key.read(result);
                if ((rows.size() >= limit || sum >= most) && !next.equals(last)) {
                    return new Page<>(rows, !rows.isEmpty());
                }
                T row = reader.read(result);
                rows.add(row);
                sum += size.applyAsLong(row);
                last = next;
            }
        } catch (SQLException e) {
            throw forget(sql, e);
        }
        return new Page<>(rows, false);
    }

    /// The first row; empty if there is none.
    <T> Optional<T> first(String sql, Row<T> reader, @Nullable Object... arguments)
            throws SQLException {
        try (ResultSet result = prepare(sql, arguments).executeQuery()) {
            return result.next() ? Optional.of(reader.read(result)) : Optional.empty();
        } catch (SQLException e) {
            throw forget(sql, e);
        }
    }

    /// Drops a statement that failed: the driver closes it with some errors, such as a full disk.
    private SQLException forget(String sql, SQLException failure) {
        PreparedStatement statement = prepared.remove(sql);
        try {
            if (statement != null) {
                statement.close();
            }
        } catch (SQLException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    /// Runs statements that are not worth keeping.
    void script(String statements) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (String sql : statements.split(";")) {
                if (!sql.isBlank()) {
                    statement.execute(sql);
                }
            }
        }
    }

    private PreparedStatement prepare(String sql, @Nullable Object[] arguments)
            throws SQLException {
        PreparedStatement statement = prepared.get(sql);
        if (statement == null) {
            statement = connection.prepareStatement(sql);
            prepared.put(sql, statement);
        }
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case Long number -> statement.setLong(i + 1, number);
                case Integer number -> statement.setInt(i + 1, number);
                case byte[] bytes -> statement.setBytes(i + 1, bytes);
                case String text -> statement.setString(i + 1, text);
                case null -> statement.setObject(i + 1, null);
                default ->
                        throw new IllegalArgumentException(
                                "argument %d of \"%s\" is a %s"
                                        .formatted(i + 1, sql, arguments[i].getClass()));
            }
        }
        return statement;
    }

    @Override
    public void close() throws SQLException {
        for (PreparedStatement statement : prepared.values()) {
            statement.close();
        }
        connection.close();
    }
}

package crud;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The pool of connections and the statements sent on them. A pool of our own, because a refused connection has to be a 503 at once:
 * HikariCP tries again until its time to wait is over.
 */
final class Database {
  /** A little more than statement_timeout, which a database that hangs does not keep. */
  private static final int WAIT_SECONDS = 6;

  private static final int CONNECT_SECONDS = 2;

  /** What is done with a connection. */
  interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  /** Makes a value of the row on which the result stands. */
  interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** The database is away, starting, stopping, full or too slow. */
  static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1;

    Lost(Throwable cause) {
      super(cause);
    }
  }

  private final String url;
  private final Properties settings = new Properties();
  /** Not fair: a permit handed to a thread that has yet to be scheduled would stay unused until then. */
  private final Semaphore free;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

  /** Connects only when the first statement is sent, so the service starts before its database. */
  Database(Config config, String applicationName) {
    var address = config.database();
    url = "jdbc:postgresql://%s:%d/%s".formatted(address.host(), address.port(), encode(address.name()));
    settings.setProperty("user", address.user());
    settings.setProperty("password", address.password());
    settings.setProperty("ApplicationName", applicationName);
    settings.setProperty("assumeMinServerVersion", "18");
    settings.setProperty("options", "-c statement_timeout=5000");
    settings.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
    settings.setProperty("socketTimeout", Integer.toString(WAIT_SECONDS));
    settings.setProperty("prepareThreshold", "1");
    settings.setProperty("sslmode", "disable");
    settings.setProperty("gssEncMode", "disable");
    settings.setProperty("tcpKeepAlive", "true");
    free = new Semaphore(config.poolTotal());
  }

  private static String encode(String name) {
    return java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8);
  }

  /** A connection that is not of the pool. */
  Connection connect() throws SQLException {
    return DriverManager.getConnection(url, settings);
  }

  /**
   * Gives the work a connection of the pool.
   *
   * @throws Lost where the database does not answer
   * @throws IllegalStateException where it rejects a statement
   */
  <T> T use(Work<T> work) {
    try {
      if (!free.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw new Lost(null);
      }
    } catch (InterruptedException stopped) {
      throw new Lost(stopped);
    }
    try {
      return withConnection(work);
    } catch (SQLException failed) {
      throw isLost(failed) ? new Lost(failed) : new IllegalStateException(failed);
    } finally {
      free.release();
    }
  }

  private <T> T withConnection(Work<T> work) throws SQLException {
    var kept = idle.pollFirst();
    var connection = kept == null ? connect() : kept;
    var isSound = false;
    try {
      var result = work.with(connection);
      isSound = true;
      return result;
    } catch (SQLException failed) {
      isSound = !isLost(failed) && connection.getAutoCommit();
      throw failed;
    } finally {
      if (isSound && !connection.isClosed()) {
        idle.addFirst(connection);
      } else {
        close(connection);
      }
    }
  }

  /** SQLSTATE's classes 08 connection exception, 53 insufficient resources and 57 operator intervention (shutdown, start-up, cancel). */
  private static boolean isLost(SQLException failed) {
    var state = failed.getSQLState();
    return state == null || state.startsWith("08") || state.startsWith("53") || state.startsWith("57");
  }

  /** Most likely they are lost. */
  void dropIdleConnections() {
    for (var connection = idle.pollFirst(); connection != null; connection = idle.pollFirst()) {
      close(connection);
    }
  }

  static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException alreadyGone) {
      // It is of no more use either way.
    }
  }

  /** The statement's only row, or null. */
  <T> T row(String sql, RowReader<T> reader, Object... values) {
    return use(connection -> row(connection, sql, reader, values));
  }

  <T> List<T> rows(String sql, RowReader<T> reader, Object... values) {
    return use(connection -> rows(connection, sql, reader, values));
  }

  int update(String sql, Object... values) {
    return use(connection -> update(connection, sql, values));
  }

  static <T> T row(Connection connection, String sql, RowReader<T> reader, Object... values) throws SQLException {
    var found = rows(connection, sql, reader, values);
    return found.isEmpty() ? null : found.getFirst();
  }

  static <T> List<T> rows(Connection connection, String sql, RowReader<T> reader, Object... values)
      throws SQLException {
    try (var statement = prepare(connection, sql, values);
        var result = statement.executeQuery()) {
      var found = new ArrayList<T>();
      while (result.next()) {
        found.add(reader.read(result));
      }
      return found;
    }
  }

  static int update(Connection connection, String sql, Object... values) throws SQLException {
    try (var statement = prepare(connection, sql, values)) {
      return statement.executeUpdate();
    }
  }

  private static PreparedStatement prepare(Connection connection, String sql, Object... values) throws SQLException {
    var statement = connection.prepareStatement(sql);
    for (int i = 0; i < values.length; i++) {
      switch (values[i]) {
        case Collection<?> ids -> statement.setArray(i + 1, connection.createArrayOf("uuid", ids.toArray()));
        case Integer[] numbers -> statement.setArray(i + 1, connection.createArrayOf("int4", numbers));
        case null, default -> statement.setObject(i + 1, values[i]);
      }
    }
    return statement;
  }

  static UUID uuid(ResultSet row, int column) throws SQLException {
    return row.getObject(column, UUID.class);
  }

  static String time(ResultSet row, int column) throws SQLException {
    return Text.time(row.getObject(column, java.time.OffsetDateTime.class));
  }
}
